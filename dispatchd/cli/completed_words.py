"""Words that shells are offered: how they are written for each, and those that name what has happened or is still open."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.cli.terminal import visible
from dispatchd.domain.identifiers import EVENT_ID_SHOWN

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import NameRow

_OBEYED: Final = re.compile(r"[^\w@%+=:,./-]")
"""What a shell would take for more than itself."""
_OF_OPEN: Final = frozenset({"answer", "reassign", "start", "stop", "hold", "now", "waive"})
"""Commands that do something to what is not over."""
_OVER: Final = frozenset({"done", "cancelled", "answered", "dismissed"})
_TAKEN_BACK: Final = frozenset(
    {
        *("IssueMoved", "FactSet", "SetChanged", "EntityRemoved", "EntityRestored", "CommentAdded"),
        *("EpicMoved", "GateApproved", "GateSkipped", "WorkPaused", "WorkResumed"),
    }
)
"""Events that `undo` may take back; whether one can be, it says."""
_LATELY: Final = 100


class Word(NamedTuple):
    """Something to complete, and what the shell shows beside it where it shows anything."""

    value: str
    about: str = ""


def quoted(value: str) -> str:
    """*value* as bash may put it on a command line: a label is somebody's text, and must not be run."""
    return _OBEYED.sub(r"\\\g<0>", value)


def shown(word: Word) -> str | None:
    """On one line; fish cuts off at a comma."""
    return visible(" ".join(word.about.replace(",", ";").split())) or None


def still_open(rows: "Sequence[NameRow]", command: str | None) -> "Sequence[NameRow]":
    """Those of *rows* that *command* can do something to."""
    return rows if command not in _OF_OPEN else [row for row in rows if row.status not in _OVER]


def events_lately(model: "ReadModel") -> Iterator[Word]:
    """What people have done lately and might be taken back, the newest first."""
    agents = {row.name for row in model.agents()} | {"dispatchd"}
    for row in model.log(None, _LATELY):
        if row.type in _TAKEN_BACK and row.actor not in agents:
            yield Word(row.id[:EVENT_ID_SHOWN], row.told)
