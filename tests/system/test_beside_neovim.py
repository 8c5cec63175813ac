"""Neovim, set up by the guide to editors, at a gate."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.desk import Desk, until
from tests.system.neovim import Neovim

EPIC = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Login\n\n## Stages\n\n### Design\n\nGate: approval: ok?\n"
PATIENCE_SECONDS = 60.0
Open = Callable[[str], Neovim]


@pytest.fixture
def open_in_nvim(desk: Desk, outside_tmp: Path) -> Iterator[Open]:
    if shutil.which("nvim") is None:
        pytest.skip("needs nvim")
    started: list[Neovim] = []

    def open_file(path: str) -> Neovim:
        started.append(Neovim(desk.path(path), outside_tmp / f"nvim{len(started)}", desk.root))
        until(started[-1].is_attached, "the language server was not attached", PATIENCE_SECONDS)
        return started[-1]

    yield open_file
    for nvim in started:
        nvim.end()


def test_a_refusal_appears_while_one_types_and_goes_when_it_is_mended(desk: Desk, open_in_nvim: Open) -> None:
    desk.save("issues/login.md", "---\nid: i-7k2m\nstatus: queued\n---\n\nLogin\n")
    desk.sync()
    nvim = open_in_nvim("issues/login.md")
    nvim.type("/^status<CR>wwcwin_review")
    # What is said of half a word comes first where keys arrive slowly.
    refusal = 'kept "queued"; "in_review" comes after awaiting_review'
    until(
        lambda: [note for note in nvim.notes() if note.startswith(refusal)],
        "nothing was said while typing",
        PATIENCE_SECONDS,
    )
    assert desk.fact("issues/login.md", "status") == "queued"
    nvim.type("<C-w>cancelled")
    until(lambda: not nvim.notes(), "it is still said", PATIENCE_SECONDS)
    nvim.type("<Esc>:write<CR>")
    until(lambda: desk.fact("issues/login.md", "status") == "cancelled", "nothing was saved")
    desk.sync()
    assert desk.issues()["i-7k2m"]["status"] == "cancelled"


def test_a_code_action_ticks_the_box_and_the_save_approves_the_gate(desk: Desk, open_in_nvim: Open) -> None:
    desk.save("epics/login.md", EPIC)
    desk.sync()
    until(lambda: "- [ ] Approve" in desk.read("epics/login.md"), "no gate asks")
    nvim = open_in_nvim("epics/login.md")
    nvim.choose("Approve")
    nvim.type("gg\\a")
    until(nvim.is_modified, "the action did nothing", PATIENCE_SECONDS)
    until(lambda: "- [x] Approve" in nvim.lines(), "the action ticked nothing", PATIENCE_SECONDS)
    assert "GateApproved" not in desk.event_types("e-3fq9")
    nvim.type(":write<CR>")
    until(lambda: "- [x] Approved (" in desk.read("epics/login.md"), "the gate was not approved")
    assert desk.event_types("e-3fq9").count("GateApproved") == 1
    nvim.type(":checktime<CR>")
    until(lambda: any("Approved (" in line for line in nvim.lines()), "the answer is not shown")


def test_a_state_is_completed_by_the_keys_that_the_guide_names(desk: Desk, open_in_nvim: Open) -> None:
    desk.save("issues/login.md", "---\nid: i-7k2m\nstatus: unassigned\n---\n\nLogin\n")
    desk.sync()
    nvim = open_in_nvim("issues/login.md")
    nvim.type("/^status<CR>wwCque<C-x><C-o>")
    until(lambda: "status: queued" in nvim.lines(), "nothing was completed", PATIENCE_SECONDS)
