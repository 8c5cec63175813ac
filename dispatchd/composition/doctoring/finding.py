"""What the doctor says: a finding with its mend, a room that was looked at, and the report of them all.

Findings are values; what puts one right stands in it as something that can be called, so that looking never mends.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path

from dispatchd.domain.dataclass import dataclass


class Gravity(StrEnum):
    """How much a finding matters."""

    BROKEN = "broken"
    """Something does not work until it is put right."""
    RISK = "risk"
    """Everything works, and something could be lost or go unseen."""
    NOTE = "note"
    """Worth knowing; nothing is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mend:
    """What `--fix` does about a finding."""

    will: str
    """What it is going to do, as a sentence that begins with a verb."""
    do: Callable[[], str]
    """Does it, and says what was done, as a sentence. Doing it again changes nothing."""
    asks: bool = False
    """Whether a person says yes first, because the outcome could surprise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    """Its name for programs and tests; it never changes its meaning."""
    gravity: Gravity
    what: str
    why: str
    next_step: str
    details: tuple[str, ...] = ()
    """The single things meant, where there are several: a path each, mostly."""
    mend: Mend | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One thing that was looked at: how it stands in a few words, and what is wrong there."""

    name: str
    fact: str
    findings: tuple[Finding, ...] = ()

    @property
    def state(self) -> str:
        """`well`, or the gravest of its findings."""
        found = {finding.gravity for finding in self.findings}
        return next((gravity.value for gravity in Gravity if gravity in found), "well")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that was looked at, in the order of a person's interest."""

    place: Path
    rooms: tuple[Room, ...]

    @property
    def findings(self) -> Iterator[tuple[Room, Finding]]:
        """All findings with their rooms, gravest first."""
        for gravity in Gravity:
            for room in self.rooms:
                yield from ((room, each) for each in room.findings if each.gravity is gravity)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong; notes are nothing wrong."""
        return all(finding.gravity is Gravity.NOTE for _, finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one mend."""

    code: str
    what: str
    said: str
    is_mended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What `--fix` did, in order, and how everything stands after it."""

    done: tuple[Done, ...]
    report: Report
