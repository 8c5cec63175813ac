import pytest

from dispatchd.domain.command import (
    AnswerThread,
    ApproveGate,
    MoveIssue,
    PlanStages,
)
from dispatchd.domain.epic import EpicStatus, GateKind, GateState, StageState
from dispatchd.domain.epic_rules import AS_BEFORE, AS_WRITTEN
from dispatchd.domain.event import EpicMoved, FactSet, GateReopened, StageAmended, StageOpened, ThreadOpened
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.thread import ThreadKind, ThreadPurpose, ThreadStatus
from tests.fakes.fake_board import ALICE, FakeBoard, by
from tests.fakes.fake_workspace import (
    EPIC,
    open_epic,
    open_issue,
    plan,
    refusal,
    shape,
    the_epic,
    workspace,
)

FIRST = EntityId("i-aaaa")
SECOND = EntityId("i-bbbb")


def test_a_renamed_stage_keeps_its_state_and_its_issues_follow() -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"))
    board.handle(ApproveGate(epic=EPIC, stage="Design"), by(ALICE))
    open_issue(board, FIRST, "Build")
    open_issue(board, SECOND, "Build")
    happened = board.handle(
        PlanStages(epic=EPIC, stages=(plan("Design"), plan("Make")), renamed=(("Build", "Make"),)), by(ALICE)
    )
    follows = [event for event in happened if isinstance(event, FactSet)]
    assert [(event.subject, event.after) for event in follows] == [(FIRST, "Make"), (SECOND, "Make")]
    assert shape(board) == ("in_progress", "approved", "in_progress")
    assert not any(isinstance(event, StageOpened | GateReopened) for event in happened)


def test_a_stage_added_at_the_end_waits_its_turn_and_takes_up_a_completed_epic() -> None:
    board = workspace()
    open_epic(board, plan("Design", None))
    assert shape(board) == ("completed", "approved")
    happened = board.handle(PlanStages(epic=EPIC, stages=(plan("Design", None), plan("Build"))), by(ALICE))
    assert shape(board) == ("awaiting_gate", "approved", "awaiting_gate")
    assert EpicMoved(epic=EPIC, before=EpicStatus.COMPLETED, after=EpicStatus.AWAITING_GATE) in happened


def test_a_stage_added_before_the_open_one_comes_first() -> None:
    board = workspace()
    open_epic(board, plan("Build"))
    board.handle(PlanStages(epic=EPIC, stages=(plan("Design"), plan("Build"))), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate", "pending")


def test_a_pending_stage_that_holds_nothing_goes_without_a_word() -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"))
    happened = board.handle(PlanStages(epic=EPIC, stages=(plan("Design"),)), by(ALICE))
    assert len(happened) == 1
    assert shape(board) == ("awaiting_gate", "awaiting_gate")


def asked_about_stages(board: FakeBoard) -> EntityId:
    """Replaces the heading of a stage that holds an issue by two new ones, which is anything but clear."""
    open_epic(board, plan("Design", None), plan("Build"))
    open_issue(board, FIRST, "Build")
    written = PlanStages(epic=EPIC, stages=(plan("Design", None), plan("Make"), plan("Paint")))
    happened = board.handle(written, by(ALICE))
    opened = [event for event in happened if isinstance(event, ThreadOpened)]
    assert len(opened) == 1
    assert board.handle(written, by(ALICE)) == []
    thread = opened[0].thread
    assert thread.purpose is ThreadPurpose.CONFIRM_STAGES
    assert thread.options == ('"Build" is now "Make"', '"Build" is now "Paint"', AS_WRITTEN, AS_BEFORE)
    assert [stage.name for stage in the_epic(board).stages] == ["Design", "Build"]
    return thread.id


@pytest.mark.parametrize(
    ("option", "stages", "stage_of_issue"),
    [
        ('"Build" is now "Paint"', ["Design", "Make", "Paint"], "Paint"),
        (AS_WRITTEN, ["Design", "Make", "Paint"], None),
        (AS_BEFORE, ["Design", "Build"], "Build"),
    ],
)
def test_what_became_of_a_stage_that_holds_something_is_asked_once_and_done_as_answered(
    option: str, stages: list[str], stage_of_issue: str | None
) -> None:
    board = workspace()
    thread = asked_about_stages(board)
    board.handle(AnswerThread(thread=thread, option=option), by(ALICE))
    assert [stage.name for stage in the_epic(board).stages] == stages
    issue = board.issue(FIRST)
    assert issue is not None
    assert issue.stage == stage_of_issue


def test_putting_the_headings_back_takes_the_question_back() -> None:
    board = workspace()
    thread = asked_about_stages(board)
    board.handle(PlanStages(epic=EPIC, stages=(plan("Design", None), plan("Build"))), by(ALICE))
    closed = board.thread(thread)
    assert closed is not None
    assert closed.status is ThreadStatus.DISMISSED


def test_a_new_stage_before_one_that_is_over_asks() -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"))
    board.handle(ApproveGate(epic=EPIC, stage="Design"), by(ALICE))
    board.handle(PlanStages(epic=EPIC, stages=(plan("Ask"), plan("Design"), plan("Build"))), by(ALICE))
    assert board.open_thread_about(f"confirm_stages:{EPIC}") is not None
    assert shape(board) == ("awaiting_gate", "approved", "awaiting_gate")


def test_two_stages_of_one_name_are_refused() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    said = refusal(board, PlanStages(epic=EPIC, stages=(plan("Design"), plan("design "))))
    assert said == 'rename one of them; two stages are called "design ".'


def test_a_gate_is_asked_of_people_alone() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    said = refusal(board, PlanStages(epic=EPIC, stages=(plan("Design", approvers=("ash",)),)))
    assert said == (
        '@alice or @bob can approve the gate of "Design"; ash is an agent, and a gate is for people.'
    )


def test_104_changing_what_was_approved_asks_again_until_the_next_stage_has_begun() -> None:
    board = workspace()
    open_epic(board, plan("Design", substance="1"), plan("Build"))
    open_issue(board, FIRST, "Build")
    board.handle(ApproveGate(epic=EPIC, stage="Design"), by(ALICE))
    assert shape(board) == ("in_progress", "approved", "in_progress")
    board.handle(PlanStages(epic=EPIC, stages=(plan("Design", substance="2"), plan("Build"))), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate", "pending")
    assert the_epic(board).stages[0].gate.state is GateState.PENDING


def test_104_changing_what_was_approved_is_a_notice_once_the_next_stage_has_begun() -> None:
    board = workspace()
    open_epic(board, plan("Design", substance="1"), plan("Build"))
    open_issue(board, FIRST, "Build", status=IssueStatus.ASSIGNED, assignee="alice")
    board.handle(ApproveGate(epic=EPIC, stage="Design"), by(ALICE))
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.IN_PROGRESS), by(ALICE))
    changed = PlanStages(epic=EPIC, stages=(plan("Design", substance="2"), plan("Build")))
    happened = board.handle(changed, by(ALICE))
    assert any(isinstance(event, StageAmended) for event in happened)
    notices = [event.thread for event in happened if isinstance(event, ThreadOpened)]
    assert [notice.kind for notice in notices] == [ThreadKind.NOTICE]
    assert shape(board) == ("in_progress", "approved", "in_progress")
    assert board.handle(changed, by(ALICE)) == []


def test_a_changed_gate_takes_back_what_some_have_signed() -> None:
    board = workspace()
    open_epic(board, plan("Design", approvers=("alice", "bob")))
    board.handle(ApproveGate(epic=EPIC, stage="Design"), by(ALICE))
    assert len(the_epic(board).stages[0].gate.approvals) == 1
    board.handle(
        PlanStages(epic=EPIC, stages=(plan("Design", GateKind.REVIEW, approvers=("alice", "bob")),)),
        by(ALICE),
    )
    stage = the_epic(board).stages[0]
    assert (stage.state, stage.gate.approvals) == (StageState.AWAITING_GATE, ())
