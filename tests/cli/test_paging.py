"""Lists longer than the terminal: in a pager where somebody sits there and wants one, and nowhere else."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.fakes import small_workspace as small

COLUMNS = 100
PAGED = "the pager had this:"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("paged")
    for command in (["git", "init", "-q"], [sys.executable, "-m", "dispatchd", "init"]):
        subprocess.run(command, cwd=root, check=True, capture_output=True)
    small.fill(root)
    return root


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A pager that says that it was there; its name has a blank in it, and it is given an argument."""
    program = tmp_path / "my pager"
    program.write_text(f'#!/bin/sh\necho "{PAGED} $1"\ncat\n', encoding="utf-8")
    program.chmod(0o755)
    return f"'{program}' --all"


def on_a_terminal(repository: Path, *words: str, lines: int, pager: str | None) -> str:
    """What a terminal of so many lines shows of the command."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, COLUMNS, 0, 0))
    kept = {
        key: value for key, value in os.environ.items() if key not in {"PAGER", "LESS", "LINES", "COLUMNS"}
    }
    environment = kept | {"TERM": "xterm"} | ({} if pager is None else {"PAGER": pager})
    process = subprocess.Popen(
        [sys.executable, "-m", "dispatchd", *words],
        cwd=repository,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # EIO: the last of its writers has gone
        pass
    finally:
        os.close(ours)
    assert process.wait(60) == 0
    return shown.decode().replace("\r\n", "\n")


def test_a_list_longer_than_the_terminal_goes_through_the_owners_pager(repository: Path, pager: str) -> None:
    shown = on_a_terminal(repository, "issue", "list", lines=3, pager=pager)
    first, *rest = shown.splitlines()
    assert first == f"{PAGED} --all"
    assert "id" in rest[0]
    assert sum("i-" in line for line in rest) >= 3
    assert rest[-1].strip()


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (("issue", "list"), 40),
        (("issue", "list", "--no-pager"), 3),
        (("issue", "list", "--json"), 3),
        (("log",), 3),
    ],
    ids=["it fits", "--no-pager", "--json", "the newest of the log"],
)
def test_nothing_is_paged_that_fits_or_is_wanted_plainly(
    repository: Path, pager: str, words: tuple[str, ...], lines: int
) -> None:
    assert PAGED not in on_a_terminal(repository, *words, lines=lines, pager=pager)


@pytest.mark.parametrize("pager", ["", "cat", " "])
def test_an_owner_without_a_pager_gets_the_whole_list(repository: Path, pager: str) -> None:
    plain = on_a_terminal(repository, "issue", "list", "--no-pager", lines=3, pager=None)
    assert on_a_terminal(repository, "issue", "list", lines=3, pager=pager) == plain


def test_a_pager_that_is_not_installed_loses_nothing(repository: Path) -> None:
    shown = on_a_terminal(repository, "issue", "list", lines=3, pager="no-such-pager")
    assert sum("i-" in line for line in shown.splitlines()) >= 3


def test_what_is_piped_is_never_paged(repository: Path, pager: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dispatchd", "issue", "list"],
        cwd=repository,
        env=os.environ | {"PAGER": pager, "LINES": "2"},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout
    assert PAGED not in done.stdout
