"""The way of work through its workflow: a pure machine of phases, rounds and where each end leads.

The daemon ends a phase by what it found, a reviewer by a verdict (`verdict_rules`), a person at a gate; an agent hands in
and ends nothing. Every end leads to a phase that may begin, to people, or to the merge queue.
"""

from dataclasses import replace

from dispatchd.domain.actors import Actor
from dispatchd.domain.agent_run import AgentRun, Work
from dispatchd.domain.authority import require_daemon
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, IssueMoved
from dispatchd.domain.flow import Flow, FlowState
from dispatchd.domain.flow_command import (
    AllowRound,
    BeginFlow,
    EndPhase,
    PassCheckOfPhase,
)
from dispatchd.domain.flow_event import (
    FlowEnded,
    IterationLimitReached,
    PhaseBegan,
    PhaseChecked,
    PhaseEnded,
    PhaseHandedIn,
    RoundAllowed,
)
from dispatchd.domain.flow_evidence import require_evidence
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.lookups import standing_issue
from dispatchd.domain.run_command import SubmitWork
from dispatchd.domain.run_event import WorkSubmitted
from dispatchd.domain.wording import listed, one_of
from dispatchd.domain.workflow import DONE, Phase, Workflow


def flow_of(issue: Issue, work: Work | None) -> Flow | None:
    """Where the work stands in the workflow that the issue names; None where it names none, or another by now."""
    if work is None or work.flow is None or work.flow.workflow != issue.workflow:
        return None
    return work.flow


def standing_flow(board: Board, issue_id: EntityId) -> tuple[Issue, Work, Flow]:
    """The issue, its work, and where that stands. Raises Rejected where it goes through no workflow."""
    issue = standing_issue(board, issue_id)
    work = board.work(issue_id)
    flow = flow_of(issue, work)
    if work is None or flow is None:
        raise Rejected(f"look again; the work on {issue_id} goes through no workflow.", subject=issue_id)
    return issue, work, flow


def decide_begin_flow(board: Board, command: BeginFlow, circumstance: Circumstance) -> tuple[Event, ...]:
    """Let the work go through the workflow; through all of it, or from *phase* on where it came back."""
    require_daemon(circumstance.actor, "beginning a workflow", subject=command.issue)
    issue = standing_issue(board, command.issue)
    work = board.work(issue.id)
    if work is None:
        raise Rejected(f"start an agent first; nobody works on {issue.id} yet.", subject=issue.id)
    flow = flow_of(issue, work)
    if flow is not None and flow.state is not FlowState.OVER:
        return ()
    back = command.workflow.phase(command.phase) if flow is not None and command.phase else None
    phase = back or command.workflow.first
    begun = PhaseBegan(
        issue=issue.id,
        workflow=command.workflow.name,
        phase=phase.name,
        round=flow.rounds(phase.name) + 1 if flow is not None and back is not None else 1,
        start=command.start,
        taken=board.live_run(issue.id) is not None,
        afresh=back is None,
    )
    return (begun, *_shows(issue, phase.name))


def is_handed_in(flow: Flow, run: AgentRun | None, commit: str) -> bool:
    """Whether *commit* is what the phase of that turn was handed in with, though it may be over by now."""
    if run is None or run.into is None:
        return False
    if run.into == flow.now and flow.state is not FlowState.WORKING:
        return run.number > flow.turns and flow.commit == commit
    ended = flow.ended(run.into)
    return ended is not None and ended.agent == run.agent and ended.commit == commit


def decide_hand_in(issue: Issue, flow: Flow, command: SubmitWork, actor: Actor) -> tuple[Event, ...]:
    """What an agent submits while its issue is in a phase: looked at by the daemon, and not merged."""
    if flow.state is not FlowState.WORKING:
        raise Rejected(f'end your turn; "{flow.phase}" has been handed in already.', subject=issue.id)
    if flow.reviews:
        raise Rejected(
            f'give a verdict instead (give_verdict); in "{flow.phase}" you judge, and hand in nothing.',
            subject=issue.id,
        )
    unanswered = flow.open_findings(flow.phase)
    if unanswered:
        numbers = listed((str(each.number) for each in unanswered), "and")
        raise Rejected(
            f"answer each finding first (answer_finding); nothing is said yet to {numbers}.", subject=issue.id
        )
    handed = PhaseHandedIn(
        issue=issue.id,
        phase=flow.phase,
        round=flow.round,
        agent=actor.handle,
        commit=command.commit,
        summary=command.summary.strip(),
    )
    return (handed,)


def decide_passed(board: Board, command: PassCheckOfPhase, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note what the daemon found, before a person is asked."""
    require_daemon(circumstance.actor, "looking at a phase", subject=command.issue)
    issue, _, flow = standing_flow(board, command.issue)
    is_late = flow.state is FlowState.GATE and flow.evidence is None and command.evidence is not None
    if (flow.phase, flow.round) != (command.phase, command.round):
        return ()
    if flow.state is not FlowState.HANDED_IN and not is_late:
        return ()
    checked = PhaseChecked(
        issue=issue.id,
        phase=flow.phase,
        round=flow.round,
        evidence=command.evidence,
        tests=command.tests,
    )
    return (checked,)


def decide_end_phase(board: Board, command: EndPhase, circumstance: Circumstance) -> tuple[Event, ...]:
    """End what was handed in, or stands at its gate; once for each round."""
    require_daemon(circumstance.actor, "ending a phase", subject=command.issue)
    issue, work, flow = standing_flow(board, command.issue)
    if (flow.phase, flow.round) != (command.phase, command.round):
        return ()
    if flow.state not in {FlowState.HANDED_IN, FlowState.GATE} or issue.status is not IssueStatus.IN_PROGRESS:
        return ()
    phase = phase_of(command.workflow, flow, issue)
    evidence = command.evidence or flow.evidence
    require_evidence(issue, flow, phase, command.how, evidence)
    agent = flow.judge or work.agent if phase.role is not None else ""
    ended = _ended(issue, flow, phase, command.how, agent)
    ended = replace(ended, evidence=evidence, tests=command.tests or flow.tests)
    return (ended, *_onward(issue, flow, command.workflow, ended))


def decide_allow(board: Board, command: AllowRound, circumstance: Circumstance) -> tuple[Event, ...]:
    """Begin the phase that was past its limit: a person has allowed it, and the daemon does as told."""
    require_daemon(circumstance.actor, "going on past a limit", subject=command.issue)
    issue, _, flow = standing_flow(board, command.issue)
    phase = command.workflow.phase(command.phase)
    if flow.state is not FlowState.ESCALATED or flow.phase != command.phase or phase is None:
        return ()
    begun = replace(_begun(issue, flow, command.workflow, phase), avoid=command.avoid)
    return (RoundAllowed(issue=issue.id, phase=phase.name), begun, *_shows(issue, phase.name))


def phase_of(workflow: Workflow, flow: Flow, issue: Issue) -> Phase:
    phase = workflow.phase(flow.phase)
    if phase is None:
        raise Rejected(
            f'put the phase "{flow.phase}" back into workflows/{workflow.name}.toml; {issue.id} stands in it.',
            subject=issue.id,
        )
    return phase


def _ended(issue: Issue, flow: Flow, phase: Phase, how: str, agent: str) -> PhaseEnded:
    leads = phase.leads(how)
    if leads is None:
        ways = one_of(way for way, _ in phase.ways)
        raise Rejected(f'{ways}; "{phase.name}" cannot end {how}.', subject=issue.id)
    return PhaseEnded(
        issue=issue.id,
        phase=flow.phase,
        round=flow.round,
        how=how,
        leads=leads,
        agent=agent,
        commit=flow.commit,
    )


def _onward(issue: Issue, flow: Flow, workflow: Workflow, ended: PhaseEnded) -> tuple[Event, ...]:
    """What follows: the next phase, people where it has begun too often, or the merge queue."""
    if ended.leads == DONE:
        return _through(issue, flow)
    phase = workflow.phase(ended.leads)
    if phase is None:
        raise Rejected(f'there is no phase "{ended.leads}" in {workflow.name}.', subject=issue.id)
    limit = phase.iterations
    had = flow.rounds(phase.name)  # the one that ends is counted: it has begun
    if limit is not None and had >= limit + flow.allowed.count(phase.name):
        reached = IterationLimitReached(issue=issue.id, phase=phase.name, limit=had)
        return (reached, *_shows(issue, phase.name))
    return (_begun(issue, flow, workflow, phase), *_shows(issue, phase.name))


def _begun(issue: Issue, flow: Flow, workflow: Workflow, phase: Phase) -> PhaseBegan:
    return PhaseBegan(
        issue=issue.id,
        workflow=workflow.name,
        phase=phase.name,
        round=flow.rounds(phase.name) + 1,
        start=flow.commit or flow.start,
        worked=phase.role is not None,
        reviews=phase.reviews or "",
    )


def _through(issue: Issue, flow: Flow) -> tuple[Event, ...]:
    over = FlowEnded(issue=issue.id, commit=flow.commit)
    submitted = WorkSubmitted(issue=issue.id, commit=flow.commit, summary=flow.summary)
    moved = IssueMoved(issue=issue.id, before=issue.status, after=IssueStatus.AWAITING_REVIEW)
    cleared = FactSet(subject=issue.id, key="phase", before=issue.phase, after=DONE)
    return (over, cleared, submitted, moved)


def _shows(issue: Issue, phase: str) -> tuple[FactSet, ...]:
    """The issue's file says where it stands."""
    if issue.phase == phase:
        return ()
    return (FactSet(subject=issue.id, key="phase", before=issue.phase, after=phase),)
