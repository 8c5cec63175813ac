"""A clone of the branch alone plays a phone: its commits are acts of their authors, and the answer comes by push."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.clones import Phone, bare_remote, new_home, phone_of
from tests.system.desk import Desk, until

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


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    """Home, sharing with a bare repository, with an epic whose gate waits."""
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"))
    desk.save(EPIC, EPIC_TEXT)
    desk.up()
    desk.sync()
    assert "- [ ] Approve" in desk.read(EPIC)
    desk.dispatchd("share", "now")
    yield desk
    desk.end()


@pytest.fixture
def phone(home: Desk) -> Phone:
    return phone_of(home.root.parent / "remote.git", home.root.parent / "phone", "bob")


def answered(phone: Phone, words: str, path: str = EPIC) -> bool:
    phone.pull()
    return words in phone.read(path)


def test_a_tick_with_sed_is_the_act_of_its_author_and_the_answer_comes_back(home: Desk, phone: Phone) -> None:
    phone.desk.do("sed", "-i", "s/- \\[ \\] Approve/- [X] Approve/", EPIC)
    ticked = phone.commit("Approve from the train")
    until(lambda: answered(phone, "- [x] Approved (Bob Roe, "), "home did not answer by push")
    home.sync()
    (approved,) = [event for event in home.events() if event["type"] == "GateApproved"]
    assert approved["actor"] == "bob"
    assert "- [x] Approved (Bob Roe, " in home.read(EPIC)
    assert ticked in home.tree_git("log", "--format=%H")
    assert any(line.startswith("Bob Roe: Bob Roe approves “Design”") for line in home.commits())
    home.is_level()


def test_a_web_editor_that_drops_the_rev_and_writes_windows_lines_is_understood(
    home: Desk, phone: Phone
) -> None:
    lines = [line for line in phone.read(EPIC).split("\n") if not line.startswith("rev:")]
    text = "\r\n".join(lines).replace("- [ ] Reject:", "* [X] Reject: the link dies too early")
    phone.path(EPIC).write_bytes(text.encode())
    phone.commit("Update login.md")
    until(lambda: answered(phone, "Rejected: the link dies too early (Bob Roe, "), "home did not answer")
    assert "\r\n" in phone.read(EPIC)
    assert home.event_types().count("GateRejected") == 1


def test_a_file_made_on_a_phone_gets_an_id_and_comes_back_with_it(home: Desk, phone: Phone) -> None:
    phone.path("issues/from the train.md").write_text("Coffee machine is out of beans\n")
    phone.commit("Create from the train.md")
    until(lambda: answered(phone, "\nid: i-", "issues/from the train.md"), "it was not adopted")
    home.sync()
    (issue,) = home.issues().values()
    assert issue["title"] == "from the train"
    assert home.read("issues/from the train.md") == phone.read("issues/from the train.md")
    home.is_level()


def test_a_refusal_of_what_came_by_commit_is_a_quote_a_forge_shows(home: Desk, phone: Phone) -> None:
    home.save("issues/a.md", "A leak\n")
    home.sync()
    home.dispatchd("share", "now")
    phone.pull()
    phone.desk.do("sed", "-i", "s/^status: unassigned/status: in_review/", "issues/a.md")
    phone.commit("Update a.md")
    until(
        lambda: answered(phone, "> dispatchd: status: kept", "issues/a.md"), "the refusal did not come back"
    )
    assert "\nstatus: unassigned" in phone.read("issues/a.md")


def test_what_is_saved_at_home_and_committed_elsewhere_at_once_both_stands(home: Desk, phone: Phone) -> None:
    phone.desk.do("sed", "-i", "s/- \\[ \\] Approve/- [x] Approve/", EPIC)
    home.sed("s/^# Passwordless login/# Login without a password/", EPIC)
    phone.commit("Approve")
    until(lambda: answered(phone, "- [x] Approved (Bob Roe, "), "home did not answer")
    home.sync()
    until(lambda: answered(phone, "# Login without a password"), "the title did not come")
    assert "- [x] Approved (Bob Roe, " in home.read(EPIC)
    home.is_level()
