"""Whose turn it is in a workflow: which phase an issue asks an agent for, who may take it, and what the turn is told.

An issue without a workflow is passed through as it is.
"""

from collections.abc import Mapping
from dataclasses import replace

from dispatchd.application.agents.flows.briefing import brief
from dispatchd.application.agents.flows.standing import Standing
from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.workflows import missing_commands, workflow_in_force
from dispatchd.domain.agent_run import Occasion, Work
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import Due, Waits
from dispatchd.domain.flow import Flow, FlowState, PhaseRound
from dispatchd.domain.flow_authors import authors_of
from dispatchd.domain.flow_command import BeginFlow
from dispatchd.domain.flow_rules import flow_of
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.starting import obstacles_to_going_on
from dispatchd.domain.workflow import Phase, Workflow

_BEGINS = (IssueStatus.QUEUED, IssueStatus.ASSIGNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What is asked for whose turn it is: the workflows that come along, and the commands that checks may name."""

    assets: Assets
    commands: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTurn:
    """`issue` with the role and the agent that its phase asks for; `barred` are agents that may not take it."""

    issue: Issue
    due: Due | Waits
    barred: frozenset[str] = frozenset()


def turn_for(work: UnitOfWork, ways: Ways, issue: Issue, plain: Due | Waits) -> PhaseTurn:
    """The turn that *issue* asks for; *plain* is the one it would ask for without a workflow."""
    if issue.workflow is None:
        return PhaseTurn(issue=issue, due=plain)
    made = work.work(issue.id)
    workflow = workflow_in_force(work, ways.assets, issue.workflow)
    if isinstance(workflow, str):
        return PhaseTurn(issue=issue, due=Waits(why=workflow, stuck=made is not None))
    missing = missing_commands(workflow, ways.commands)
    if missing:
        why = f'its workflow checks by "{missing[0]}", which is no command below [commands] in config.toml'
        return PhaseTurn(issue=issue, due=Waits(why=why, stuck=made is not None))
    flow = flow_of(issue, made)
    if made is None or flow is None or flow.state is FlowState.OVER:
        return _beginning(work, issue, flow, workflow, plain)
    return _within(work, issue, made, flow, workflow.phase(flow.phase), plain)


def _beginning(
    work: UnitOfWork, issue: Issue, flow: Flow | None, workflow: Workflow, plain: Due | Waits
) -> PhaseTurn:
    phase = _phase_to_begin(issue, flow, workflow)
    if flow is None and issue.assignee is not None:
        return PhaseTurn(issue=issue, due=plain)  # a person has chosen who begins
    return PhaseTurn(issue=_seen(work, issue, flow, phase), due=plain)


def _within(
    work: UnitOfWork, issue: Issue, made: Work, flow: Flow, phase: Phase | None, plain: Due | Waits
) -> PhaseTurn:
    if phase is None:
        why = f'its workflow has no phase "{flow.phase}" any more, in which it stands'
        return PhaseTurn(issue=issue, due=Waits(why=why, stuck=True))
    if flow.state is FlowState.HANDED_IN:
        return PhaseTurn(issue=issue, due=Waits(why=f'what there is for "{phase.name}" is looked at'))
    if flow.state is not FlowState.WORKING:
        return PhaseTurn(issue=issue, due=Waits(why=f'a person is asked about "{phase.name}"'))
    barred = authors_of(made, flow, flow.reviews) | {flow.avoid}
    has_begun = made.turns > flow.turns
    if has_begun or (isinstance(plain, Waits) and work.live_run(issue.id) is not None):
        return PhaseTurn(issue=issue, due=plain, barred=barred)
    if issue.status is not IssueStatus.IN_PROGRESS:
        return PhaseTurn(issue=issue, due=plain, barred=barred)
    chosen = issue.assignee if issue.assignee not in {None, made.agent} else None
    if chosen is not None and work.agent(chosen) is None:
        return PhaseTurn(issue=issue, due=Waits(why=f"it is {chosen}'s, who is no agent"))
    seen = replace(issue, role=phase.role, assignee=chosen) if chosen else _seen(work, issue, flow, phase)
    standing = obstacles_to_going_on(work, seen)
    due = Waits(why=standing[0]) if standing else Due(occasion=Occasion.BEGIN)
    return PhaseTurn(issue=seen, due=due, barred=barred)


def _seen(work: UnitOfWork, issue: Issue, flow: Flow | None, phase: Phase) -> Issue:
    """*issue* as its phase wants it: for the phase's role, and for whoever has worked in the phase before."""
    before = flow.agents_of(phase.name) if flow is not None else ()
    made = work.work(issue.id)
    authors = authors_of(made, flow, flow.reviews) if made is not None and flow is not None else frozenset()
    barred = authors | {flow.avoid if flow is not None else ""}
    known = work.agent(before[-1]) if before else None
    keeps = known is not None and not known.removed and not known.paused and known.name not in barred
    return replace(issue, role=phase.role, assignee=known.name if known is not None and keeps else None)


def as_its_phase_wants(work: UnitOfWork, assets: Assets, issue: Issue) -> Issue:
    """*issue* with the role, and the agent if one is known, of the phase that it stands in or is to begin with."""
    workflow = workflow_in_force(work, assets, issue.workflow) if issue.workflow is not None else ""
    if isinstance(workflow, str):
        return issue
    made = work.work(issue.id)
    flow = flow_of(issue, made)
    if made is None or flow is None or flow.state is FlowState.OVER:
        begins = _phase_to_begin(issue, flow, workflow)
        return issue if issue.assignee is not None else _seen(work, issue, flow, begins)
    phase = workflow.phase(flow.phase)
    if phase is None or phase.role is None or made.turns > flow.turns:
        return issue
    return _seen(work, issue, flow, phase)


def _phase_to_begin(issue: Issue, flow: Flow | None, workflow: Workflow) -> Phase:
    """The first one; or, where the merge queue sent everything back, the last in which something was made."""
    if flow is not None and issue.status not in _BEGINS:
        for record in reversed(flow.records):
            phase = workflow.phase(record.phase)
            if phase is not None and phase.makes:
                return phase
    return workflow.first


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWay:
    """What a turn that begins is told of its phase, and what begins with it."""

    told: str = ""
    begins: tuple[BeginFlow, ...] = ()
    into: PhaseRound | None = None
    """What the turn is for."""
    session: str | None = None
    """The agent's own conversation about this issue, from when it worked on it before."""

    def before(self, prompt: str) -> str:
        """*prompt*, below what is told of the phase."""
        return f"{self.told}\n\n{prompt}" if self.told else prompt


def on_the_way(
    work: UnitOfWork, assets: Assets, issue: Issue, agent: str, branch: str, base: str
) -> OnTheWay:
    """What the workflow of *issue* adds to the turn of *agent* that begins now."""
    workflow = workflow_in_force(work, assets, issue.workflow) if issue.workflow is not None else ""
    if isinstance(workflow, str):
        return OnTheWay()
    known = work.work(issue.id)
    flow = flow_of(issue, known)
    begins: tuple[BeginFlow, ...] = ()
    phase = workflow.phase(flow.phase) if flow is not None else None
    if flow is None or flow.state is FlowState.OVER:
        phase = _phase_to_begin(issue, flow, workflow)
        back = phase.name if flow is not None and issue.status not in _BEGINS else ""
        start = flow.commit if flow is not None and back else base
        begins = (BeginFlow(issue=issue.id, workflow=workflow, start=start, phase=back),)
        before = flow if flow is not None and back else None
        flow = Flow(
            workflow=workflow.name,
            phase=phase.name,
            start=start,
            commit=start,
            round=before.rounds(phase.name) + 1 if before is not None else 1,
            records=before.records if before is not None else (),
            findings=before.findings if before is not None else (),
        )
    if phase is None:
        return OnTheWay()
    made = known or Work(issue=issue.id, agent=agent, branch=branch, base=base)
    at = Standing(issue=issue, work=made, flow=flow, workflow=workflow, phase=phase)
    session = _session(work, issue, agent)
    return OnTheWay(told=brief(work, at), begins=begins, into=flow.now, session=session)


def _session(work: UnitOfWork, issue: Issue, agent: str) -> str | None:
    turns = (run for run in reversed(work.runs.of_issue(issue.id)) if run.agent == agent)
    return next((run.session for run in turns if run.session is not None), None)
