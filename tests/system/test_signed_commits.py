"""`require_signed` with the real daemon, a real key and `git commit -S`, as a person does it."""

from pathlib import Path

import pytest

from tests.fakes.signing_keys import allowed, new_key
from tests.system.conftest import NewDesk
from tests.system.desk import Desk, until
from tests.system.standing_still import standing_still

EPIC = "epics/login.md"
EPIC_TEXT = """\
---
status: ready
---

# Passwordless login

## Stages

### Design

Gate: approval: Is the flow right?

### Build
"""
WAITS = "> dispatchd: commit it signed and it counts: git -C .dispatch commit -S -a"


@pytest.fixture
def desk(new_desk: NewDesk, tmp_path: Path) -> Desk:
    """A workspace that asks for signatures, at the machine of somebody who can sign."""
    home = tmp_path / "home"
    key = new_key(home / ".ssh")
    signers = allowed(home / ".ssh" / "allowed_signers", {"alice@example.com": key})
    config = home / ".gitconfig"
    config.write_text(
        "[user]\n\tname = Alice Doe\n\temail = alice@example.com\n"
        f"\tsigningKey = {key}\n[gpg]\n\tformat = ssh\n"
        f'[gpg "ssh"]\n\tallowedSignersFile = {signers}\n',
        encoding="utf-8",
    )
    made = new_desk("signed")
    made.environment = {"HOME": str(home), "GIT_CONFIG_GLOBAL": str(config)}
    made.init()
    made.dispatchd("config", "set", "workspace.require_signed", "true")
    made.save(EPIC, EPIC_TEXT)
    made.up()
    made.sync()
    assert "- [ ] Approve" in made.read(EPIC)
    return made


def tick(desk: Desk) -> None:
    desk.sed("s/^- \\[ \\] Approve/- [x] Approve/", EPIC)


def is_approved(desk: Desk) -> bool:
    return "- [x] Approved (Alice Doe, " in desk.read(EPIC)


def approvals(desk: Desk) -> int:
    return desk.event_types().count("GateApproved")


def test_a_tick_waits_until_it_is_committed_signed_and_counts_once(desk: Desk) -> None:
    tick(desk)
    until(lambda: WAITS in desk.read(EPIC), "the file does not say that the tick waits")
    desk.sync()
    assert approvals(desk) == 0
    assert EPIC in desk.tree_git("status", "--porcelain")
    desk.tree_git("commit", "-q", "-S", "-a", "-m", "Approve the design")
    until(lambda: is_approved(desk), "the signed commit did not count")
    desk.sync()
    assert approvals(desk) == 1
    assert "dispatchd:" not in desk.read(EPIC)
    desk.is_level()


def test_ticking_and_signing_in_one_go_counts_once(desk: Desk) -> None:
    with standing_still(desk):  # or the tick is answered before it is committed, where git is slow
        tick(desk)
        desk.tree_git("commit", "-q", "-S", "-a", "-m", "Approve the design")
    until(lambda: is_approved(desk), "the signed commit did not count")
    desk.sync()
    assert approvals(desk) == 1
    desk.is_level()


def test_101_a_commit_without_a_signature_and_a_command_do_not_count(desk: Desk) -> None:
    with standing_still(desk):  # or the tick is answered before it is committed, where git is slow
        tick(desk)
        desk.tree_git("commit", "-q", "-a", "-m", "Approve the design")
    until(lambda: "do it again and commit it signed" in desk.read(EPIC), "nothing was said")
    desk.sync()
    assert "- [ ] Approve" in desk.read(EPIC)
    said = desk.ask("gate", "approve", desk.fact(EPIC, "id"), "Design")
    assert said.code == 1
    assert "tick its box and commit that signed: git -C .dispatch commit -S -a" in said.err
    assert approvals(desk) == 0
    desk.is_level()


def test_without_a_daemon_the_next_command_takes_the_signed_commit(desk: Desk) -> None:
    desk.down()
    tick(desk)
    desk.sync()
    assert WAITS in desk.read(EPIC)
    desk.tree_git("commit", "-q", "-S", "-a", "-m", "Approve the design")
    desk.sync()
    assert is_approved(desk)
    assert approvals(desk) == 1
    desk.is_level()
