from typing import Any, Final

import pytest

from dispatchd.domain.actors import DAEMON, Channel
from dispatchd.domain.check_command import PassCheck
from dispatchd.domain.command import (
    AnswerThread,
    ApproveGate,
    AskGateAgain,
    ChooseDirection,
    Command,
    MoveIssue,
    RejectGate,
    SetFact,
    SkipGate,
)
from dispatchd.domain.epic import Criterion, GateKind, GateState
from dispatchd.domain.event import GateApproved, GateAwaited, GateSigned, ThreadOpened
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from tests.fakes.fake_board import ALICE, ASH, BOB, STRANGER, FakeBoard, by
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

FIRST: Final = EntityId("i-aaaa")
APPROVE: Final = ApproveGate(epic=EPIC, stage="Design")
REJECT: Final = RejectGate(epic=EPIC, stage="Design", reason="link dies too early")
SKIP: Final = SkipGate(epic=EPIC, stage="Design", reason="agreed by phone")


def asking(**written: Any) -> FakeBoard:
    """An epic whose first gate awaits an answer."""
    board = workspace()
    open_epic(board, plan("Design", **written), plan("Build", None))
    open_issue(board, EntityId("i-9999"), "Build")
    return board


def test_an_approval_opens_the_next_stage_and_is_recorded() -> None:
    board = asking()
    board.handle(ApproveGate(epic=EPIC, stage="design", reason="good"), by(BOB))
    assert shape(board) == ("in_progress", "approved", "in_progress")
    [decision] = board.decisions.values()
    assert decision.title == "Passwordless login: Design approved"
    assert decision.tally == ("Bob Roe approved: good",)
    assert decision.consequences == ("“Build” is next.",)


@pytest.mark.parametrize("command", [APPROVE, REJECT, SKIP], ids=["approve", "reject", "skip"])
def test_an_answer_given_twice_happens_once(command: Command) -> None:
    board = asking()
    assert board.handle(command, by(ALICE))
    assert board.handle(command, by(ALICE)) == []


@pytest.mark.parametrize("command", [APPROVE, REJECT, SKIP, AskGateAgain(epic=EPIC, stage="Design")])
def test_102_an_agent_answers_no_gate(command: Command) -> None:
    assert "not for an agent to decide" in refusal(asking(), command, ASH)


@pytest.mark.parametrize("command", [APPROVE, REJECT, SKIP])
def test_somebody_who_is_not_in_people_is_told_how_to_be(command: Command) -> None:
    said = refusal(asking(), command, STRANGER)
    assert said.startswith('write mallory = ["m@elsewhere.example"] under [people] in config.toml')


def test_rejecting_and_skipping_need_a_reason() -> None:
    assert refusal(asking(), RejectGate(epic=EPIC, stage="Design", reason=" ")) == (
        'write why on the same line, "Reject: …"; it needs a reason.'
    )
    assert "needs a reason" in refusal(asking(), SkipGate(epic=EPIC, stage="Design", reason=""))


def test_a_rejected_gate_asks_again_when_an_issue_has_been_finished_since() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    open_issue(board, FIRST, "Design", status=IssueStatus.DONE)
    board.handle(REJECT, by(ALICE))
    assert shape(board) == ("in_progress", "in_progress")
    assert the_epic(board).stages[0].gate.state is GateState.REJECTED
    second = EntityId("i-bbbb")
    open_issue(board, second, "Design")
    assert shape(board) == ("in_progress", "in_progress")
    board.handle(MoveIssue(issue=second, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")


def test_an_issue_reopened_after_the_rejection_and_finished_again_counts() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    open_issue(board, FIRST, "Design", status=IssueStatus.DONE)
    board.handle(REJECT, by(ALICE))
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.IN_PROGRESS, forced=True), by(ALICE))
    board.handle(MoveIssue(issue=FIRST, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")


def test_a_person_may_ask_again_after_a_rejection() -> None:
    board = asking()
    board.handle(REJECT, by(ALICE))
    assert "Ask again first" in refusal(board, APPROVE)
    happened = board.handle(AskGateAgain(epic=EPIC, stage="Design"), by(BOB))
    assert GateAwaited(epic=EPIC, stage="Design") in happened
    assert board.handle(AskGateAgain(epic=EPIC, stage="Design"), by(BOB)) == []
    board.handle(APPROVE, by(ALICE))
    assert shape(board)[0] == "in_progress"


def test_asking_again_about_something_approved_works_until_it_was_built_on() -> None:
    board = asking()
    board.handle(APPROVE, by(ALICE))
    board.handle(AskGateAgain(epic=EPIC, stage="Design"), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate", "pending")
    board.handle(APPROVE, by(ALICE))
    board.handle(MoveIssue(issue=EntityId("i-9999"), to=IssueStatus.DONE), by(ALICE))
    assert "has begun" in refusal(board, AskGateAgain(epic=EPIC, stage="Design"))


def test_all_named_approvers_must_and_any_of_them_may_reject() -> None:
    board = asking(approvers=("alice", "bob"))
    assert board.handle(APPROVE, by(ALICE)) == [GateSigned(epic=EPIC, stage="Design")]
    assert board.handle(APPROVE, by(ALICE)) == []
    assert shape(board)[1] == "awaiting_gate"
    happened = board.handle(APPROVE, by(BOB))
    assert GateApproved(epic=EPIC, stage="Design") in happened
    assert [each.by.handle for each in the_epic(board).stages[0].gate.approvals] == ["alice", "bob"]
    other = asking(approvers=("alice", "bob"))
    other.handle(REJECT, by(BOB))
    assert shape(other)[1] == "in_progress"


def test_approvers_are_found_in_any_letter_case() -> None:
    board = asking(approvers=("Alice", "BOB"))
    board.handle(APPROVE, by(ALICE))
    board.handle(APPROVE, by(BOB))
    assert shape(board)[1] == "approved"


def test_a_gate_that_names_somebody_is_nobody_elses() -> None:
    said = refusal(asking(approvers=("alice",)), APPROVE, BOB)
    assert said == '@alice can answer the gate of "Design"; it is not yours.'


def test_a_verb_in_a_commit_by_somebody_else_waits_in_a_thread_for_one_who_may() -> None:
    board = asking(approvers=("alice",))
    happened = board.handle(APPROVE, by(BOB, channel=Channel.COMMIT))
    [thread] = [event.thread for event in happened if isinstance(event, ThreadOpened)]
    assert thread.title == "Bob Roe wants to approve the gate of “Design” in Passwordless login"
    again = refusal(board, APPROVE, BOB, Channel.COMMIT)
    assert again == f"@alice can answer it; they are asked already, in {thread.id}."
    confirm = AnswerThread(thread=thread.id, option=thread.options[0])
    assert "@alice can answer" in refusal(board, confirm, BOB)
    board.handle(confirm, by(ALICE))
    assert shape(board)[1] == "approved"
    assert the_epic(board).stages[0].gate.approvals[0].by == ALICE


def test_leaving_it_leaves_it() -> None:
    board = asking()
    happened = board.handle(SKIP, by(STRANGER, channel=Channel.COMMIT))
    [thread] = [event.thread for event in happened if isinstance(event, ThreadOpened)]
    board.handle(AnswerThread(thread=thread.id, option="Leave it"), by(ALICE))
    assert shape(board)[1] == "awaiting_gate"


def test_a_decision_gate_takes_one_of_its_directions() -> None:
    board = asking(gate=GateKind.DECISION, options=("Blue-green", "Rolling"))
    assert refusal(board, APPROVE).startswith('choose "Blue-green" or "Rolling"')
    unknown = ChooseDirection(epic=EPIC, stage="Design", option="Big bang")
    assert refusal(board, unknown) == 'choose "Blue-green" or "Rolling"; "Big bang" is not offered.'
    board.handle(ChooseDirection(epic=EPIC, stage="Design", option="rolling"), by(ALICE))
    assert the_epic(board).stages[0].gate.choice == "Rolling"
    [decision] = board.decisions.values()
    assert (decision.outcome, decision.tally) == ("Rolling", ("Alice Doe chose Rolling",))


def test_several_who_choose_choose_the_same() -> None:
    board = asking(gate=GateKind.DECISION, options=("Blue-green", "Rolling"), approvers=("alice", "bob"))
    board.handle(ChooseDirection(epic=EPIC, stage="Design", option="Rolling"), by(ALICE))
    other = ChooseDirection(epic=EPIC, stage="Design", option="Blue-green")
    assert refusal(board, other, BOB).startswith('choose "Rolling", as @alice did')
    board.handle(ChooseDirection(epic=EPIC, stage="Design", option="Rolling"), by(BOB))
    assert shape(board)[1] == "approved"


def test_a_checkpoint_passes_by_itself_when_its_criteria_hold() -> None:
    board = workspace()
    criteria = (Criterion(all_issues_done=True), Criterion(command="test"))
    open_epic(board, plan("Design", GateKind.CHECKPOINT, criteria=criteria))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")
    check = PassCheck(epic=EPIC, stage="Design", command="test")
    assert "the daemon's" in refusal(board, check, ASH)
    assert "the daemon's" in refusal(board, check, ALICE)
    board.handle(check, by(DAEMON))
    assert shape(board) == ("completed", "approved")
    assert board.handle(check, by(DAEMON)) == []


def test_a_checkpoint_for_issues_alone_passes_when_the_last_is_finished() -> None:
    board = workspace()
    open_epic(
        board, plan("Design", GateKind.CHECKPOINT, criteria=(Criterion(all_issues_done=True),)), started=False
    )
    open_issue(board, FIRST, "Design")
    board.handle(SetFact(subject=EPIC, key="status", value="ready"), by(ALICE))
    happened = board.handle(MoveIssue(issue=FIRST, to=IssueStatus.DONE), by(ALICE))
    assert GateApproved(epic=EPIC, stage="Design", by_rule=True) in happened
    assert shape(board) == ("completed", "approved")


def test_a_checkpoint_without_criteria_waits_for_a_person() -> None:
    board = workspace()
    open_epic(board, plan("Design", GateKind.CHECKPOINT))
    assert shape(board) == ("awaiting_gate", "awaiting_gate")
    board.handle(APPROVE, by(ALICE))
    assert shape(board) == ("completed", "approved")


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("Design", 'finish or cancel i-aaaa first; then the gate of "Design" asks.'),
        ("Release", '"Design" comes first; "Release" has not opened.'),
        ("Build", 'write "Gate: approval: …" under "Build" to make one; it has no gate.'),
        ("Paint", 'the stages of e-3fq9 are "Design", "Build" and "Release"; "Paint" is none of them.'),
    ],
)
def test_a_gate_that_does_not_await_says_what_comes_first(stage: str, said: str) -> None:
    board = workspace()
    open_epic(board, plan("Design"), plan("Build", None), plan("Release"))
    open_issue(board, FIRST, "Design")
    assert refusal(board, ApproveGate(epic=EPIC, stage=stage)) == said


def test_the_gate_of_a_draft_says_how_to_start_it() -> None:
    board = workspace()
    open_epic(board, plan("Design"), started=False)
    assert refusal(board, APPROVE).startswith('write "status: ready" to start e-3fq9')


def test_a_person_finishes_nothing_behind_an_open_gate_except_by_force() -> None:
    board = asking()
    later = EntityId("i-9999")
    assert refusal(board, MoveIssue(issue=later, to=IssueStatus.DONE)) == (
        'kept "unassigned"; "done" comes after the gate of "Design" in e-3fq9, which is open. To force it: done!'
    )
    board.handle(MoveIssue(issue=later, to=IssueStatus.CANCELLED), by(ALICE))
    board.handle(MoveIssue(issue=later, to=IssueStatus.DONE, forced=True), by(ALICE))


def test_an_agent_begins_nothing_behind_an_open_gate() -> None:
    board = asking()
    later = EntityId("i-9999")
    board.handle(MoveIssue(issue=later, to=IssueStatus.QUEUED), by(ASH))
    said = refusal(board, MoveIssue(issue=later, to=IssueStatus.ASSIGNED), ASH)
    assert said == 'kept "queued"; "assigned" comes after "Build" of e-3fq9 has been opened.'


def test_107_with_approve_own_off_who_began_an_epic_leaves_its_gates_to_others() -> None:
    board = workspace(approve_own=False)
    open_epic(board, plan("Design"))
    assert refusal(board, APPROVE) == (
        "@bob can approve it; you began e-3fq9, and approve_own is off in config.toml."
    )
    board.handle(APPROVE, by(BOB))
    assert shape(board) == ("completed", "approved")
