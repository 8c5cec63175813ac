"""Registers how git merges the tree's files: by this installation, else any on PATH, else as text.

Only the registration is here; the merge itself is the `merge-driver` command's.
"""

import shlex
import sys
import sysconfig
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.runner import GitRunner

_ARGUMENTS: Final = "merge-driver %O %A %B %L %P"
_NAME: Final = "dispatchd: by field in front matter, by line in text"


def this_installation() -> tuple[str, ...]:
    """The command that starts this installation, by absolute path."""
    script = Path(sysconfig.get_path("scripts")) / "dispatchd"
    if script.is_file():
        return (str(script),)
    # -P: the folder git merges in must not decide which modules are imported.
    return (sys.executable, "-P", "-m", "dispatchd")


def driver_command(program: tuple[str, ...]) -> str:
    """The shell command git runs for a merge; git puts in the file names, the last one quoted.

    A merge ends with 0 when it is clean and 1 when it conflicts; any other end means the program did not get that
    far, and the next in line has its turn, so that a broken installation never passes for a merge.
    """
    mine = shlex.join(program).replace("%", "%%")
    guarded = f"test -x {shlex.quote(program[0]).replace('%', '%%')} && {{ {mine} {_ARGUMENTS}; {_done}; }}"
    on_path = f"command -v dispatchd >/dev/null 2>&1 && {{ dispatchd {_ARGUMENTS}; {_done}; }}"
    return f"{guarded}; {on_path}; exec git merge-file --marker-size=%L %A %O %B"


_done: Final = "case $? in 0) exit 0;; 1) exit 1;; esac"


def register(runner: GitRunner, program: tuple[str, ...]) -> bool:
    """Put the driver into the repository's configuration; False where it stood there already."""
    wanted = {"merge.dispatchd.name": _NAME, "merge.dispatchd.driver": driver_command(program)}
    changed = False
    for key, value in wanted.items():
        standing = runner.ask("config", "--local", "-z", "--get", key, accept=(0, 1))
        if standing.stdout != f"{value}\0".encode():
            runner.ask("config", "--local", "--replace-all", key, value)
            changed = True
    return changed
