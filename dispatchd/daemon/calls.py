"""What may be called over the control socket: checked at this edge, so that nothing behind it has to be.

The check is that of everything that comes as JSON; a validation library would take longer to load than the daemon's
own start does, and a quarter of its memory.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Final, Literal

from dispatchd.application.requests.request import NotUnderstood
from dispatchd.domain.dataclass import dataclass

LONGEST_WAIT: Final = 7 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformCall:
    """Carry a request out."""

    call: Literal["perform"] = "perform"
    request: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncCall:
    """Look now; with `wait`, answer when all that happened before is decided, written and committed."""

    call: Literal["sync"] = "sync"
    wait: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitCall:
    """Answer when the thread is no longer open, or after `timeout` seconds."""

    call: Literal["wait"] = "wait"
    thread: str
    timeout: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCall:
    """The tree's folder was lost and made again."""

    call: Literal["reopen"] = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareCall:
    """Fetch and push now; `word` is what a person says about a remote that lost commits."""

    call: Literal["share"] = "share"
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeCall:
    """Let this clone be the one that decides."""

    call: Literal["home"] = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class PingCall:
    """Say how it is."""

    call: Literal["ping"] = "ping"


AnyCall = PerformCall | SyncCall | WaitCall | ReopenCall | ShareCall | HomeCall | PingCall
_CALLS: Final[Mapping[str, type[AnyCall]]] = {
    "perform": PerformCall,
    "sync": SyncCall,
    "wait": WaitCall,
    "reopen": ReopenCall,
    "share": ShareCall,
    "home": HomeCall,
    "ping": PingCall,
}


def _is_duration(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value is None
    return 0 <= value <= LONGEST_WAIT


_VALID: Final[Mapping[str, Callable[[object], bool]]] = {
    "request": lambda value: isinstance(value, dict) and all(isinstance(key, str) for key in value),
    "wait": lambda value: isinstance(value, bool),
    "thread": lambda value: isinstance(value, str) and 1 <= len(value) <= 64,
    "timeout": _is_duration,
    "word": lambda value: value in ("", "take", "put-back"),
}
"""What each argument may be."""


def read_call(plain: object) -> AnyCall:
    """The call that *plain* spells; raises NotUnderstood, which says what was wrong with it."""
    given = dict(plain) if isinstance(plain, dict) else {}
    name = given.pop("call", None)
    kind = _CALLS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise _not_understood(f"call: one of {', '.join(_CALLS)} is needed")
    asked = {each.name: each for each in fields(kind) if each.name != "call"}
    wrong = [f"{key}: {kind.__name__} takes no such thing" for key in given if key not in asked]
    wrong += [
        f"{key}: {value!r} will not do"
        for key, value in given.items()
        if key in asked and not _VALID[key](value)
    ]
    wrong += [
        f"{key}: is missing" for key, each in asked.items() if key not in given and each.default is MISSING
    ]
    if wrong:
        raise _not_understood("; ".join(wrong))
    return kind(**given)


def _not_understood(why: str) -> NotUnderstood:
    return NotUnderstood(f"this daemon does not understand the call ({why})")
