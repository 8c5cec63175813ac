"""An event in one line of plain words: the subject of its commit, a line of the log."""

from functools import singledispatch
from typing import Final, TypeGuard

from dispatchd.domain.actors import DAEMON, ActorKind
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, OverrideKind
from dispatchd.domain.decision_records import who
from dispatchd.domain.epic import Epic
from dispatchd.domain.event import (
    ActionCarriedOut,
    ActionsPlanned,
    AgentIntroduced,
    AnswerDelivered,
    ConfirmationAsked,
    DecisionRecorded,
    DocumentMoved,
    EditRefused,
    EntityRemoved,
    EntityRestored,
    EpicEvent,
    EpicOpened,
    Event,
    FactSet,
    FileRevised,
    IssueMoved,
    IssueOpened,
    ProposalClosed,
    ProposalMoved,
    ProposalOpened,
    ProposalOverridden,
    ProseRevised,
    SetChanged,
    ThreadAnswered,
    ThreadDismissed,
    ThreadOpened,
    TurnAdded,
    VoteCast,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.lookups import find
from dispatchd.domain.policy_event import PolicyEvent
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus
from dispatchd.domain.run_event import RunEvent
from dispatchd.domain.steering_event import SteeringEvent
from dispatchd.domain.telling_edits import fact_set, set_changed, tried
from dispatchd.domain.telling_epics import told_of_epic
from dispatchd.domain.telling_policy import told_of_policy
from dispatchd.domain.telling_runs import told_of_runs
from dispatchd.domain.telling_steering import told_of_steering
from dispatchd.domain.thread import Thread, ThreadKind
from dispatchd.domain.wording import in_words, one_line

LONGEST: Final = 160
_MOVES: Final = {
    IssueStatus.UNASSIGNED: "puts back",
    IssueStatus.QUEUED: "queues",
    IssueStatus.ASSIGNED: "assigns",
    IssueStatus.IN_PROGRESS: "begins",
    IssueStatus.AWAITING_REVIEW: "asks for a review of",
    IssueStatus.IN_REVIEW: "reviews",
    IssueStatus.BLOCKED: "is blocked on",
    IssueStatus.DONE: "finishes",
    IssueStatus.CANCELLED: "cancels",
}
_VOTES: Final = {
    Choice.APPROVE: "approves",
    Choice.REJECT: "rejects",
    Choice.ABSTAIN: "abstains on",
    Choice.MORE_INFO: "wants to know more about",
}
_OVERRIDES: Final = {
    OverrideKind.FORCE_APPROVE: "forces the approval of",
    OverrideKind.FORCE_REJECT: "forces the rejection of",
    OverrideKind.VETO: "vetoes",
}
_OUTCOMES: Final = {
    ProposalStatus.PASSED: "has passed",
    ProposalStatus.REJECTED: "is rejected",
    ProposalStatus.NO_QUORUM: "closes without a quorum",
}


def tell(event: Event, circumstance: Circumstance, board: Board) -> str:
    """Who did what to which thing. *board* may stand before or after the event."""
    if isinstance(event, EpicEvent):
        told = told_of_epic(event, board)
    elif isinstance(event, SteeringEvent):
        told = told_of_steering(event, board)
    elif isinstance(event, RunEvent):
        told = told_of_runs(event, board)
    elif isinstance(event, PolicyEvent):
        told = told_of_policy(event, lambda subject: called(board, subject))
    elif _is_merging(event, circumstance):
        told = f"lets through {called(board, event.issue)}"
    else:
        told = _told(event, board)
    line = one_line(f"{who(circumstance.actor)} {told}")
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


def _is_merging(event: Event, circumstance: Circumstance) -> TypeGuard[IssueMoved]:
    """Whether an issue only passes its review on the way to be merged: nobody looks at it."""
    is_daemons = circumstance.actor.kind is ActorKind.DAEMON
    return is_daemons and isinstance(event, IssueMoved) and event.after is IssueStatus.IN_REVIEW


def called(board: Board, entity_id: EntityId) -> str:
    """An entity by id and title, as a log names it: `i-7k2m: Login times out`."""
    entity = find(board, entity_id)
    title = entity.title if isinstance(entity, Issue | Epic | Proposal | Thread) else ""
    return f"{entity_id}: {title}" if title else entity_id


@singledispatch
def _told(event: Event, _board: Board) -> str:
    raise TypeError(f"no words for {type(event).__name__}")


@_told.register
def _(event: IssueOpened, _board: Board) -> str:
    state = "" if event.issue.status is IssueStatus.UNASSIGNED else f" ({in_words(event.issue.status)})"
    return f"opens {event.issue.id}: {event.issue.title}{state}"


@_told.register
def _(event: EpicOpened, _board: Board) -> str:
    return f"opens the epic {event.epic.id}: {event.epic.title}"


@_told.register
def _(event: ProposalOpened, _board: Board) -> str:
    return f"proposes {event.proposal.id}: {event.proposal.title}"


@_told.register
def _(event: ThreadOpened, _board: Board) -> str:
    thread = event.thread
    to = f" {thread.to}" if thread.to else ""
    match thread.kind:
        case ThreadKind.PERMISSION if thread.sender != DAEMON.handle:
            return f"asks leave for {thread.sender}: {thread.title}"
        case ThreadKind.QUESTION | ThreadKind.PERMISSION:
            return f"asks{to}: {thread.title}"
        case ThreadKind.MESSAGE:
            if to and not thread.turns:
                return f"drafts a message to{to}: {thread.title}"
            return f"writes to{to}: {thread.title}" if to else f"writes: {thread.title}"
        case ThreadKind.ESCALATION:
            return f"asks for help: {thread.title}"
        case _:
            return f"gives notice: {thread.title}"


@_told.register
def _(event: DecisionRecorded, _board: Board) -> str:
    decision, outcome = event.decision, in_words(event.decision.outcome)
    said = "" if decision.title.casefold().endswith(outcome.casefold()) else f" ({outcome})"
    return f"records {decision.id}: {decision.title}{said}"


@_told.register
def _(event: AgentIntroduced, _board: Board) -> str:
    return f"introduces {event.agent.name}, {event.agent.role}"


@_told.register
def _(event: IssueMoved, board: Board) -> str:
    name = called(board, event.issue)
    if event.forced:
        return f"forces {name} to {in_words(event.after)} (was {in_words(event.before)})"
    issue = board.issue(event.issue)
    to = f" to {issue.assignee}" if event.after is IssueStatus.ASSIGNED and issue and issue.assignee else ""
    return f"{_MOVES[event.after]} {event.issue}{to}{name.removeprefix(event.issue)}"


@_told.register
def _(event: FactSet, board: Board) -> str:
    return fact_set(event, _title_after(board, event.subject))


@_told.register
def _(event: SetChanged, board: Board) -> str:
    return set_changed(event, _title_after(board, event.subject))


@_told.register
def _(event: ProposalMoved, board: Board) -> str:
    did = "opens the vote on" if event.after is ProposalStatus.OPEN else "withdraws"
    return f"{did} {called(board, event.proposal)}"


@_told.register
def _(event: ActionsPlanned, board: Board) -> str:
    return f"changes what is done if it passes: {called(board, event.proposal)}"


@_told.register
def _(event: VoteCast, board: Board) -> str:
    seat = f" as {event.voter}" if not event.voter.startswith("@") else ""
    return f"{_VOTES[event.choice]} {event.proposal}{seat}{_title_after(board, event.proposal)}{_why(event.reason)}"


@_told.register
def _(event: ProposalClosed, board: Board) -> str:
    outcome = _OUTCOMES.get(event.outcome, f"is {event.outcome}")
    return f"closes the vote: {event.proposal} {outcome}{_title_after(board, event.proposal)}"


@_told.register
def _(event: ProposalOverridden, board: Board) -> str:
    return f"{_OVERRIDES[event.how]} {called(board, event.proposal)}{_why(event.reason)}"


@_told.register
def _(event: ActionCarriedOut, board: Board) -> str:
    does = "cannot do" if event.failed else "does"
    return f"{does} what {called(board, event.proposal)} decided: {event.did}"


@_told.register
def _(event: TurnAdded, board: Board) -> str:
    thread = board.thread(event.thread)
    is_first = thread is not None and all(turn.text == event.text for turn in thread.turns)
    if thread and is_first and thread.to:
        return f"sends {thread.to} {called(board, event.thread)}"
    return f"adds to {called(board, event.thread)}"


@_told.register
def _(event: ThreadAnswered, board: Board) -> str:
    thread = board.thread(event.thread)
    about = f" ({thread.title})" if thread else ""
    return f"answers {event.thread}: {event.option or event.text}{about}"


@_told.register
def _(event: ThreadDismissed, board: Board) -> str:
    return f"closes {called(board, event.thread)}"


@_told.register
def _(event: AnswerDelivered, board: Board) -> str:
    used = f" (used in {event.use.run})" if event.use is not None else ""
    return f"passes on the answer to {called(board, event.thread)}{used}"


@_told.register
def _(event: ConfirmationAsked, _board: Board) -> str:
    return f"wants something of {event.subject} that has to be confirmed: {event.title}"


@_told.register
def _(event: EntityRemoved, board: Board) -> str:
    return f"deletes {called(board, event.subject)}"


@_told.register
def _(event: EntityRestored, board: Board) -> str:
    return f"brings back {called(board, event.subject)}"


@_told.register
def _(event: DocumentMoved, _board: Board) -> str:
    return f"moves {event.before} to {event.after}"


@_told.register
def _(event: ProseRevised, board: Board) -> str:
    return f"writes in {called(board, event.subject)}"


@_told.register
def _(event: FileRevised, _board: Board) -> str:
    if event.blob is None:
        return f"deletes {event.path}"
    return f"writes {event.path}: {event.settings}" if event.settings else f"writes {event.path}"


@_told.register
def _(event: EditRefused, board: Board) -> str:
    return f"{tried(event)} {called(board, event.subject)}, which was not taken: {event.why}"


def _title_after(board: Board, entity_id: EntityId) -> str:
    return called(board, entity_id).removeprefix(entity_id)


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""
