"""What the kernel tells of processes: what is below one, and what tells it from a later one that is given its pid.

Shims load this, so it needs nothing but `os`.
"""

import os
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

_OVER: Final = frozenset("ZX")


def below(pid: int) -> Iterator[int]:
    """Every living descendant of the process, the nearest first."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = [int(each) for each in file.read().split()]
    except OSError:
        return
    for child in children:
        if _state_and_start(child)[0] not in _OVER:
            yield child
        yield from below(child)


def identity_here() -> dict[str, Any]:
    """What tells our process from every other: its `pid` in the namespace `within`, when it `started`, and the `boot`."""
    pid = os.getpid()
    return {"pid": pid, "started": _state_and_start(pid)[1], "boot": boot(), "within": namespace()}


def lives(identity: Mapping[str, Any]) -> bool | None:
    """Whether the very process of `identity_here` lives; None where that cannot be told from here."""
    if identity.get("boot", boot()) != boot():
        return False
    if not identity.get("started") or not is_near(identity):
        return None
    state, started = _state_and_start(int(identity["pid"]))
    return state not in _OVER and started == identity["started"]


def is_near(identity: Mapping[str, Any]) -> bool:
    """Whether the pid of *identity* means here what it meant there."""
    return bool(namespace()) and identity.get("within") == namespace()


def is_gone(path: str) -> bool:
    """Whether there is surely nothing at *path*: a disk that fails tells nothing."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


@cache
def boot() -> str:
    """What names this start of the machine."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


@cache
def namespace() -> str:
    """What names the namespace in which this process has its pid; empty where that is not told."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _state_and_start(pid: int) -> tuple[str, str]:
    """The state of the process, and when it was started, in ticks since the machine was; `Z` where there is none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            # The command's name stands in parentheses and may hold any: what counts begins after the last one.
            fields = file.read().rpartition(")")[2].split()
        return fields[0], fields[19]
    except (OSError, IndexError):
        return "Z", ""
