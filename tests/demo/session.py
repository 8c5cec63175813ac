"""A short session at a terminal, played with the real commands: what README shows at its top.

Every line that is typed is run by a shell on a terminal of its own, and what it prints is kept byte for byte. Between
them the person takes a breath: `dispatchd sync --wait` says when it has been long enough. What is kept is text; how it
becomes a picture is left to `recording`.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.demo.stage import Narrator, Stage, environment, fact, new_repository

COLUMNS: Final = 92
ROWS: Final = 40
TYPED: Final = (
    "dispatchd init && dispatchd up",
    'echo "Login times out on slow networks" > .dispatch/issues/login.md',
    "cat .dispatch/issues/login.md  # a moment later",
    "sed -i 's/^priority:.*/priority: hihg/' .dispatch/issues/login.md",
    "grep ^priority .dispatch/issues/login.md",
    "sed -i 's/^priority:.*/priority: high/; s/unassigned/queued/' .dispatch/issues/login.md",
    'dispatchd as ash ask "Which hash?" --option argon2id --option bcrypt',
    r"grep -m 3 '\[ \]' .dispatch/WAITING.md",
    r"sed -i 's/\[ \] argon2id/[x] argon2id/' .dispatch/WAITING.md",
    "dispatchd as ash wait t-",
    "dispatchd status",
    "dispatchd log i-",
)
"""What is typed, in order. `t-` and `i-` at an end are typed whole: the thread that was opened, the issue."""
_PASSING: Final = (
    (re.compile(r"\b([iept])-[0-9a-hjkmnp-tv-z]{4,}\b"), r"\1-0000"),
    (re.compile(r"\d{4}-\d\d-\d\d([T ])\d\d:\d\d(?::\d\d)?Z"), r"2026-11-21\g<1>07:12Z"),
    (re.compile(r"(?<=Z  )[0-9a-z]{6}(?=  )"), "000000"),
    (re.compile(r"\bpid \d+"), "pid 0"),
    (re.compile(r"\brev: r[0-9a-f]{8}\b"), "rev: r00000000"),
)
"""What is another each time: ids, moments, the process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One line that was typed, and what the terminal showed below it, with its colours."""

    typed: str
    shown: str


def play(folder: Path) -> tuple[Exchange, ...]:
    """Play the session in a new repository at *folder*; the daemon that it starts is stopped at the end."""
    stage = Stage(repository=new_repository(folder), narrator=Narrator(fast=True))
    try:
        return tuple(_exchanges(stage))
    finally:
        stage.dispatchd("down")


def _exchanges(stage: Stage) -> Iterator[Exchange]:
    for number, line in enumerate(TYPED):
        if number:
            stage.sync()
        typed = line + _rest_of_id(stage, line)
        yield Exchange(typed=typed, shown=_on_a_terminal(typed, stage.repository))


def _rest_of_id(stage: Stage, line: str) -> str:
    """What follows the beginning of an id at the end of *line*."""
    if line.endswith(" t-"):
        return Path(stage.newest("inbox/t-*.md")).name.split("-")[1]
    return fact(stage.read("issues/login.md"), "id").removeprefix("i-") if line.endswith(" i-") else ""


def _on_a_terminal(typed: str, folder: Path) -> str:
    """What a terminal shows when a shell runs *typed* in *folder*."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        shell = subprocess.Popen(
            ["bash", "-c", typed],
            cwd=folder,
            env={**_own_size(environment()), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
        )
    finally:
        os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as screen:
        shown = b"".join(iter(lambda: _read(screen.read), b""))
    if shell.wait() != 0:
        raise AssertionError(f"`{typed}` ended with {shell.returncode}:\n{shown.decode()}")
    return shown.decode().replace("\r\n", "\n").rstrip("\n")


def _own_size(environment: dict[str, str]) -> dict[str, str]:
    """*environment* without the size of another terminal, which would count for more than that of this one."""
    return {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}


def _read(read: Callable[[int], bytes]) -> bytes:
    """The next bytes of a terminal; none when nobody has it open any more."""
    try:
        return read(65536)
    except OSError:
        return b""


def without_what_passes(text: str) -> str:
    """*text* without what is another each time."""
    for pattern, instead in _PASSING:
        text = pattern.sub(instead, text)
    return text
