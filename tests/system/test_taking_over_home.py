"""A clone becomes home where somebody who may push has written commits in the daemon's name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.signing_keys import allowed, new_key
from tests.system.clones import bare_remote, clone_of, new_home
from tests.system.desk import Desk

EPIC = "epics/login.md"
EPIC_TEXT = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Login\n\n## Stages\n\n### Design\n\nGate: approval: Right?\n\n### Build\n"


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"))
    yield desk
    desk.end()


def signing(desk: Desk, folder: Path) -> None:
    """The person at *desk* knows whose key alice's is, and can sign with it."""
    key = new_key(folder / ".ssh")
    signers = allowed(folder / ".ssh" / "allowed_signers", {"alice@example.com": key})
    config = folder / ".gitconfig"
    config.write_text(
        f'[user]\n\tsigningKey = {key}\n[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tallowedSignersFile = {signers}\n',
        encoding="utf-8",
    )
    desk.environment = {"HOME": str(folder), "GIT_CONFIG_GLOBAL": str(config)}


def forge(desk: Desk, remote: Path) -> None:
    """Push a commit that says, as a daemon would, that Alice has approved."""
    (told,) = [
        json.loads(line.removeprefix("Dispatch-Event: "))
        for line in desk.tree_git("log", "--format=%B").splitlines()
        if '"GateAwaited"' in line and line.startswith("Dispatch-Event: ")
    ]
    event = {
        "type": "GateApproved",
        "epic": "e-3fq9",
        "stage": "Design",
        "reason": "",
        "choice": None,
        "by_rule": False,
    }
    actor = {"kind": "human", "handle": "alice", "name": "Alice Doe", "email": "alice@example.com"}
    made_up = {
        **told,
        "id": "f" * len(told["id"]),
        "position": told["position"] + 100,
        "actor": actor,
        "event": event,
    }
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "dispatchd"), ("EMAIL", "dispatchd@local"))
    }
    message = f"Alice Doe approves “Design”\n\nDispatch-Event: {json.dumps(made_up)}"
    forger = Desk(desk.root.parent / "forger", environment=who)
    Desk(desk.root.parent).do("git", "clone", "-q", "-b", "dispatch", remote, forger.root)
    forger.git("commit", "-q", "--allow-empty", "-m", message)
    forger.git("push", "-q", "origin", "dispatch")


@pytest.mark.parametrize("signed", [True, False])
def test_a_forged_approval_is_asked_again_by_the_clone_that_becomes_home(
    home: Desk, outside_tmp: Path, signed: bool
) -> None:
    remote = outside_tmp / "remote.git"
    signing(home, outside_tmp / "alice")
    if signed:
        home.dispatchd("config", "set", "workspace.require_signed", "true")
    home.save(EPIC, EPIC_TEXT)
    home.sync()
    home.dispatchd("share", "now")
    forge(home, remote)
    heir = clone_of(remote, outside_tmp / "heir", "bob")
    heir.environment = home.environment
    said = heir.dispatchd("home", "--here")
    stands = "1 decision stands here on the word of the clones that decided before: Alice Doe 1." in said
    assert stands is not signed, said
    assert ("1 decision is not believed, because no signature proves it" in said) is signed, said
    assert heir.event_types().count("GateApproved") == (0 if signed else 1)
    if signed:
        assert "- [ ] Approve\n" in heir.read(EPIC)
        assert "no signature proves" in heir.dispatchd("waiting", "--all")
        assert "It says the same as the old one, in every fact." in heir.dispatchd("rebuild")
        assert "GateApproved" not in heir.event_types()
