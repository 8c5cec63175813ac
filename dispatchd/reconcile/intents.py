"""What an edit may turn out to mean: the values every kind's reading of an edit is made of.

An intent carries the place it was written at, so that a refusal is answered there.
"""

from collections.abc import Sequence
from dataclasses import replace

from dispatchd.domain.command import ChangeSet, Command
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """The person asks for *command*."""

    anchor: str
    command: Command
    attempted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No command can be made of it: *why* is answered at *anchor*, beginning with what would work."""

    anchor: str
    why: str
    attempted: str = ""
    line: int = 0
    settled: bool = True
    """False for what only waits (a verb without its reason): it is shown, and is no refusal in the log."""
    rests: bool = True
    """Whether it is said only once the file is left alone: its line may still be changing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Somebody is still typing here: an empty value, or the beginning of a valid one."""

    anchor: str
    otherwise: "Act | Refusal"
    """What it means if it stays as it is."""
    rests: bool = False
    """Whether it is prose, which is left in peace for longer than a value."""


Intent = Act | Refusal | Typing


def anchors(intents: Sequence[Intent]) -> tuple[str, ...]:
    """The places that *intents* were written at, in order."""
    return tuple(intent.anchor for intent in intents)


def without_member(act: Act, member: str | None) -> Act | None:
    """What *act* asks for besides adding *member* to a set; None where that is nothing."""
    change = act.command
    if member is None or not isinstance(change, ChangeSet):
        return None
    rest = tuple(each for each in change.add if each.casefold() != member.casefold())
    if len(rest) == len(change.add) or not (rest or change.remove):
        return None
    return replace(act, command=replace(change, add=rest))
