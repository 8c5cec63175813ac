import pytest

from dispatchd.domain.command import (
    ApproveGate,
    MoveIssue,
    OpenEpic,
    PlanStages,
    RemoveEntity,
    RestoreEntity,
    SetFact,
)
from dispatchd.domain.epic import Epic, EpicStatus, Stage
from dispatchd.domain.event import FactSet, GateReopened
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from tests.fakes.fake_board import ALICE, ASH, NOON, by
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


def test_an_adopted_epic_is_a_draft_and_nothing_opens() -> None:
    board = workspace()
    open_epic(board, plan("Design"), started=False)
    assert shape(board) == ("draft", "pending")


def test_ready_starts_the_first_stage_at_once_and_an_empty_stage_asks_at_once() -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build"), started=False)
    happened = board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    assert [type(event).__name__ for event in happened] == [
        "EpicMoved",
        "StageOpened",
        "GateAwaited",
        "EpicMoved",
    ]
    assert shape(board) == ("awaiting_gate", "awaiting_gate", "pending")


def test_stages_without_gates_follow_one_another_and_then_the_epic_is_completed() -> None:
    board = workspace()
    open_epic(board, plan("Design", None), plan("Build", None), started=False)
    open_issue(board, FIRST, "Design")
    open_issue(board, SECOND, "Build")
    board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    assert shape(board) == ("in_progress", "in_progress", "pending")
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("in_progress", "approved", "in_progress")
    board.handle(MoveIssue(issue=SECOND, to=IssueStatus.CANCELLED), by(ALICE))
    assert shape(board) == ("completed", "approved", "approved")


def test_a_gate_awaits_when_every_issue_is_done_or_cancelled() -> None:
    board = workspace()
    open_epic(board, plan("Design"), started=False)
    open_issue(board, FIRST, "Design")
    open_issue(board, SECOND, "design ")
    board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    assert shape(board) == ("in_progress", "in_progress")
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("in_progress", "in_progress")
    board.handle(RemoveEntity(subject=SECOND), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")
    board.handle(RestoreEntity(subject=SECOND), by(ALICE))
    assert shape(board) == ("in_progress", "in_progress")


def test_a_new_issue_in_a_stage_that_asks_takes_the_question_back() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    happened = open_issue(board, FIRST, "Design")
    assert any(isinstance(event, GateReopened) for event in happened)
    assert shape(board) == ("in_progress", "in_progress")


def test_an_issue_that_names_its_epic_in_a_stage_later_holds_the_gate_too() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    open_issue(board, FIRST)
    board.handle(SetFact(subject=FIRST, key="epic", value=f"[[{EPIC}]]"), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")
    board.handle(SetFact(subject=FIRST, key="stage", value="DESIGN"), by(ALICE))
    assert shape(board) == ("in_progress", "in_progress")
    happened = board.handle(SetFact(subject=FIRST, key="epic", value=None), by(ALICE))
    assert FactSet(subject=FIRST, key="stage", before="Design", after=None) in happened
    assert shape(board) == ("awaiting_gate", "awaiting_gate")


def test_an_epic_without_stages_is_what_its_issues_say() -> None:
    board = workspace()
    open_epic(board)
    assert shape(board) == ("ready",)
    open_issue(board, FIRST)
    board.handle(SetFact(subject=FIRST, key="epic", value=EPIC), by(ALICE))
    assert shape(board) == ("in_progress",)
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("completed",)


def test_a_cancelled_epic_keeps_still_and_goes_on_where_it_was() -> None:
    board = workspace()
    open_epic(board, plan("Design", None), plan("Build", None), started=False)
    open_issue(board, FIRST, "Design")
    board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    board.handle(SetFact(subject=EPIC, key="status", value="Canceled"), by(ALICE))
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("cancelled", "in_progress", "pending")
    board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    assert shape(board) == ("completed", "approved", "approved")


@pytest.mark.parametrize(
    ("started", "wanted", "said"),
    [
        (
            False,
            "in_progress",
            'kept "draft"; write "ready" to start it; "in_progress" follows from its stages.',
        ),
        (False, "completed", 'kept "draft"; write "ready" to start it'),
        (True, "completed", 'kept "awaiting_gate"; write "cancelled" to stop it'),
        (True, "draft", 'kept "awaiting_gate"; write "cancelled" to stop it'),
    ],
)
def test_a_derived_status_is_not_written(started: bool, wanted: str, said: str) -> None:
    board = workspace()
    open_epic(board, plan("Design"), started=started)
    assert said in refusal(board, SetFact(subject=EPIC, key="status", value=wanted))


def test_starting_what_has_started_is_nothing() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    assert board.handle(SetFact(subject=EPIC, key="status", value="go"), by(ALICE)) == []


def test_agents_neither_start_epics_nor_plan_their_stages() -> None:
    board = workspace()
    open_epic(board, plan("Design"), started=False)
    assert "ask" in refusal(board, SetFact(subject=EPIC, key="status", value="ready"), ASH)
    assert "ask" in refusal(board, PlanStages(epic=EPIC, stages=(plan("Design", None),)), ASH)


def test_an_adopted_epic_that_says_it_is_under_way_starts_and_a_finished_one_stays_finished() -> None:
    board = workspace()
    stages = (Stage(plan=plan("Design", None)), Stage(plan=plan("Build")))
    without_gates = (Stage(plan=plan("Design", None)), Stage(plan=plan("Build", None)))
    written = Epic(id=EPIC, title="Old", created=NOON, status=EpicStatus.COMPLETED, stages=without_gates)
    board.handle(OpenEpic(epic=written), by(ALICE))
    assert shape(board) == ("completed", "approved", "approved")
    other = EntityId("e-2222")
    under_way = Epic(id=other, title="New", created=NOON, status=EpicStatus.IN_PROGRESS, stages=stages)
    board.handle(OpenEpic(epic=under_way), by(ALICE))
    assert shape(board, other) == ("awaiting_gate", "approved", "awaiting_gate")


def test_a_new_epic_is_not_completed_while_nobody_has_answered_its_gates() -> None:
    board = workspace()
    written = Epic(
        id=EPIC,
        title="Old",
        created=NOON,
        status=EpicStatus.COMPLETED,
        stages=(Stage(plan=plan("Design")),),
    )
    assert "nobody here has answered its gates" in refusal(board, OpenEpic(epic=written))


def test_deleting_an_epic_cancels_it_and_its_issues_stay() -> None:
    board = workspace()
    open_epic(board, plan("Design", None))
    open_issue(board, FIRST)
    board.handle(SetFact(subject=FIRST, key="epic", value=EPIC), by(ALICE))
    board.handle(RemoveEntity(subject=EPIC), by(ALICE))
    issue = board.issue(FIRST)
    assert issue is not None
    assert not issue.removed
    assert the_epic(board).removed
    assert "dispatchd restore" in refusal(board, SetFact(subject=EPIC, key="title", value="x"))


def test_a_new_epic_whose_gate_asks_nobody_keeps_that_gate_shut_and_says_so_until_it_is_mended() -> None:
    board = workspace()
    open_epic(board, plan("Design", approvers=("carol",)))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")
    problem = board.open_thread_about(f"approvers:{EPIC}")
    assert problem is not None
    assert 'nobody is called "carol"' in problem.turns[0].text
    board.handle(PlanStages(epic=EPIC, stages=(plan("Design", approvers=("alice",)),)), by(ALICE))
    assert board.open_thread_about(f"approvers:{EPIC}") is None
    board.handle(ApproveGate(epic=EPIC, stage="Design"), by(ALICE))
    assert shape(board) == ("completed", "approved")
