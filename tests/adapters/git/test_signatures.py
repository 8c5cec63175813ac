"""Whose signature counts, with real keys: what the repository says about keys and programs is not believed."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.adapters.git.git_sandbox import Person, init, repository
from tests.fakes.signing_keys import allowed, new_key, trusting

ALICE = "alice@example.com"


class Desk:
    """A workspace, keys outside of it, and Alice's git configuration."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.places: RepositoryPlaces = init(repository(folder / "code").folder).places
        self.person = Person(self.places.tree)
        self.key = new_key(folder / "keys")
        self.patch = patch

    def trusts(self, keys: Mapping[str, Path], signers: Path | None = None) -> None:
        self.patch.setenv("GIT_CONFIG_GLOBAL", str(trusting(self.key, keys, signers=signers)))

    def signs(self, *options: str) -> CommitId:
        self.person.writes("issues/a.md", b"text\n")
        self.person.git("add", "issues/a.md")
        self.person.git(*options, "commit", "-q", "-S", "--allow-empty", "-m", "signed")
        return CommitId(self.person.git("rev-parse", "HEAD"))

    def signer_of(self, commit: CommitId) -> str | None:
        return GitAuditLog(self.places).signer_of(commit)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def test_a_key_in_the_persons_own_file_names_its_person(desk: Desk) -> None:
    desk.trusts({ALICE: desk.key})
    assert desk.signer_of(desk.signs()) == ALICE


def test_101_the_signer_counts_and_not_what_the_commit_says_of_its_author(desk: Desk) -> None:
    desk.trusts({ALICE: desk.key})
    assert desk.signer_of(desk.signs("-c", "user.email=bob@example.com")) == ALICE


def test_a_key_that_nobody_allowed_signs_for_nobody(desk: Desk, tmp_path: Path) -> None:
    other = new_key(tmp_path / "keys", "mallory")
    desk.trusts({ALICE: desk.key})
    assert desk.signer_of(desk.signs("-c", f"user.signingKey={other}")) is None


def test_a_key_for_a_pattern_of_addresses_signs_for_nobody_in_particular(desk: Desk) -> None:
    desk.trusts({"*@example.com": desk.key})
    assert desk.signer_of(desk.signs()) is None


def test_a_changed_commit_keeps_no_good_signature(desk: Desk) -> None:
    desk.trusts({ALICE: desk.key})
    raw = desk.person.git("cat-file", "commit", desk.signs()).replace("signed", "forged") + "\n"
    (desk.places.tree / "raw").write_text(raw, encoding="utf-8")
    forged = desk.person.git("hash-object", "-t", "commit", "-w", "raw")
    assert desk.signer_of(CommitId(forged)) is None


@pytest.mark.parametrize("place", ["code", "code/.git", "code/.dispatch"])
def test_106_a_file_of_allowed_signers_that_travels_with_the_repository_is_not_believed(
    desk: Desk, tmp_path: Path, place: str
) -> None:
    inside = allowed(tmp_path / place / "allowed_signers", {ALICE: desk.key})
    desk.trusts({}, signers=inside)
    assert desk.signer_of(desk.signs()) is None
    link = tmp_path / "keys" / "link"
    link.symlink_to(inside)
    desk.trusts({}, signers=link)
    assert desk.signer_of(desk.signs()) is None


def test_the_repositorys_own_configuration_cannot_name_keys_or_programs(desk: Desk, tmp_path: Path) -> None:
    mallory = new_key(tmp_path / "keys", "mallory")
    desk.trusts({ALICE: desk.key})
    good, bad = desk.signs(), desk.signs("-c", f"user.signingKey={mallory}")
    liar = tmp_path / "liar"
    liar.write_text(
        f"#!/bin/sh\ntouch {tmp_path / 'ran'}\necho 'Good \"git\" signature for {ALICE} with X key Y'\n"
    )
    liar.chmod(0o755)
    planted = allowed(tmp_path / "planted", {ALICE: mallory})
    desk.person.git("config", "gpg.ssh.allowedSignersFile", str(planted))
    for key in ("gpg.ssh.program", "gpg.program", "gpg.openpgp.program", "gpg.x509.program"):
        desk.person.git("config", key, str(liar))
    for key, value in (("gpg.format", "openpgp"), ("gpg.minTrustLevel", "never")):
        desk.person.git("config", key, value)
    assert desk.signer_of(good) == ALICE
    assert desk.signer_of(bad) is None
    assert not (tmp_path / "ran").exists()


def test_without_any_allowed_signers_nobody_signed(desk: Desk, tmp_path: Path) -> None:
    desk.trusts({}, signers=tmp_path / "nowhere")
    assert desk.signer_of(desk.signs()) is None
    desk.trusts({}, signers=Path("allowed_signers"))
    assert desk.signer_of(desk.signs()) is None
