"""Which works go through a workflow, where each stands, and by which text of it."""

from collections.abc import Iterator

from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.workflows import workflow_in_force
from dispatchd.domain.agent_run import Work, WorkPhase
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.flow import Flow, FlowState
from dispatchd.domain.flow_rules import flow_of
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.workflow import Phase, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An issue in a phase of its workflow."""

    issue: Issue
    work: Work
    flow: Flow
    workflow: Workflow
    phase: Phase


def standing(work: UnitOfWork, assets: Assets, issue: Issue) -> Standing | str | None:
    """Where *issue* stands; why nothing can be done about it, as a clause; None where it goes through no workflow."""
    made = work.work(issue.id)
    flow = flow_of(issue, made)
    if made is None or flow is None:
        return None
    found = workflow_in_force(work, assets, flow.workflow)
    if isinstance(found, str):
        return found
    phase = found.phase(flow.phase)
    if phase is None:
        return f'workflows/{found.name}.toml has no phase "{flow.phase}" any more, in which {issue.id} stands'
    return Standing(issue=issue, work=made, flow=flow, workflow=found, phase=phase)


def standings(work: UnitOfWork, assets: Assets, *states: FlowState) -> Iterator[Standing]:
    """The works in one of *states* that are in progress, not held, and whose workflow can be followed."""
    for made in work.runs.works([WorkPhase.WORKING]):
        if made.flow is None or made.flow.state not in states:
            continue  # known without its issue, and true of nearly all
        issue = work.issue(made.issue)
        if issue is None or issue.removed or made.held or issue.status is not IssueStatus.IN_PROGRESS:
            continue
        flow = flow_of(issue, made)
        if flow is None or flow.state not in states:
            continue
        found = standing(work, assets, issue)
        if isinstance(found, Standing):
            yield found
