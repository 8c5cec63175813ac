"""Who signed a commit, as every audit log promises to tell it."""

from pathlib import Path

import pytest

from dispatchd.application.ports.audit_log import AuditLog, CommitId
from tests.adapters.git.git_sandbox import a_commit
from tests.contracts.test_audit_log_contract import ALICE, InGit, InMemory
from tests.fakes.signing_keys import new_key, trusting

World = InMemory | InGit


@pytest.fixture(params=["memory", "git"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return InMemory() if request.param == "memory" else InGit(tmp_path / "code")


def signed_by_alice(world: World, keys: Path, patch: pytest.MonkeyPatch) -> CommitId:
    if isinstance(world, InMemory):
        made = world.person_commits({"a.md": b"3"}, "signed")
        world.fake.signers[made] = ALICE.email
        return made
    key = new_key(keys)
    patch.setenv("GIT_CONFIG_GLOBAL", str(trusting(key, {ALICE.email: key})))
    world.person.git("config", "commit.gpgSign", "true")
    return world.person_commits({"a.md": b"3"}, "signed")


def test_a_commit_says_who_signed_it_with_a_key_that_is_trusted_here(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log: AuditLog = world.log
    assert log.signer_of(log.record([a_commit({"a.md": b"1"})], log.head())[-1]) is None
    assert log.signer_of(world.person_commits({"a.md": b"2"}, "by hand")) is None
    assert log.signer_of(signed_by_alice(world, tmp_path / "keys", monkeypatch)) == ALICE.email
