"""What an event on the way through a workflow makes of the work. No rule is asked here."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, assert_never

from dispatchd.domain.agent_run import Happening, Work
from dispatchd.domain.command import Circumstance
from dispatchd.domain.flow import Flow, FlowState, PhaseRecord
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
from dispatchd.domain.wording import counted, one_line
from dispatchd.domain.workflow import Way

_SHOWN: Final = 8
_MOST_SAID: Final = 200


def work_after_flow(work: Work, event: FlowEvent, circumstance: Circumstance) -> Work:
    """The work as *event* leaves it, with what its issue tells of that."""
    if isinstance(event, PhaseBegan):
        begun = replace(work, flow=_begun(work, event), idle=0)
    elif work.flow is None:
        return work
    else:
        begun = replace(work, flow=_changed(work.flow, event))
    page = event.evidence.page if isinstance(event, PhaseEnded) and event.evidence is not None else ""
    told = tuple(
        Happening(at=circumstance.at, text=text, link="" if number else page)
        for number, text in enumerate(_told(event))
    )
    return replace(begun, story=(*work.story, *told))


def _begun(work: Work, event: PhaseBegan) -> Flow:
    before = work.flow
    flow = Flow(
        workflow=event.workflow,
        phase=event.phase,
        start=event.start,
        round=event.round,
        state=FlowState.WORKING if event.worked else FlowState.HANDED_IN,
        reviews=event.reviews,
        turns=work.turns - event.taken,
        commit=event.start,
        avoid=event.avoid,
    )
    if before is None:
        return flow
    if event.afresh:
        return replace(flow, earlier=before.earlier + len(before.records))
    return replace(
        flow,
        earlier=before.earlier,
        records=before.records,
        findings=before.findings,
        allowed=before.allowed,
        summary=before.summary,
    )


def _changed(flow: Flow, event: FlowEvent) -> Flow:
    match event:
        case PhaseHandedIn(commit=commit, summary=summary):
            return replace(flow, state=FlowState.HANDED_IN, commit=commit, summary=summary)
        case PhaseChecked(evidence=evidence, tests=tests):
            return replace(flow, state=FlowState.GATE, evidence=evidence, tests=tests)
        case VerdictGiven(by=by, verdict=verdict, findings=findings):
            known = (*flow.findings, *findings)
            return replace(flow, state=FlowState.HANDED_IN, verdict=verdict, judge=by, findings=known)
        case FindingAnswered(number=number, answer=answer, waived=waived):
            found = (
                replace(each, answer=answer, waived=waived) if each.number == number else each
                for each in flow.findings
            )
            return replace(flow, findings=tuple(found))
        case PhaseEnded():
            return replace(flow, records=(*flow.records, _record(event)), evidence=None, tests="")
        case IterationLimitReached(phase=phase):
            return replace(flow, phase=phase, state=FlowState.ESCALATED, reviews="")
        case RoundAllowed(phase=phase):
            return replace(flow, allowed=(*flow.allowed, phase))
        case FlowEnded(commit=commit):
            return replace(flow, state=FlowState.OVER, commit=commit)
        case PhaseBegan():
            return flow
        case _:
            assert_never(event)


def _record(event: PhaseEnded) -> PhaseRecord:
    return PhaseRecord(
        phase=event.phase,
        round=event.round,
        how=event.how,
        leads=event.leads,
        agent=event.agent,
        commit=event.commit,
        tests=event.tests,
        evidence=event.evidence,
    )


def _told(event: FlowEvent) -> Iterator[str]:
    """The lines that a person would want to read of it."""
    match event:
        case PhaseBegan(phase=phase, round=number, worked=True) if number > 1:
            yield f"{phase} begins again, round {number}"
        case PhaseHandedIn(phase=phase, agent=agent, commit=commit, summary=summary):
            said = f": {_brief(summary)}" if summary else ""
            yield f"{agent} hands in {phase}, `{commit[:_SHOWN]}`{said}"
        case VerdictGiven(phase=phase, by=by, verdict=verdict, findings=findings):
            found = f", {counted(len(findings), 'finding')}" if findings else ""
            yield f"{phase}: {by} says {verdict}{found}"
            for each in findings:
                place = f" `{each.place}`" if each.place else ""
                yield f"finding {each.number}, {each.severity}{place}: {_brief(each.text)}"
        case FindingAnswered(number=number, answer=answer, waived=by) if by:
            yield f"finding {number} is waived by {by}: {_brief(answer)}"
        case FindingAnswered(number=number, answer=answer):
            yield f"finding {number} is answered: {_brief(answer)}"
        case PhaseEnded():
            yield from _told_of_end(event)
        case IterationLimitReached(phase=phase, limit=limit):
            yield f"{phase} has had {counted(limit, 'round')}; people are asked how to go on"
        case _:
            return


def _told_of_end(event: PhaseEnded) -> Iterator[str]:
    evidence = event.evidence
    if evidence is not None:
        yield f"{event.phase}: {evidence.why} (`{evidence.command}` on `{evidence.commit[:_SHOWN]}`)"
    if event.how == Way.CHANGED:
        yield f"{event.phase}: the tests have changed, back to {event.leads}"
    elif event.how == Way.REFUSED:
        yield f"{event.phase} is refused, back to {event.leads}"


def _brief(text: str) -> str:
    line = one_line(text.strip().partition("\n")[0])
    return line if len(line) <= _MOST_SAID else f"{line[: _MOST_SAID - 1]}…"
