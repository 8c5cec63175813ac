"""What belongs on the status screen, and in which order: the same for the terminal and for STATUS.md.

What waits for a person comes first, by weight (what holds an agent up, then gates, votes, confirmations, trouble,
notices), each oldest first. How it is laid out is left to the two that show it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.application.ports.read_rows import IssueFilter

if TYPE_CHECKING:
    from datetime import datetime

    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import (
        EpicRow,
        IssueRow,
        ProblemRow,
        ProposalRow,
        RunRow,
        StageRow,
        ThreadRow,
    )
    from dispatchd.documents.status_document import StatusView

_STATES: Final = (
    "unassigned",
    "queued",
    "assigned",
    "in_progress",
    "awaiting_review",
    "in_review",
    "blocked",
    "done",
    "cancelled",
)
_WORKED_ON: Final = ("in_progress", "awaiting_review", "in_review")
_WANTED: Final = ("queued", "assigned")
_THREAD_WEIGHT: Final = {"question": 0, "permission": 0, "escalation": 0, "conflict": 3, "problem": 4, "message": 5}
_GATE_WEIGHT: Final = 1
_VOTE_WEIGHT: Final = 2
_CONFIRM_WEIGHT: Final = 3
_NOTICE_WEIGHT: Final = 6


class Waiting(NamedTuple):
    """Something that waits for a person; `what` says for what."""

    id: str
    title: str
    what: str
    path: str
    since: "datetime | None"
    weight: int


class Running(NamedTuple):
    id: str
    title: str
    who: str
    state: str
    path: str
    since: "datetime | None"


class Next(NamedTuple):
    id: str
    title: str
    priority: str
    remark: str
    path: str


class Held(NamedTuple):
    """An issue that waits; `waits_on` are ids and titles."""

    id: str
    title: str
    waits_on: tuple[tuple[str, str, str], ...]
    why: str
    path: str


class Status(NamedTuple):
    """Everything on the screen. `counts` are the issues in each state, states without any left out."""

    waiting: tuple[Waiting, ...]
    running: tuple[Running, ...]
    next: tuple[Next, ...]
    held: tuple[Held, ...]
    problems: "tuple[ProblemRow, ...]"
    counts: tuple[tuple[str, int], ...]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show, and so something to teach."""
        return not (self.waiting or self.running or self.next or self.held or self.problems)


def status_of(model: "ReadModel", most: int | None = None) -> Status:
    """The status of the workspace; of issues at most *most* in each part, where not all are to be shown."""
    running = [_running(row, model.runs()) for row in model.issues(IssueFilter(status=_WORKED_ON, limit=most))]
    ready = [row for row in model.issues(IssueFilter(status=_WANTED, ready=True, limit=most))]
    counts = model.issue_counts()
    return Status(
        waiting=tuple(_waiting(model)),
        running=tuple(running),
        next=tuple(Next(row.id, row.title, row.priority, _remark(row), row.path or "") for row in ready),
        held=tuple(_held(model, most)),
        problems=tuple(model.problems()),
        counts=tuple((state, counts[state]) for state in _STATES if counts.get(state)),
    )


def view_of(status: Status, daemon: str) -> "StatusView":
    """*status* as STATUS.md takes it; *daemon* is a sentence about the daemon."""
    from dispatchd.documents.problems import DocumentProblem  # noqa: PLC0415 - the terminal shows it without these
    from dispatchd.documents.status_document import (  # noqa: PLC0415
        DocumentLink,
        HeldItem,
        NextItem,
        RunningItem,
        StatusView,
        WaitingItem,
    )
