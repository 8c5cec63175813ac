"""WAITING.md in a real vim: nothing moves under the hand, nothing that is typed is lost, a stale buffer repeats nothing."""

from collections.abc import Iterator

import pytest

from tests.system.desk import Desk, until
from tests.system.editors import Vim

WAITING = "WAITING.md"
EPIC = "# Epic\n\n## Stages\n\n### Design\n\nGate: approval: Is the flow right?\n\n### Build\n"


@pytest.fixture
def vim(desk: Desk) -> Iterator[Vim]:
    desk.save("epics/epic.md", f"---\nstatus: ready\n---\n\n{EPIC}")
    desk.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt")
    desk.sync()
    until(lambda: desk.read(WAITING).count("\n### [") == 2, "not everything waits on the page")
    opened = Vim(desk.path(WAITING))
    yield opened
    opened.end()


def test_an_answer_half_typed_in_vim_stays_and_the_page_waits_for_it(desk: Desk, vim: Vim) -> None:
    vim.command("/argon2id$")
    vim.type("ONeither of them.\n\x1b")
    vim.until(vim.is_modified, "vim's swap file never said that the buffer is modified")
    before = desk.read(WAITING)
    desk.dispatchd("as", "ash", "tell", "The build is green.")
    assert desk.sync() == [WAITING]
    assert desk.read(WAITING) == before
    vim.command("%s/\\[ \\] Approve/[x] Approve/")
    vim.save()
    assert desk.sync() == []
    text = until(
        lambda: desk.read(WAITING) if "The build is green." in desk.read(WAITING) else "", "never level"
    )
    assert "Neither of them.\n" in text
    assert "Is the flow right?" not in text
    assert desk.event_types().count("GateApproved") == 1
    assert "ThreadAnswered" not in desk.event_types()
    vim.command("%s/\\[ \\] Send/[x] Send/")
    vim.save_and_quit()
    desk.sync()
    assert desk.event_types().count("GateApproved") == 1
    (answer,) = [event for event in desk.events() if event["type"] == "ThreadAnswered"]
    assert answer["event"]["text"] == "Neither of them."
    until(lambda: "Which hash?" not in desk.read(WAITING), "the page still asks")
    assert "No longer waiting" not in desk.read(WAITING)
    desk.is_level()
