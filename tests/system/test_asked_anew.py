"""What people meet when a gate asks anew, and when the branch is set back: with the real daemon, files and git."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.clones import bare_remote, clone_of, new_home
from tests.system.desk import Desk, until

EPIC = "epics/login.md"
EPIC_TEXT = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Login\n\n## Stages\n\n### Design\n\nGate: approval: Right?\n\n### Build\n"
LEAK, TAP = "issues/leak.md", "issues/tap.md"


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"), every="600s")
    yield desk
    desk.end()


def test_a_buffer_from_before_the_gate_asked_anew_approves_nothing(desk: Desk) -> None:
    desk.save(EPIC, EPIC_TEXT)
    desk.sync()
    buffer = desk.read(EPIC)
    desk.sed("s/^- \\[ \\] Approve/- [x] Approve/", EPIC)
    desk.sync()
    desk.save(EPIC, desk.read(EPIC).replace("### Design\n", "### Design\n\nBy mail.\n"))
    until(lambda: "- [ ] Approve" in desk.read(EPIC), "the gate does not ask again")
    desk.sync()
    desk.save(EPIC, buffer.replace("- [ ] Approve", "- [x] Approve: fine"))
    until(lambda: "> dispatchd: " in desk.read(EPIC), "nothing is said")
    desk.sync()
    assert desk.event_types().count("GateApproved") == 1
    assert "By mail." in desk.read(EPIC)
    desk.is_level()


def test_what_fell_off_a_branch_that_was_set_back_is_known_to_other_clones(
    home: Desk, outside_tmp: Path
) -> None:
    home.save(LEAK, "A leak in the kitchen\n")
    home.sync()
    before = home.tree_git("rev-parse", "HEAD").strip()
    home.save(TAP, "A tap drips\n")
    home.sync()
    tap = home.fact(TAP, "id")
    home.tree_git("reset", "-q", "--soft", before)
    home.tree_git("reset", "-q")
    home.sync()
    home.dispatchd("share", "now")
    replica = clone_of(outside_tmp / "remote.git", outside_tmp / "replica", "bob")
    replica.sync()
    assert tap in replica.issues()
    assert replica.issues().keys() == home.issues().keys()
