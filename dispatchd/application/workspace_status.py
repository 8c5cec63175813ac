"""What belongs on the status screen, and in which order: the same for the terminal and for STATUS.md.

What waits for a person comes first, by weight (what holds an agent up, then gates, votes, confirmations, trouble,
notices), each oldest first. How it is laid out is left to the two that show it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.application.ports.read_rows import IssueFilter

if TYPE_CHECKING:
    from datetime import datetime

    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import (
        BrakeRow,
        EpicRow,
        IssueRow,
        ProblemRow,
        ProposalRow,
        RunRow,
        StageRow,
        ThreadRow,
    )

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
_LAST: Final = "9999"
_THREAD_WEIGHT: Final = {
    "question": 0,
    "permission": 0,
    "escalation": 0,
    "conflict": 3,
    "problem": 4,
    "message": 5,
}
_GATE_WEIGHT: Final = 1
_VOTE_WEIGHT: Final = 2
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


class Other(NamedTuple):
    """What an issue waits for."""

    id: str
    title: str
    path: str


class Held(NamedTuple):
    """An issue that waits, for others or for what `why` says."""

    id: str
    title: str
    waits_on: tuple[Other, ...]
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
    brake: "BrakeRow | None" = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show, and so something to teach."""
        return not (self.waiting or self.running or self.next or self.held or self.problems)


def status_of(model: "ReadModel", most: int | None = None) -> Status:
    """The status of the workspace; of issues at most *most* in each part, where not all are to be shown."""
    counts = model.issue_counts()
    return Status(
        waiting=tuple(sorted(_waiting(model), key=_by_weight)),
        running=tuple(_running(model, most)),
        next=tuple(_next(model, most)),
        held=tuple(_held(model, most)),
        problems=placed_problems(model),
        counts=tuple((state, counts[state]) for state in _STATES if counts.get(state)),
        brake=model.brake(),
    )


def placed_problems(model: "ReadModel") -> "tuple[ProblemRow, ...]":
    """Every problem with the line it stands on now: an answer to a key moves with its key."""
    placed = (
        each._replace(line=line_of(model.text_of(each.subject) or "", each.anchor) or each.line)
        for each in model.problems()
    )
    return tuple(sorted(placed, key=lambda each: (each.path, each.line)))


def line_of(text: str, anchor: str) -> int:
    """The line of *text* that *anchor* means (`key:NAME`, `line:2:TEXT`), counted from one; zero if none is.

    The number in the middle says which of several equal lines it is; ticks and spaces do not tell lines apart.
    """
    where, _, what = anchor.partition(":")
    if where == "key":
        numbers = (n for n, line in enumerate(text.split("\n"), 1) if _key_of(line) == what)
        return next(numbers, 0)
    if where != "line":
        return 0
    which, _, said = what.partition(":")
    equal = [n for n, line in enumerate(text.split("\n"), 1) if _bare(line) == _bare(said)]
    return equal[min(int(which), len(equal) - 1)] if equal and which.isdigit() else 0


def _key_of(line: str) -> str:
    return line.partition(":")[0].strip().replace("-", "_").lower()


def _bare(line: str) -> str:
    return " ".join(line.replace("[x]", "[ ]").replace("[X]", "[ ]").split())


def _by_weight(item: Waiting) -> tuple[int, str]:
    return item.weight, item.since.isoformat() if item.since else _LAST


def _waiting(model: "ReadModel") -> Iterator[Waiting]:
    agents = {agent.name for agent in model.agents()}
    for thread in model.threads(("open",)):
        if thread.to is None or thread.to not in agents:
            yield _thread(thread)
    for epic in model.epics(("awaiting_gate", "in_progress")):
        yield from (
            _gate(epic, stage) for stage in epic.stages if stage.state == "awaiting_gate" and stage.gate
        )
    for proposal in model.proposals(("open",)):
        if any(voter.startswith("@") for voter in proposal.missing):
            yield _vote(proposal)


def _thread(row: "ThreadRow") -> Waiting:
    """A thread; what it is about says its title, so that `what` says only who wants which kind of answer."""
    who = "" if row.sender == "dispatchd" else f" from {row.sender}"
    weight = _THREAD_WEIGHT.get(row.kind, _NOTICE_WEIGHT)
    return Waiting(row.id, row.title, f"{row.kind}{who}", row.path or "", row.created, weight)


def _gate(epic: "EpicRow", stage: "StageRow") -> Waiting:
    gate = stage.gate
    question = f": {gate.question}" if gate and gate.question else ""
    by = f" by {', '.join(f'@{each}' for each in gate.approvers)}" if gate and gate.approvers else ""
    what = f"gate of {stage.name}{by}{question}"
    return Waiting(epic.id, epic.title, what, epic.path or "", stage.since or epic.created, _GATE_WEIGHT)


def _vote(row: "ProposalRow") -> Waiting:
    people = ", ".join(voter for voter in row.missing if voter.startswith("@"))
    until = f", until {row.deadline:%Y-%m-%d %H:%MZ}" if row.deadline else ""
    return Waiting(row.id, row.title, f"vote of {people}{until}", row.path or "", row.created, _VOTE_WEIGHT)


def _running(model: "ReadModel", most: int | None) -> Iterator[Running]:
    turns = {run.issue: run for run in model.runs()}
    for row in model.issues(IssueFilter(status=_WORKED_ON, limit=most)):
        turn = turns.get(row.id)
        who = _at_work(turn) if turn else row.assignee or "nobody named"
        state = row.status.replace("_", " ")
        since = turn.since if turn else None
        yield Running(
            row.id,
            row.title,
            who if state == "in progress" else f"{who}, {state}",
            state,
            row.path or "",
            since,
        )


def _at_work(turn: "RunRow") -> str:
    return turn.agent if turn.contained else f"{turn.agent}, uncontained"


def _next(model: "ReadModel", most: int | None) -> Iterator[Next]:
    ready = [
        *(row for row in model.issues(IssueFilter(status=("assigned",), limit=most)) if not row.waiting_on),
        *model.issues(IssueFilter(ready=True, limit=most)),
    ]
    for row in ready[:most]:
        yield Next(row.id, row.title, row.priority, _for_whom(row), row.path or "")


def _for_whom(row: "IssueRow") -> str:
    if row.assignee:
        return f"for {row.assignee}"
    return f"for {row.role}" if row.role else ""


def _held(model: "ReadModel", most: int | None) -> Iterator[Held]:
    waiting = model.issues(IssueFilter(status=_WANTED, waiting=True, limit=most))
    blocked = model.issues(IssueFilter(blocked=True, limit=most))
    for row in [*blocked, *waiting][:most]:
        others = tuple(_other(model, each) for each in row.waiting_on)
        yield Held(row.id, row.title, others, "blocked" if row.status == "blocked" else "", row.path or "")


def _other(model: "ReadModel", entity_id: str) -> Other:
    """A dependency, or the epic whose stage has not opened."""
    if entity_id.startswith("e-"):
        epic = model.epic(entity_id)
        return Other(entity_id, epic.title if epic else entity_id, (epic.path if epic else None) or "")
    found = model.issue(entity_id)
    return Other(
        entity_id, found.issue.title if found else entity_id, (found.issue.path if found else None) or ""
    )
