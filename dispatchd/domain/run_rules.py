"""Turns of agents: when one may begin, who may stop it, and that it ends once.

Which turn is due stands in `due_turns`; which of them starts first, in `scheduling`. What becomes of the work is
`work_rules`' business.
"""

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent_run import AgentRun, RunOutcome, Work
from dispatchd.domain.authority import require_daemon, require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, IssueMoved
from dispatchd.domain.flow import FlowState, PhaseRound
from dispatchd.domain.flow_rules import flow_of
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.lookups import standing_agent, standing_issue
from dispatchd.domain.run_command import EndRun, StartRun, StopRun
from dispatchd.domain.run_event import RunEnded, RunStarted, WorkBegun, stop_of
from dispatchd.domain.starting import obstacles, obstacles_to_going_on


def decide_start(board: Board, command: StartRun, circumstance: Circumstance) -> tuple[Event, ...]:
    """Begin a turn: the issue is the agent's and in progress from then on. Once for each run's id."""
    require_daemon(circumstance.actor, "starting an agent", subject=command.issue)
    if board.run(command.run) is not None:
        return ()
    issue = standing_issue(board, command.issue)
    agent = standing_agent(board, command.agent)
    begins = board.work(issue.id) is None or issue.status in {IssueStatus.QUEUED, IssueStatus.ASSIGNED}
    standing = (obstacles if begins else obstacles_to_going_on)(board, issue)
    if standing:
        raise Rejected(f"wait; {standing[0]}.", subject=issue.id)
    run = AgentRun(
        id=command.run,
        issue=issue.id,
        agent=agent.name,
        engine=agent.engine,
        occasion=command.occasion,
        attempt=command.attempt,
        started=circumstance.at,
        contained=command.contained,
        base=command.base,
        session=command.session,
        into=_phase_of_turn(board, issue, command),
        told=command.told,
        seen=command.seen,
    )
    return (*_work_begins(board.work(issue.id), command), *_taken_up(issue, command), RunStarted(run=run))


def _phase_of_turn(board: Board, issue: Issue, command: StartRun) -> PhaseRound | None:
    flow = flow_of(issue, board.work(issue.id))
    return flow.now if flow is not None and flow.state is not FlowState.OVER else command.into


def _work_begins(work: Work | None, command: StartRun) -> tuple[Event, ...]:
    if work is not None and (work.agent, work.branch) == (command.agent, command.branch):
        return ()
    begun = WorkBegun(issue=command.issue, agent=command.agent, branch=command.branch, base=command.base)
    return (begun,)


def _taken_up(issue: Issue, command: StartRun) -> tuple[Event, ...]:
    """The facts that a turn makes so: whose it is, its branch, its state."""
    events: list[Event] = []
    for key, before, after in (
        ("assignee", issue.assignee, command.agent),
        ("branch", issue.branch, command.branch),
    ):
        if before != after:
            events.append(FactSet(subject=issue.id, key=key, before=before, after=after))
    path = {
        IssueStatus.QUEUED: (IssueStatus.ASSIGNED, IssueStatus.IN_PROGRESS),
        IssueStatus.ASSIGNED: (IssueStatus.IN_PROGRESS,),
        IssueStatus.BLOCKED: (IssueStatus.IN_PROGRESS,),
    }.get(issue.status, ())
    here = issue.status
    for there in path:
        events.append(IssueMoved(issue=issue.id, before=here, after=there))
        here = there
    return tuple(events)


def decide_stop(board: Board, command: StopRun, circumstance: Circumstance) -> tuple[Event, ...]:
    """Ask the turn that runs on an issue to stop; asking again changes nothing."""
    run = board.live_run(command.issue) if command.run is None else board.run(command.run)
    stop = stop_of(run if run is not None and run.is_live else None, command.outcome, at_once=command.at_once)
    if not stop:
        return ()
    if circumstance.actor.kind is not ActorKind.DAEMON:
        require_person(board.rules, circumstance.actor, "stopping an agent", subject=command.issue)
    return stop


def decide_end(board: Board, command: EndRun, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note how a turn ended; whoever asked it to stop has said how."""
    run = board.run(command.run)
    if run is None or not run.is_live:
        return ()
    require_daemon(circumstance.actor, "ending a turn", subject=run.issue)
    outcome = command.outcome
    if run.stopping is not None and outcome is not RunOutcome.OK:
        outcome = run.stopping
    ended = RunEnded(
        issue=run.issue,
        run=run.id,
        agent=run.agent,
        outcome=outcome,
        said=command.said,
        spent=command.spent,
        session=command.session or run.session,
        commit=command.commit,
        resets_at=command.resets_at,
        rescued=command.rescued,
        trouble=command.trouble,
    )
    return (ended,)
