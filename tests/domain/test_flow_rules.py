"""Phases follow one another by what was found, judged and said; an agent ends none of them by its word."""

import pytest

from dispatchd.domain.actors import Actor
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.command import Command
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Evidence, FlowState
from dispatchd.domain.flow_command import AllowRound, AnswerFinding, BeginFlow, EndPhase
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import BounceWork, SubmitWork
from dispatchd.domain.workflow import Way
from tests.domain.flow_cast import BASE, ISSUE, FlowDesk, agent, ours, workflow_of
from tests.fakes.fake_board import ALICE, STRANGER, by


@pytest.fixture
def plain() -> FlowDesk:
    return FlowDesk(ours("plain"))


def refused(desk: FlowDesk, command: Command, who: Actor) -> str:
    with pytest.raises(Rejected) as caught:
        desk.board.handle(command, by(who))
    return str(caught.value)


def test_the_first_phase_begins_with_the_first_turn_and_the_issue_says_so(plain: FlowDesk) -> None:
    plain.start("ash")
    assert (plain.flow.phase, plain.flow.state, plain.issue.phase) == (
        "implementation",
        FlowState.WORKING,
        "implementation",
    )
    before = list(plain.board.log)
    plain.daemon(BeginFlow(issue=ISSUE, workflow=plain.workflow, start=BASE))
    assert plain.board.log == before


def test_what_is_submitted_in_a_phase_is_handed_in_and_not_merged(plain: FlowDesk) -> None:
    plain.hand_in("ash", "It works.")
    assert (plain.flow.state, plain.work.phase) == (FlowState.HANDED_IN, WorkPhase.WORKING)
    assert plain.issue.status is IssueStatus.IN_PROGRESS
    plain.finish()
    assert (plain.flow.phase, plain.flow.state, plain.flow.reviews) == (
        "review",
        FlowState.WORKING,
        "implementation",
    )


def test_an_approval_hands_the_work_to_the_merge_queue(plain: FlowDesk) -> None:
    plain.hand_in("ash", "It works.")
    plain.finish()
    plain.judge("oak", "approve")
    assert plain.flow.state is FlowState.OVER
    assert (plain.work.phase, plain.work.commit, plain.work.summary) == (
        WorkPhase.SUBMITTED,
        plain.flow.commit,
        "It works.",
    )
    assert (plain.issue.status, plain.issue.phase) == (IssueStatus.AWAITING_REVIEW, "done")


def test_findings_go_back_to_one_phase_and_are_answered_before_it_is_handed_in_again(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    plain.finish()
    plain.judge("oak", "Changes", "It fails on an empty file.", "No test for two at once.")
    assert (plain.flow.phase, plain.flow.round) == ("implementation", 2)
    assert [(each.number, each.to, each.by) for each in plain.flow.findings] == [
        (1, "implementation", "oak"),
        (2, "implementation", "oak"),
    ]
    run = plain.start("ash")
    submit = SubmitWork(issue=ISSUE, commit="d" * 40, summary="Again.", run=run.id)
    assert "nothing is said yet to 1 and 2" in refused(plain, submit, agent("ash"))
    for number in (1, 2):
        answer = AnswerFinding(issue=ISSUE, number=number, answer="Mended.", run=run.id)
        plain.board.handle(answer, by(agent("ash")))
    plain.board.handle(submit, by(agent("ash")))
    plain.end(run)
    assert plain.flow.state is FlowState.HANDED_IN
    assert "finding 2 is answered: Mended." in plain.story


def test_nobody_judges_what_they_made(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    plain.finish()
    plain.start("ash")
    with pytest.raises(Rejected, match='you worked in "implementation"'):
        plain.verdict(agent("ash"), "approve")


def test_a_verdict_is_the_reviewers_at_work_or_a_persons(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    plain.finish()
    plain.start("oak")
    with pytest.raises(Rejected, match="none of elm's"):
        plain.verdict(agent("elm"), "approve")
    with pytest.raises(Rejected, match="under \\[people\\]"):
        plain.verdict(STRANGER, "approve")
    plain.verdict(ALICE, "approve")
    assert (plain.flow.phase, plain.flow.state) == ("review", FlowState.HANDED_IN), "the daemon ends it"
    with pytest.raises(Rejected, match="nothing is judged now"):
        plain.verdict(agent("oak"), "changes", "No.")
    plain.finish("approve")
    assert str(plain.flow.state) == "over"
    assert plain.flow.agents_of("review") == ("alice",)


def test_a_verdict_says_what_has_to_change_or_lets_it_go_on(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    plain.finish()
    run = plain.start("oak")
    for verdict, findings in (("changes", ()), ("approve", ("No.",))):
        with pytest.raises(Rejected, match="say what has to change"):
            plain.verdict(agent("oak"), verdict, *findings)
    with pytest.raises(Rejected, match="choose one of: approve, changes"):
        plain.verdict(agent("oak"), "lgtm")
    assert "give a verdict instead" in refused(
        plain, SubmitWork(issue=ISSUE, commit="d" * 40, summary="", run=run.id), agent("oak")
    )


def test_past_the_limit_people_are_asked_and_may_allow_one_more_round(plain: FlowDesk) -> None:
    for _ in range(3):
        plain.hand_in("ash")
        plain.finish()
        plain.judge("oak", "changes", "Not yet.")
    plain.hand_in("ash")
    plain.finish()
    assert (plain.flow.state, plain.flow.phase) == (FlowState.ESCALATED, "review")
    assert "review has had 3 rounds; people are asked how to go on" in plain.story
    allow = AllowRound(issue=ISSUE, workflow=plain.workflow, phase="review", avoid="oak")
    plain.daemon(allow)
    assert (plain.flow.state, plain.flow.round, plain.flow.avoid) == (FlowState.WORKING, 4, "oak")
    before = list(plain.board.log)
    plain.daemon(allow)
    assert plain.board.log == before
    plain.judge("yew", "changes", "Still not.")
    plain.hand_in("ash")
    plain.finish()
    assert plain.flow.state is FlowState.ESCALATED


CHECKED = """\
[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "try"
check = "test"
otherwise = "build"
gate = "Good enough?"
refused = "build"
iterations = 2
"""


def test_a_check_leads_where_its_result_says_and_its_evidence_stays() -> None:
    desk = FlowDesk(workflow_of(CHECKED))
    desk.hand_in("ash")
    desk.finish()
    assert (desk.flow.phase, desk.flow.state) == ("try", FlowState.HANDED_IN)
    red = Evidence(commit=desk.flow.commit, command="make test", exit_code=1, why="2 of 3 tests fail")
    end = EndPhase(issue=ISSUE, workflow=desk.workflow, phase="try", round=1, how=Way.OTHERWISE, evidence=red)
    desk.daemon(end)
    assert (desk.flow.phase, desk.flow.round) == ("build", 2)
    record = desk.flow.last("try")
    assert record is not None
    assert (record.evidence, record.how, record.leads) == (red, "otherwise", "build")
    assert f"try: 2 of 3 tests fail (`make test` on `{red.commit[:8]}`)" in desk.story
    before = list(desk.board.log)
    desk.daemon(end)
    assert desk.board.log == before, "what comes twice changes nothing"


def test_no_phase_is_over_without_what_shows_that_it_is_done() -> None:
    desk = FlowDesk(workflow_of(CHECKED))
    desk.hand_in("ash")
    desk.finish()
    with pytest.raises(Rejected, match="run its check first"):
        desk.finish()
    with pytest.raises(Rejected, match="run its check first"):
        desk.finish(shown=False)
    with pytest.raises(Rejected, match="ask a person first"):
        desk.finish(shown=True)
    desk.pass_to_the_gate(shown=True)
    desk.finish()
    assert desk.flow.state is FlowState.OVER


def test_a_review_ends_by_the_verdict_that_was_given(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    plain.finish()
    plain.start("oak")
    plain.verdict(agent("oak"), "changes", "No.")
    with pytest.raises(Rejected, match="nobody has said approve"):
        plain.finish("approve")
    plain.finish("changes")
    assert plain.flow.phase == "implementation"


def test_a_phase_that_ends_in_no_such_way_is_refused(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    with pytest.raises(Rejected, match="choose one of: next"):
        plain.finish(Way.OTHERWISE)


def test_work_that_comes_back_from_the_merge_queue_goes_on_in_the_phase_that_made_it(plain: FlowDesk) -> None:
    plain.hand_in("ash")
    plain.finish()
    plain.judge("oak", "approve")
    plain.daemon(BounceWork(issue=ISSUE, why="conflict", findings="See.", most=3))
    run = plain.start("ash")
    assert plain.flow.state is FlowState.WORKING
    plain.end(run)


def test_an_issue_without_the_line_goes_through_nothing(plain: FlowDesk) -> None:
    plain.start("ash")
    plain.change(workflow=None)
    plain.board.handle(SubmitWork(issue=ISSUE, commit="d" * 40, summary="Free."), by(agent("ash")))
    assert plain.work.phase is WorkPhase.SUBMITTED
