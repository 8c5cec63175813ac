"""The work on an issue between its agent and the integration branch: submitted, sent back, held, merged.

An agent submits its own and no other's; a person hands in what stands on its branch; only the daemon sends back and
merges; only people hold. Nobody's word makes an issue done: the merge does.
"""

from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent_run import Work, WorkPhase
from dispatchd.domain.authority import require_daemon, require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.coordination import WANTS_ANSWER
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, IssueMoved
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_rules import decide_hand_in, flow_of, is_handed_in
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.lookups import standing_issue
from dispatchd.domain.run_command import BounceWork, HoldWork, NoteBranch, NoteMerged, SubmitWork
from dispatchd.domain.run_event import BranchNoted, WorkBounced, WorkHeld, WorkMerged, WorkSubmitted
from dispatchd.domain.turn_of_phase import require_turn, require_unstopped, turn_of

_UNDER_REVIEW = (IssueStatus.AWAITING_REVIEW, IssueStatus.IN_REVIEW)
IN_THE_MAKING: Final = (WorkPhase.WORKING, WorkPhase.BOUNCED)
_WAITS_FOR_AN_AGENT = (IssueStatus.QUEUED, IssueStatus.ASSIGNED)


def _work_on(board: Board, issue_id: EntityId) -> Work:
    work = board.work(issue_id)
    if work is None:
        issue = board.issue(issue_id)
        if issue is not None and issue.status in _WAITS_FOR_AN_AGENT:
            what = "put it back instead (status: unassigned)"
        else:
            what = "queue it first"
        raise Rejected(f"{what}; nobody has worked on {issue_id} yet.", subject=issue_id)
    return work


def decide_submit(board: Board, command: SubmitWork, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take the agent's work for done, as far as the agent is concerned. The same commit again changes nothing."""
    issue = standing_issue(board, command.issue)
    work = _work_on(board, issue.id)
    actor = circumstance.actor
    run = turn_of(board, issue, command.run, actor)
    flow = flow_of(issue, work)
    if flow is not None and is_handed_in(flow, run, command.commit):
        return ()
    if actor.kind is ActorKind.HUMAN:
        return _handed_in_by_person(board, issue, work, command, actor)
    if actor.kind is not ActorKind.AGENT or actor.handle != work.agent:
        raise Rejected(f"{work.agent} can submit it; the work on {issue.id} is theirs.", subject=issue.id)
    if work.phase is WorkPhase.SUBMITTED and work.commit == command.commit:
        return ()
    if issue.status is not IssueStatus.IN_PROGRESS:
        raise Rejected(
            f'end your turn; {issue.id} is "{issue.status}", and nothing can be submitted for it now.',
            subject=issue.id,
        )
    require_unstopped(board, issue, run)
    if flow is not None and flow.state is FlowState.OVER:
        flow = None
    if run is not None or issue.workflow is not None:
        require_turn(issue, flow, run, actor)
    if flow is not None:
        return decide_hand_in(issue, flow, command, actor)
    _require_what_it_wants(issue, work, command)
    submitted = WorkSubmitted(issue=issue.id, commit=command.commit, summary=command.summary.strip())
    return (submitted, _moved(issue, IssueStatus.AWAITING_REVIEW))


def _handed_in_by_person(
    board: Board, issue: Issue, work: Work, command: SubmitWork, actor: Actor
) -> tuple[Event, ...]:
    """What stands on the branch counts as submitted, because a person has said that it awaits its review."""
    require_person(board.rules, actor, "handing in an agent's work", subject=issue.id)
    if issue.status is not IssueStatus.AWAITING_REVIEW or not may_be_handed_in(issue, work):
        raise Rejected(
            f"write status: awaiting_review once its turn is over; {issue.id} cannot be handed in as it stands.",
            subject=issue.id,
        )
    if board.live_run(issue.id) is not None:
        raise Rejected(
            f"wait until its turn is over, or stop it; {work.agent} works on it.", subject=issue.id
        )
    _require_what_it_wants(issue, work, command)
    return (WorkSubmitted(issue=issue.id, commit=command.commit, summary=command.summary, by=actor.name),)


def may_be_handed_in(issue: Issue, work: Work) -> bool:
    """Whether a person may hand in what stands on its branch: what goes through phases goes through its checks there."""
    by_phases = issue.workflow is not None or work.flow is not None
    return work.phase in IN_THE_MAKING and not by_phases and WANTS_ANSWER not in issue.labels


def _require_what_it_wants(issue: Issue, work: Work, command: SubmitWork) -> None:
    """Commits; or, of what wants an answer, words and no commits."""
    changes = command.commit != work.base
    if WANTS_ANSWER not in issue.labels:
        if not changes:
            raise Rejected(
                "commit your changes first; the branch has nothing that its base has not.", subject=issue.id
            )
        return
    if changes:
        raise Rejected(
            f"take your commits back (git reset --hard {work.base}); {issue.id} wants an answer and no change.",
            subject=issue.id,
        )
    if not command.summary.strip():
        raise Rejected("write the answer into the summary; it is all that is wanted.", subject=issue.id)


def decide_bounce(board: Board, command: BounceWork, circumstance: Circumstance) -> tuple[Event, ...]:
    """Give submitted work back to its agent."""
    require_daemon(circumstance.actor, "sending work back", subject=command.issue)
    issue = standing_issue(board, command.issue)
    work = _work_on(board, issue.id)
    if work.phase is not WorkPhase.SUBMITTED or issue.status not in _UNDER_REVIEW:
        return ()
    bounced = WorkBounced(
        issue=issue.id,
        why=command.why,
        findings=command.findings,
        number=work.bounces + 1,
        most=command.most,
    )
    return (bounced, _moved(issue, IssueStatus.IN_PROGRESS))


def decide_hold(board: Board, command: HoldWork, circumstance: Circumstance) -> tuple[Event, ...]:
    """Let the work wait, or go on."""
    issue = standing_issue(board, command.issue)
    work = _work_on(board, issue.id)
    if work.held is command.held:
        return ()
    if circumstance.actor.kind is not ActorKind.DAEMON:
        require_person(board.rules, circumstance.actor, "holding an agent's work", subject=issue.id)
    if command.held and work.phase is WorkPhase.MERGED:
        raise Rejected(f"undo the merge instead; {issue.id} is merged already.", subject=issue.id)
    return (WorkHeld(issue=issue.id, held=command.held),)


def decide_merged(board: Board, command: NoteMerged, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note that what was submitted stands on a branch now; with that the issue is done."""
    require_daemon(circumstance.actor, "merging", subject=command.issue)
    issue = standing_issue(board, command.issue)
    work = _work_on(board, issue.id)
    if work.phase is WorkPhase.MERGED:
        return ()
    if work.phase is not WorkPhase.SUBMITTED or work.commit != command.commit:
        raise Rejected(f"look again; {issue.id} has changed since it was merged.", subject=issue.id)
    merged = WorkMerged(issue=issue.id, commit=command.merge, into=command.into)
    if issue.status is IssueStatus.AWAITING_REVIEW:
        reviewed = _moved(issue, IssueStatus.IN_REVIEW)
        done = IssueMoved(issue=issue.id, before=IssueStatus.IN_REVIEW, after=IssueStatus.DONE)
        return (reviewed, merged, done)
    if issue.status is IssueStatus.IN_REVIEW:
        return (merged, _moved(issue, IssueStatus.DONE))
    return (merged,)


def decide_note_branch(board: Board, command: NoteBranch, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note what people did to the branch of the work; what counts changes only where that is what it was."""
    require_daemon(circumstance.actor, "noting what became of a branch", subject=command.issue)
    issue = standing_issue(board, command.issue)
    work = _work_on(board, issue.id)
    if command.commit is None or command.commit == work.commit:
        return (BranchNoted(issue=issue.id, told=command.told),) if command.commit is None else ()
    if work.phase is not WorkPhase.SUBMITTED or work.commit != command.was:
        raise Rejected(
            f"look again; {issue.id} has changed since its branch was looked at.", subject=issue.id
        )
    return (BranchNoted(issue=issue.id, told=command.told, commit=command.commit),)


def _moved(issue: Issue, to: IssueStatus) -> IssueMoved:
    return IssueMoved(issue=issue.id, before=issue.status, after=to)
