"""What belongs on the status screen, and in which order: the same for the terminal and for STATUS.md.

What waits for a person comes first, by weight (what holds an agent up, then gates, votes, confirmations, trouble,
notices), each oldest first. How it is laid out is left to the two that show it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.application.agents_at_rest import STOPPING, at_rest, issues_asked_about, why_held
from dispatchd.application.engines_at_rest import starters_of
from dispatchd.application.for_whom import Me, is_for
from dispatchd.application.held import Held, held, without_workflow
from dispatchd.application.placed_problems import mendable_problems
from dispatchd.application.ports.read_rows import IssueFilter
from dispatchd.documents.tree_paths import PAUSES

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
        WorkRow,
    )

_WORKED_ON: Final = ("in_progress", "awaiting_review", "in_review")
_STATES: Final = ("unassigned", "queued", "assigned", *_WORKED_ON, "blocked", "done", "cancelled")
_LEARNT: Final = 5
"""Issues that were done by somebody who knows how it goes."""
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


WhyNot = Callable[["IssueRow"], str]


class Waiting(NamedTuple):
    """Something that waits for a person; `what` says for what."""

    id: str
    title: str
    what: str
    path: str
    since: "datetime | None"
    weight: int


class Running(NamedTuple):
    """An issue that is worked on, or a vote that is asked for; `doing` is what happens now, in words."""

    id: str
    title: str
    who: str
    state: str
    path: str
    since: "datetime | None"
    doing: str = ""
    uncontained: bool = False


class Next(NamedTuple):
    """An issue that could begin; `remark` says for whom, and why nobody begins it, if that is known."""

    id: str
    title: str
    priority: str
    remark: str
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
    brake_file: str | None = None
    """The file that does it, as somebody has called it."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.waiting or self.running or self.next or self.held or self.problems or self.idle)

    @property
    def is_new(self) -> bool:
        """Whether so little was ever finished here that somebody may want to be taught."""
        return dict(self.counts).get("done", 0) < _LEARNT

    @property
    def idle(self) -> str:
        """Where nothing is next: how to see what could be, as a sentence that may end in a command."""
        counts = dict(self.counts)
        queued, unassigned = counts.get("queued", 0), counts.get("unassigned", 0)
        if self.next:
            return ""
        if queued:
            waits = "1 queued, and it waits" if queued == 1 else f"{queued} queued, and all of them wait"
            return f"{waits} on something"
        command = "dispatchd issue list --status unassigned"
        return f"nothing is queued; {unassigned} unassigned: {command}" if unassigned else ""


def status_of(model: "ReadModel", most: int | None = None, me: Me | None = None) -> Status:
    """The status of the workspace; of issues at most *most* in each part, where not all are to be shown.

    With *me* only that waits which waits for that person.
    """
    counts = model.issue_counts()
    brake = model.brake()
    problems = mendable_problems(model)
    works = {work.issue: work for work in model.works()}
    why_not = _why_not(model)
    unread = {each.subject for each in problems if each.anchor == "file" and not each.refusal}
    return Status(
        waiting=tuple(sorted(_waiting(model, unread, me), key=_by_weight)),
        running=(*_running(model, most, works, why_not), *_asked_for_votes(model)),
        next=tuple(_next(model, most, works, why_not)),
        held=tuple(held(model, most, works)),
        problems=problems,
        counts=tuple((state, counts[state]) for state in _STATES if counts.get(state)),
        brake=brake,
        brake_file=next((each for each in PAUSES if brake and model.text_of(each) is not None), None),
    )


def _by_weight(item: Waiting) -> tuple[int, str]:
    return item.weight, item.since.isoformat() if item.since else _LAST


def _waiting(model: "ReadModel", unread: "set[str]", me: Me | None) -> Iterator[Waiting]:
    """What waits; the threads about files that cannot be read (*unread*) say what the problems say, with less."""
    agents = {agent.name for agent in model.agents()}
    for thread in model.threads(("open",)):
        if thread.kind == "problem" and thread.subject in unread:
            continue
        if thread.to is None or (thread.to not in agents and is_for(me, (thread.to,))):
            yield _thread(thread)
    for epic in model.epics(("awaiting_gate", "in_progress")):
        yield from (
            _gate(epic, stage)
            for stage in epic.stages
            if stage.state == "awaiting_gate" and stage.gate and is_for(me, stage.gate.approvers)
            if not stage.gate.failed_checks  # a thread says why that one does not open
        )
    for proposal in model.proposals(("open",)):
        people = [voter for voter in proposal.missing if voter.startswith("@")]
        if people and is_for(me, people):
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


def _why_not(model: "ReadModel") -> WhyNot:
    """Says of an issue why no agent begins it. Who could is looked up when that is asked for the first time."""
    found: list[WhyNot] = []

    def why(row: "IssueRow") -> str:
        if not found:
            found.append(starters_of(model))
        return found[0](row)

    return why


def _running(
    model: "ReadModel", most: int | None, works: "Mapping[str, WorkRow]", why_not: WhyNot
) -> Iterator[Running]:
    turns = {run.issue: run for run in model.runs()}
    asked = issues_asked_about(model)
    for row in model.issues(IssueFilter(status=_WORKED_ON, limit=most)):
        turn = turns.get(row.id)
        state = row.status.replace("_", " ")
        who = turn.agent if turn else row.assignee or f"{state}, nobody assigned"
        says_state = state == "in progress" or not (turn or row.assignee)
        since = turn.since if turn else None
        yield Running(
            row.id,
            row.title,
            who if says_state else f"{who}, {state}",
            state,
            row.path or "",
            since,
            _in_phase(row, _doing(turn) if turn else _at_rest(row, works.get(row.id), asked, why_not)),
            turn is not None and not turn.contained,
        )


def _asked_for_votes(model: "ReadModel") -> Iterator[Running]:
    """The agents that are asked for their votes now: no work on an issue, and shown as what it is."""
    proposals = {row.id: row for row in model.proposals(("open",))}
    for run in model.runs():
        row = proposals.get(run.issue)
        if row is not None:
            doing = _doing(run) or "asked for its vote"
            yield Running(
                row.id, row.title, run.agent, "vote", row.path or "", run.since, doing, not run.contained
            )


def _doing(turn: "RunRow") -> str:
    return STOPPING if turn.stopping else turn.note


def _at_rest(
    row: "IssueRow", work: "WorkRow | None", asked: "Collection[str | None]", why_not: WhyNot
) -> str:
    return at_rest(work, row.status, asked, why_not(row)) if work else ""


def _in_phase(row: "IssueRow", doing: str) -> str:
    """What happens, with the phase it happens in."""
    if row.phase is None or row.phase == "done":
        return doing
    return f"{row.phase}: {doing}" if doing else row.phase


def _next(
    model: "ReadModel", most: int | None, works: "Mapping[str, WorkRow]", why_not: WhyNot
) -> Iterator[Next]:
    ready = [
        *(row for row in model.issues(IssueFilter(status=("assigned",), limit=most)) if not row.waiting_on),
        *model.issues(IssueFilter(ready=True, limit=most)),
    ]
    stuck = without_workflow(model)
    for row in [each for each in ready if each.id not in stuck][:most]:
        remarks = (_for_whom(row), why_held(works.get(row.id)) or why_not(row))
        yield Next(
            row.id, row.title, row.priority, "; ".join(each for each in remarks if each), row.path or ""
        )


def _for_whom(row: "IssueRow") -> str:
    if row.assignee:
        return f"for {row.assignee}"
    return f"for {row.role}" if row.role else ""
