"""Emacs with eglot beside the daemon, set up as the guide says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.desk import BRISK, Desk, until
from tests.system.emacs import Emacs, misses
from tests.system.neovim import PATIENCE_SECONDS

Open = Callable[[str], Emacs]
EPIC = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Login\n\n## Stages\n\n### Design\n\nGate: approval: Is it right?\n"


@pytest.fixture
def desk(bare_desk: Desk) -> Desk:
    bare_desk.init(BRISK)
    bare_desk.up()
    return bare_desk


@pytest.fixture
def open_in_emacs(desk: Desk, outside_tmp: Path) -> Iterator[Open]:
    if lacking := misses():
        pytest.skip(lacking)
    started: list[Emacs] = []

    def open_file(path: str) -> Emacs:
        started.append(Emacs(desk.path(path), outside_tmp / f"emacs{len(started)}", desk.root))
        until(started[-1].is_attached, "the language server was not attached", PATIENCE_SECONDS)
        return started[-1]

    yield open_file
    for emacs in started:
        emacs.end()


def test_a_refusal_appears_in_emacs_while_one_types(desk: Desk, open_in_emacs: Open) -> None:
    desk.save("issues/login.md", "---\nid: i-7k2m\nstatus: queued\n---\n\nLogin\n")
    desk.sync()
    emacs = open_in_emacs("issues/login.md")
    emacs.type("\x1b<\x13queued\r\x1b\x7fin_review")  # M-<, C-s queued RET, M-DEL, the word
    # What is said of half a word comes first where keys arrive slowly.
    refusal = 'kept "queued"; "in_review" comes after awaiting_review'
    until(lambda: refusal in str(emacs.notes()), "nothing was said while typing", PATIENCE_SECONDS)
    assert desk.fact("issues/login.md", "status") == "queued"


def test_a_code_action_of_emacs_ticks_the_box_and_the_save_is_the_act(
    desk: Desk, open_in_emacs: Open
) -> None:
    desk.save("epics/login.md", EPIC)
    desk.sync()
    until(lambda: "- [ ] Approve" in desk.read("epics/login.md"), "no gate asks")
    emacs = open_in_emacs("epics/login.md")
    emacs.type("\x1b<\x13] Approve\r\x1bxeglot-code-actions\r")
    emacs.type("Approve (Design)\r")
    until(emacs.is_modified, "the action did nothing", PATIENCE_SECONDS)
    until(lambda: "- [x] Approve\n" in emacs.text(), "the action ticked nothing", PATIENCE_SECONDS)
    assert "GateApproved" not in desk.event_types("e-3fq9")
    emacs.type("\x18\x13")  # C-x C-s
    until(lambda: "- [x] Approved (" in desk.read("epics/login.md"), "the gate was not approved")
    assert desk.event_types("e-3fq9").count("GateApproved") == 1
    until(lambda: "Approved (" in emacs.text(), "the answer is not shown", PATIENCE_SECONDS)
