"""What has to be there before a phase is over. The daemon ends phases; this is what even it cannot do without."""

from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Evidence, Flow, FlowState
from dispatchd.domain.issue import Issue
from dispatchd.domain.workflow import Phase, Way


def lacks_check(flow: Flow, phase: Phase) -> bool:
    """Whether *phase* stands at its gate and wants a check that was not run: somebody wrote it into the workflow since."""
    shown = flow.evidence is not None and flow.evidence.as_expected
    return flow.state is FlowState.GATE and phase.check is not None and not shown


def require_evidence(issue: Issue, flow: Flow, phase: Phase, how: str, evidence: Evidence | None) -> None:
    """What ends a phase is there: the verdict that was given, a check that showed what it should, a person's yes."""
    if phase.is_review:
        if how != flow.verdict:
            raise Rejected(f'wait for a verdict; nobody has said {how} in "{phase.name}".', subject=issue.id)
    elif how == Way.NEXT:
        if phase.check is not None and (evidence is None or not evidence.as_expected):
            raise Rejected(
                f'run its check first; nothing shows that "{phase.name}" is done.', subject=issue.id
            )
        if phase.gate and flow.state is not FlowState.GATE:
            raise Rejected(f'ask a person first; "{phase.name}" has a gate.', subject=issue.id)
