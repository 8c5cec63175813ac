"""The way through a workflow, each step in one line of plain words."""

from typing import assert_never

from dispatchd.domain.flow_event import (
    FindingAnswered,
    FlowEnded,
    FlowEvent,
    IterationLimitReached,
    PhaseBegan,
    PhaseChecked,
    PhaseEnded,
    PhaseHandedIn,
    RoundAllowed,
    VerdictGiven,
)
from dispatchd.domain.wording import counted


def told_of_flow(event: FlowEvent, called: str) -> str:
    """What was done, without who did it; *called* names the issue."""
    match event:
        case PhaseBegan(phase=phase, round=number):
            again = f", round {number}" if number > 1 else ""
            return f"lets {phase} of {called} begin{again}"
        case PhaseHandedIn(phase=phase, commit=commit, summary=summary):
            said = f": {summary}" if summary else ""
            return f"hands in {commit[:8]} for {phase} of {called}{said}"
        case PhaseChecked(phase=phase):
            return f"finds {phase} of {called} as it has to be; a person is asked"
        case VerdictGiven(phase=phase, verdict=verdict, findings=findings):
            found = f" with {counted(len(findings), 'finding')}" if findings else ""
            return f"says {verdict} to {called} in {phase}{found}"
        case FindingAnswered(number=number, answer=answer, waived=by):
            return f"{'waives' if by else 'answers'} finding {number} of {called}: {answer}"
        case PhaseEnded(phase=phase, how=how, leads=leads, evidence=evidence):
            shown = f" ({evidence.why})" if evidence is not None else ""
            return f"ends {phase} of {called}, {how}{shown}: on to {leads}"
        case IterationLimitReached(phase=phase, limit=limit):
            return f"stops before round {limit + 1} of {phase} of {called}, to ask people"
        case RoundAllowed(phase=phase):
            return f"allows {phase} of {called} one more round"
        case FlowEnded(commit=commit):
            return f"is through with every phase of {called} at {commit[:8]}"
        case _:
            assert_never(event)
