"""What the daemon does in consequence of an event: stages open, gates await, votes close, decisions are recorded.

`unfold` is the order in which things happen: an event, then everything that follows from it, then the next. It ends
because every reaction either answers one event once, or takes the one next step of a state that has only so many.
"""

from collections.abc import Callable, Iterable

from dispatchd.domain.actors import DAEMON, Channel, Provenance
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.consensus import closes_now
from dispatchd.domain.decision_records import decision_about
from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.epic_event import CheckFailed
from dispatchd.domain.epic_flow import next_step
from dispatchd.domain.event import (
    ConfirmationAsked,
    DecisionRecorded,
    EntityRemoved,
    EntityRestored,
    EpicEvent,
    EpicOpened,
    Event,
    FactSet,
    IssueMoved,
    IssueOpened,
    ProposalClosed,
    ProposalMoved,
    ProposalOpened,
    SetChanged,
    StageAmended,
    StagesPlanned,
    VoteCast,
)
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.results_told import results_told
from dispatchd.domain.stages import folded
from dispatchd.domain.steering_event import DecisionsDoubted
from dispatchd.domain.threads_that_follow import (
    Draw,
    asks_nobody,
    checkpoint_says_why,
    nobody_asks_how,
    nobody_has_to_say,
    thread_about,
)

Apply = Callable[[Event, Circumstance], None]


def unfold(
    board: Board, decided: Iterable[Event], circumstance: Circumstance, draw: Draw, apply: Apply
) -> None:
    """Apply what was *decided*, and after each event all that follows from it, before the next one.

    *apply* makes an event so, and *board* must show it from then on.
    """
    as_daemon = Circumstance(actor=DAEMON, at=circumstance.at, provenance=Provenance(channel=Channel.DAEMON))
    waiting = [(event, circumstance) for event in reversed(tuple(decided))]
    while waiting:
        event, whose = waiting.pop()
        apply(event, whose)
        waiting.extend((each, as_daemon) for each in reversed(react(board, event, whose, draw)))


def react(board: Board, event: Event, circumstance: Circumstance, draw: Draw) -> tuple[Event, ...]:
    """What follows from *event*, applied already, by the daemon. *circumstance* is that of the event."""
    if isinstance(event, ConfirmationAsked | StageAmended):
        return thread_about(board, event, circumstance, draw)
    if isinstance(event, CheckFailed):
        return tuple(checkpoint_says_why(board, event, circumstance, draw))
    if isinstance(event, EpicOpened):
        return (*asks_nobody(board, event.epic, circumstance, draw), *_epics_go_on(board, event))
    first = (
        *_records(board, event, circumstance, draw),
        *_vote_closes(board, event),
        *nobody_has_to_say(board, event),
        *nobody_asks_how(board, event),
        *results_told(board, event, circumstance, draw),
    )
    moves_issues = (*_assigns(board, event), *_follows_plan(board, event))
    if moves_issues:  # each of these moves its epic on in its turn; a step named now would be stale by then
        return (*first, *moves_issues)
    return (*first, *_epics_go_on(board, event))


def due(board: Board, entity: object) -> Event | None:
    """What follows from how *entity* stands, whatever came last: two who decided apart from each other did not see it."""
    match entity:
        case Issue(status=IssueStatus.QUEUED, assignee=str(), removed=False):
            return IssueMoved(issue=entity.id, before=IssueStatus.QUEUED, after=IssueStatus.ASSIGNED)
        case Epic():
            return next_step(board, entity)
        case Proposal():
            result = closes_now(board, entity)
            return ProposalClosed(proposal=entity.id, outcome=result, binding=True) if result else None
        case _:
            return None


def _records(board: Board, event: Event, circumstance: Circumstance, draw: Draw) -> Iterable[Event]:
    """A decision for every gate answered, vote closed and override; a proposal then names its own."""
    if isinstance(event, DecisionRecorded):
        proposal = board.proposal(event.decision.subject)
        if proposal is not None:
            before = proposal.decision
            yield FactSet(subject=proposal.id, key="decision", before=before, after=event.decision.id)
        return
    decision = decision_about(board, event, circumstance, draw)
    if decision is not None:
        yield DecisionRecorded(decision=decision)


def _assigns(board: Board, event: Event) -> Iterable[Event]:
    """An issue that is queued and names somebody is theirs, in whichever order the two were written."""
    issue = _queued_by(board, event)
    if issue is not None and issue.assignee is not None and issue.status is IssueStatus.QUEUED:
        yield IssueMoved(issue=issue.id, before=IssueStatus.QUEUED, after=IssueStatus.ASSIGNED)


def _queued_by(board: Board, event: Event) -> Issue | None:
    match event:
        case IssueOpened(issue=opened):
            return board.issue(opened.id)
        case IssueMoved(issue=issue_id, after=IssueStatus.QUEUED):
            return board.issue(issue_id)
        case _:
            return None


def _follows_plan(board: Board, event: Event) -> Iterable[Event]:
    """Issues go along with a renamed stage, and stand in none where theirs is gone."""
    if not isinstance(event, StagesPlanned):
        return
    renamed = {folded(old): new for old, new in event.renamed}
    names = {folded(plan.name) for plan in event.stages}
    for issue in board.issues_of(event.epic):
        if issue.stage is None:
            continue
        after = renamed.get(folded(issue.stage))
        if after is None and folded(issue.stage) in names:
            continue
        yield FactSet(subject=issue.id, key="stage", before=issue.stage, after=after)


def _epics_go_on(board: Board, event: Event) -> Iterable[Event]:
    for epic_id, finished_stage in _touched(board, event):
        epic = board.epic(epic_id)
        step = next_step(board, epic, finished_stage) if isinstance(epic, Epic) else None
        if step is not None:
            yield step


def _touched(board: Board, event: Event) -> Iterable[tuple[EntityId, str | None]]:
    """The epics that *event* may have moved on, with the stage where it finished an issue."""
    match event:
        case EpicOpened(epic=epic):
            yield epic.id, None
        case IssueOpened(issue=issue):
            if not _leaves_its_epic(board, issue):
                yield from _epic_of(issue)
        case IssueMoved(issue=issue_id, after=status):
            moved = board.issue(issue_id)
            if moved is not None and moved.epic is not None:
                yield moved.epic, moved.stage if status.is_final else None
        case FactSet(subject=subject, key="epic" | "stage", before=before) if (
            kind_of(subject) is EntityKind.ISSUE
        ):
            if event.key == "epic" and before is not None:
                yield EntityId(before), None
            yield from _epic_of(board.issue(subject))
        case (
            EntityRemoved(subject=subject)
            | EntityRestored(subject=subject)
            | DecisionsDoubted(subject=subject)
        ):
            yield from (
                [(subject, None)] if kind_of(subject) is EntityKind.EPIC else _epic_of(board.issue(subject))
            )
        case _ if isinstance(event, EpicEvent):
            yield event.epic, None


def _leaves_its_epic(board: Board, opened: Issue) -> bool:
    """Whether an epic without stages is as far with *opened* as it was, whatever its other issues say.

    Asking them all for each of the thousand that an import opens would cost a million looks.
    """
    epic = board.epic(opened.epic) if opened.epic is not None else None
    if epic is None or epic.stages:
        return False
    same = EpicStatus.COMPLETED if opened.status.is_final else EpicStatus.IN_PROGRESS
    return epic.status is same


def _epic_of(issue: Issue | None) -> Iterable[tuple[EntityId, None]]:
    if issue is not None and issue.epic is not None:
        yield issue.epic, None


def _vote_closes(board: Board, event: Event) -> Iterable[Event]:
    proposal = board.proposal(_voted_on(event)) if _voted_on(event) else None
    result = closes_now(board, proposal) if proposal else None
    if proposal is not None and result is not None:
        yield ProposalClosed(proposal=proposal.id, outcome=result, binding=True)


def _voted_on(event: Event) -> EntityId:
    match event:
        case VoteCast(proposal=proposal_id) | ProposalMoved(proposal=proposal_id):
            return proposal_id
        case ProposalOpened(proposal=proposal):
            return proposal.id
        case FactSet(subject=subject, key="threshold") | SetChanged(subject=subject, key="voters"):
            return subject
        case EntityRestored(subject=subject) | DecisionsDoubted(subject=subject) if (
            kind_of(subject) is EntityKind.PROPOSAL
        ):
            return subject
        case _:
            return EntityId("")
