"""From any workflow that may be used, every path ends or comes to a person, whatever everybody does on the way."""

import itertools

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dispatchd.application.wire import dump_event, load_event
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_event import FlowEvent, PhaseBegan, PhaseEnded, VerdictGiven
from dispatchd.domain.issue import Role
from dispatchd.domain.workflow import DONE, Phase, Workflow
from dispatchd.domain.workflow_rules import faults_of
from tests.domain.flow_cast import FlowDesk
from tests.fakes.fake_board import FakeBoard


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    count = draw(st.integers(1, 6))
    names = [f"p{number}" for number in range(count)]
    targets = st.sampled_from([*names, DONE])
    phases = [Phase(name="p0", role=Role.CODER, next=names[1] if count > 1 else DONE)]
    for number in range(1, count):
        onward = names[number + 1] if number + 1 < count else DONE
        often = draw(st.one_of(st.none(), st.integers(1, 3)))
        kind = draw(st.sampled_from(("work", "review", "check", "gate")))
        phase = Phase(name=names[number], iterations=often, next=onward, role=Role.CODER)
        match kind:
            case "review":
                makers = [each.name for each in phases if each.makes]
                verdicts = (("approve", onward), ("changes", draw(targets)))
                reviews = draw(st.sampled_from(makers))
                phase = Phase(
                    name=phase.name, iterations=often, role=Role.REVIEWER, reviews=reviews, verdicts=verdicts
                )
            case "check":
                phase = Phase(
                    name=phase.name, iterations=often, next=onward, check="test", otherwise=draw(targets)
                )
            case "gate":
                phase = Phase(
                    name=phase.name, iterations=often, next=onward, gate="Well?", refused=draw(targets)
                )
        phases.append(phase)
    return Workflow(name="ours", phases=tuple(phases))


def step(desk: FlowDesk, data: st.DataObject) -> None:
    """Whatever may happen next."""
    flow = desk.flow
    phase = desk.workflow.phase(flow.phase)
    assert phase is not None
    if flow.state is FlowState.HANDED_IN:
        desk.finish(data.draw(st.sampled_from([way for way, _ in phase.ways])))
    elif phase.is_review:
        verdict = data.draw(st.sampled_from([verdict for verdict, _ in phase.verdicts]))
        desk.judge("oak", verdict, *(["No."] if verdict != phase.verdicts[0][0] else []))
    else:
        desk.hand_in(data.draw(st.sampled_from(["ash", "elm"])))


@settings(max_examples=150, deadline=None)
@given(workflow=workflows(), data=st.data())
def test_every_path_ends_or_comes_to_a_person(workflow: Workflow, data: st.DataObject) -> None:
    assume(not faults_of(workflow))
    desk = FlowDesk(workflow)
    desk.hand_in("ash")
    most = 3 * (1 + sum(each.iterations or 0 for each in workflow.phases)) * len(workflow.phases)
    for _ in range(most):
        if desk.flow.state in {FlowState.OVER, FlowState.ESCALATED}:
            break
        step(desk, data)
    assert desk.flow.state in {FlowState.OVER, FlowState.ESCALATED}
    check_order(desk)
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
