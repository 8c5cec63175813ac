"""From any workflow that may be used, every path ends or comes to a person, whatever everybody does on the way."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dispatchd.application.wire import dump_event, load_event
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_command import AllowRound
from dispatchd.domain.flow_event import (
    FlowEvent,
    PhaseBegan,
    PhaseChecked,
    PhaseEnded,
    PhaseHandedIn,
    VerdictGiven,
)
from dispatchd.domain.issue import Role
from dispatchd.domain.workflow import DONE, Phase, Way, Workflow
from dispatchd.domain.workflow_rules import faults_of
from tests.domain.flow_cast import ISSUE, FlowDesk
from tests.fakes.fake_board import FakeBoard


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    count = draw(st.integers(1, 6))
    names = [f"p{number}" for number in range(count)]
    phases = [Phase(name="p0", role=Role.CODER, next=names[1] if count > 1 else DONE)]
    for number in range(1, count):
        onward = names[number + 1] if number + 1 < count else DONE
        phases.append(draw(phases_called(names[number], onward, phases, [*names, DONE])))
    return Workflow(name="ours", phases=tuple(phases))


@st.composite
def phases_called(
    draw: st.DrawFn, name: str, onward: str, before: Sequence[Phase], known: Sequence[str]
) -> Phase:
    """Any one that may stand behind those *before*: work, a review, a check and a gate with or without work in it."""
    targets = st.sampled_from(known)
    often = draw(st.one_of(st.none(), st.integers(1, 3)))
    kind = draw(st.sampled_from(("work", "review", "check", "gate", "both")))
    if kind == "review":
        return Phase(
            name=name,
            iterations=often,
            role=Role.REVIEWER,
            reviews=draw(st.sampled_from([each.name for each in before if each.makes])),
            verdicts=(("approve", onward), ("changes", draw(targets))),
        )
    checks, asks = kind in {"check", "both"}, kind in {"gate", "both"}
    return Phase(
        name=name,
        iterations=often,
        next=onward,
        role=Role.CODER if kind == "work" else draw(st.sampled_from((Role.CODER, None))),
        check="test" if checks else None,
        otherwise=draw(targets) if checks else None,
        gate="Well?" if asks else "",
        refused=draw(targets) if asks else None,
    )


def step(desk: FlowDesk, data: st.DataObject) -> None:
    """Whatever may happen next; and what may not, which is refused and changes nothing."""
    flow = desk.flow
    phase = desk.workflow.phase(flow.phase)
    assert phase is not None
    if flow.state is FlowState.ESCALATED:
        desk.daemon(AllowRound(issue=ISSUE, workflow=desk.workflow, phase=flow.phase))
    elif flow.state is FlowState.GATE:
        desk.finish(data.draw(st.sampled_from([Way.NEXT, Way.REFUSED])))
    elif flow.state is FlowState.HANDED_IN:
        look(desk, phase, data)
    elif phase.is_review:
        verdict = data.draw(st.sampled_from([verdict for verdict, _ in phase.verdicts]))
        desk.judge("oak", verdict, *(["No."] if verdict != phase.verdicts[0][0] else []))
    else:
        desk.finish()  # it is not handed in: nothing happens
        assert desk.flow == flow
        desk.hand_in(data.draw(st.sampled_from(["ash", "elm"])))


def look(desk: FlowDesk, phase: Phase, data: st.DataObject) -> None:
    """The daemon looks at what was handed in; without having looked it cannot go on."""
    before = desk.flow
    if phase.check is not None or phase.gate:
        with pytest.raises(Rejected):
            desk.finish()
        assert desk.flow == before
    shown = data.draw(st.booleans()) if phase.check is not None else None
    if shown is False:
        desk.finish(Way.OTHERWISE, shown=False)
    elif phase.gate:
        desk.pass_to_the_gate(shown=shown)
    else:
        desk.finish(shown=shown)


@settings(max_examples=150, deadline=None)
@given(workflow=workflows(), data=st.data(), allowed=st.integers(0, 2))
def test_every_path_ends_or_comes_to_a_person(workflow: Workflow, data: st.DataObject, allowed: int) -> None:
    assume(not faults_of(workflow))
    desk = FlowDesk(workflow)
    desk.hand_in("ash")
    begins = 1 + allowed + sum(each.iterations or 0 for each in workflow.phases)
    for _ in range(4 * begins * len(workflow.phases)):
        if desk.flow.state is FlowState.OVER:
            break
        if desk.flow.state is FlowState.ESCALATED:
            if not allowed:
                break
            allowed -= 1
        step(desk, data)
    assert desk.flow.state in {FlowState.OVER, FlowState.ESCALATED}
    check_order(desk)
    check_evidence(desk)
    check_feedback(desk)
    check_replay(desk.board)


def check_order(desk: FlowDesk) -> None:
    """No phase began but where the one before it led."""
    events = [event for event, _ in desk.board.log if isinstance(event, PhaseBegan | PhaseEnded)]
    assert isinstance(events[0], PhaseBegan)
    for before, after in itertools.pairwise(events):
        if isinstance(after, PhaseBegan):
            assert isinstance(before, PhaseEnded)
            assert before.leads == after.phase
        else:
            assert (before.phase, type(before)) == (after.phase, PhaseBegan)


def check_evidence(desk: FlowDesk) -> None:
    """No phase let the next one begin before there was what shows that it is done."""
    events = [event for event, _ in desk.board.log]
    for at, event in enumerate(events):
        if not isinstance(event, PhaseEnded):
            continue
        phase = desk.workflow.phase(event.phase)
        assert phase is not None
        mine = [each for each in events[:at] if _round_of(each) == (event.phase, event.round)]
        if phase.is_review:
            assert [each.verdict for each in mine if isinstance(each, VerdictGiven)] == [event.how]
        elif phase.role is not None:
            assert sum(isinstance(each, PhaseHandedIn) for each in mine) == 1
        if event.how == Way.NEXT:
            assert phase.check is None or (event.evidence is not None and event.evidence.as_expected)
            assert not phase.gate or any(isinstance(each, PhaseChecked) for each in mine)


def _round_of(event: object) -> tuple[str, int] | None:
    known = PhaseHandedIn | PhaseChecked | VerdictGiven
    return (event.phase, event.round) if isinstance(event, known) else None


def check_feedback(desk: FlowDesk) -> None:
    """What was found went to one phase, in which somebody can answer it."""
    for event, _ in desk.board.log:
        if isinstance(event, VerdictGiven):
            assert len({each.to for each in event.findings}) <= 1
            for each in event.findings:
                phase = desk.workflow.phase(each.to)
                assert phase is not None
                assert phase.makes


def check_replay(board: FakeBoard) -> None:
    """The events say it all, also after they were written down."""
    again = FakeBoard(rules=board.rules, entities=dict(board.beginning or board.entities))
    for event, circumstance in board.log:
        known = load_event(dump_event(event))
        assert known == event
        again.apply(known, circumstance)
    assert any(isinstance(event, FlowEvent) for event, _ in board.log)
    assert again.works == board.works
