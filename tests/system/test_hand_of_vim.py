"""A real vim at a real file: when its hand is on it, and what its save looks like to the tree."""

import os
import pty
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.tree.local_tree import LocalTree, open_tree
from dispatchd.application.ports.dispatch_tree import Hand, WriteRequest, Written
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.system.running_programs import says_something

PATH = DocumentPath("issues/login timeout.md")
PATIENCE_SECONDS = 60.0


class Vim:
    """vim on a terminal of its own."""

    def __init__(self, file: Path) -> None:
        self._terminal, inner = pty.openpty()
        command = ["vim", "-u", "NONE", "-N", "-c", "set backupcopy=no", str(file)]
        environment = {**os.environ, "TERM": "vt100"}
        self._process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=environment)
        os.close(inner)

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def until(self, is_so: Callable[[], bool]) -> None:
        """Let vim draw until something is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < deadline, "vim did not get there"
            if says_something(self._terminal, 0.02):
                os.read(self._terminal, 65536)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


@pytest.fixture
def tree(outside_tmp: Path) -> LocalTree:
    (outside_tmp / "tree" / "issues").mkdir(parents=True)
    (outside_tmp / "tree" / PATH).write_bytes(b"one\n")
    return open_tree(outside_tmp / "tree", outside_tmp / "private")


@pytest.fixture
def vim(tree: LocalTree, outside_tmp: Path) -> Iterator[Vim]:
    if shutil.which("vim") is None:
        pytest.skip("needs vim")
    started = Vim(outside_tmp / "tree" / PATH)
    yield started
    started.end()


def test_vim_has_its_hand_on_a_file_from_the_first_change_to_the_save(
    tree: LocalTree, vim: Vim, outside_tmp: Path
) -> None:
    swap = outside_tmp / "tree" / "issues" / f".{PATH.rpartition('/')[2]}.swp"
    vim.until(swap.exists)
    assert tree.hand_on(PATH) is None
    vim.type("Otwo")
    vim.until(lambda: tree.hand_on(PATH) is Hand.VIM_MODIFIED)
    assert set(tree.scan().files) == {PATH}
    vim.type("\x1b:w\r")
    vim.until(lambda: tree.hand_on(PATH) is None and _content(tree) == b"two\none\n")


def test_a_vim_that_only_shows_a_file_hinders_no_write(tree: LocalTree, vim: Vim, outside_tmp: Path) -> None:
    vim.until((outside_tmp / "tree" / "issues" / f".{PATH.rpartition('/')[2]}.swp").exists)
    request = WriteRequest(row=1, path=PATH, expected=digest(b"one\n"), content=b"ours\n")
    assert isinstance(tree.write(request), Written)
    assert tree.sweep_quarantine() == ()


def _content(tree: LocalTree) -> bytes | None:
    found = tree.read(PATH)
    return None if found is None else found.content
