"""Editors and programs besides vim, as they really save: Emacs, Neovim, perl -i, and one that maps the file."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.system.desk import Desk, until
from tests.system.editors import Vim

PATH: Final = "issues/login timeout.md"
MAPPER: Final = """
import mmap, sys
with open(sys.argv[1], "r+b") as opened, mmap.mmap(opened.fileno(), 0) as mapped:
    at = mapped.find(b"medium")
    mapped[at:at + 6] = b"low   "
    mapped.flush()
"""


@pytest.fixture
def issue(desk: Desk) -> str:
    desk.save(PATH, "The form gives up after two seconds.\n\nSecond paragraph.\n")
    desk.sync()
    return desk.fact(PATH, "id")


@contextmanager
def at_work(words: Sequence[str | Path], desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has the file open until it ends by itself."""
    with subprocess.Popen(
        [str(word) for word in words], cwd=desk.tree, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def ended_well(process: subprocess.Popen[bytes]) -> None:
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said.decode(errors="replace")


def assert_both_sides(desk: Desk, issue: str) -> None:
    facts = desk.issues()[issue]
    assert (facts["status"], facts["priority"]) == ("queued", "high")
    assert (desk.fact(PATH, "status"), desk.fact(PATH, "priority")) == ("queued", "high")
    assert desk.read(PATH).endswith("Second paragraph.\nTyped by hand.\n")
    assert list(desk.issues()) == [issue]
    assert desk.event_types(issue).count("IssueMoved") == 1
    desk.is_level()


def test_033_emacs_keeps_its_unsaved_buffer_to_itself_and_its_save_is_one_edit(
    desk: Desk, issue: str
) -> None:
    if shutil.which("emacs") is None:
        pytest.skip("needs emacs (Debian: emacs-nox)")
    go, ready = desk.root.parent / "go", desk.root.parent / "ready"
    script = f"""(progn
      (find-file "{desk.path(PATH)}")
      (re-search-forward "^status: .*") (replace-match "status: queued")
      (goto-char (point-max)) (insert "Typed by hand.\\n")
      (write-region "" nil "{ready}")
      (while (not (file-exists-p "{go}")) (sleep-for 0.02))
      (save-buffer))"""
    with at_work(["emacs", "-Q", "-batch", "--eval", script], desk) as emacs:
        until(ready.exists, "emacs did not come up")
        assert list(desk.tree.glob("issues/.#*")) or desk.path("issues/.#login timeout.md").is_symlink()
        before = desk.path(PATH).read_bytes()
        desk.dispatchd("issue", "set", issue, "priority=high")
        assert desk.sync() == [PATH]
        assert desk.path(PATH).read_bytes() == before
        go.touch()
        ended_well(emacs)
    desk.sync()
    assert_both_sides(desk, issue)


@pytest.mark.parametrize("backupcopy", ["yes", "no"])
def test_033_a_stale_buffer_of_neovim_takes_nothing_back(backupcopy: str, desk: Desk, issue: str) -> None:
    if shutil.which("nvim") is None:
        pytest.skip("needs nvim")
    nvim = Vim(desk.path(PATH), f"backupcopy={backupcopy}", program="nvim")
    try:
        desk.dispatchd("issue", "set", issue, "priority=high")
        assert desk.sync() == []
        nvim.command("%s/^status: .*/status: queued/")
        nvim.type("GoTyped by hand.")
        nvim.save()
    finally:
        nvim.end()
    desk.sync()
    assert_both_sides(desk, issue)


def test_perl_in_place_with_and_without_a_backup_is_an_edit(desk: Desk, issue: str) -> None:
    if shutil.which("perl") is None:
        pytest.skip("needs perl")
    desk.do("perl", "-i", "-pe", "s/^status: .*/status: queued/", PATH, cwd=desk.tree)
    desk.sync()
    desk.do("perl", "-i.orig", "-pe", "s/^priority: .*/priority: high/", PATH, cwd=desk.tree)
    desk.sync()
    desk.add(PATH, "Typed by hand.\n")
    desk.sync()
    assert_both_sides(desk, issue)


def test_032_what_a_program_writes_through_a_map_is_found_by_the_next_full_look(
    idle_desk: Desk,
) -> None:
    desk = idle_desk
    desk.up()
    desk.save(PATH, "Text.\n")
    desk.sync()
    text = desk.path(PATH).read_bytes()
    desk.do("python3", "-c", MAPPER, desk.path(PATH))
    assert desk.path(PATH).read_bytes() != text
    desk.down()
    desk.up()
    desk.sync()
    assert [issue["priority"] for issue in desk.issues().values()] == ["low"]
    assert desk.event_types().count("FactSet") == 1
    desk.is_level()
