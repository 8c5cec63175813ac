"""A turn begins once, where the work may go on; it is stopped by people and ended by the daemon, once."""

from dataclasses import replace

import pytest

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome, WorkPhase
from dispatchd.domain.command import Command, MoveIssue, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.run_command import (
    BounceWork,
    EndRun,
    HoldWork,
    NoteBranch,
    NoteMerged,
    StartRun,
    StopRun,
    SubmitWork,
)
from dispatchd.domain.run_event import RunEnded, RunStarted, RunStopAsked
from dispatchd.domain.steering_command import PauseWork
from tests.fakes.fake_board import ALICE, ASH, BIRCH, NOON, STRANGER, FakeBoard, by

ISSUE = EntityId("i-7k2m")
RUN = RunId("i-7k2m.1")
START = StartRun(
    contained=True,
    issue=ISSUE,
    run=RUN,
    agent="ash",
    occasion=Occasion.BEGIN,
    branch="dispatchd/i-7k2m-x",
    base="b" * 40,
)
END = EndRun(run=RUN, outcome=RunOutcome.OK, session="s-1", commit="c" * 40)
SUBMIT = SubmitWork(issue=ISSUE, commit="c" * 40, summary="It works.")


@pytest.fixture
def board() -> FakeBoard:
    there = FakeBoard()
    issue = Issue(id=ISSUE, title="Login", created=NOON, status=IssueStatus.QUEUED)
    there.entities = {"ash": Agent(name="ash"), "birch": Agent(name="birch"), ISSUE: issue}
    return there


def issue_on(board: FakeBoard) -> Issue:
    found = board.issue(ISSUE)
    assert found is not None
    return found


def run_on(board: FakeBoard, run: RunId = RUN) -> AgentRun:
    found = board.run(run)
    assert found is not None
    return found


def refused(board: FakeBoard, command: Command, actor: object = DAEMON) -> str:
    with pytest.raises(Rejected) as caught:
        board.handle(command, by(actor))  # type: ignore[arg-type]
    return str(caught.value)


def test_a_turn_takes_the_issue_up(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    issue = issue_on(board)
    assert (issue.status, issue.assignee, issue.branch) == (
        IssueStatus.IN_PROGRESS,
        "ash",
        "dispatchd/i-7k2m-x",
    )
    assert run_on(board).is_live
    assert board.is_worked_on(ISSUE)


def test_nothing_speaks_of_a_branch_that_no_turn_has_left_yet(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(EndRun(run=RUN, outcome=RunOutcome.FAILED_TO_START, said="no such program"), by(DAEMON))
    board.handle(replace(START, run=RunId("i-7k2m.2"), agent="birch"), by(DAEMON))
    board.handle(replace(END, run=RunId("i-7k2m.2")), by(DAEMON))
    board.handle(replace(START, run=RunId("i-7k2m.3"), occasion=Occasion.GO_ON), by(DAEMON))
    made = board.work(ISSUE)
    assert made is not None
    assert [each.text for each in made.story if "branch" in each.text] == [
        "ash begins; its work goes to the branch `dispatchd/i-7k2m-x`",
        "birch begins; its work goes to the branch `dispatchd/i-7k2m-x`",
        "ash goes on with the branch `dispatchd/i-7k2m-x`",
    ]


def test_the_same_turn_begins_once(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    assert board.handle(START, by(DAEMON)) == []


@pytest.mark.parametrize("actor", [ALICE, ASH, STRANGER])
def test_only_the_daemon_starts_and_ends(board: FakeBoard, actor: object) -> None:
    assert "is the daemon's" in refused(board, START, actor)
    board.handle(START, by(DAEMON))
    assert "is the daemon's" in refused(board, END, actor)


def test_nothing_starts_while_the_brake_is_on(board: FakeBoard) -> None:
    board.handle(PauseWork(), by(ALICE))
    assert "has paused all work" in refused(board, START)


def test_nothing_starts_for_a_paused_agent_or_held_work(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(END, by(DAEMON))
    board.handle(HoldWork(issue=ISSUE, held=True), by(ALICE))
    again = replace(START, run=RunId("i-7k2m.2"), occasion=Occasion.GO_ON)
    assert "is held" in refused(board, again)
    board.handle(HoldWork(issue=ISSUE, held=False), by(ALICE))
    board.handle(SetFact(subject=EntityId("ash"), key="paused", value="true"), by(ALICE))
    assert "ash is paused" in refused(board, again)


def test_a_turn_ends_once_and_keeps_what_it_was(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    assert [type(each) for each in board.handle(END, by(DAEMON))] == [RunEnded]
    assert board.handle(replace(END, outcome=RunOutcome.CRASHED), by(DAEMON)) == []
    run = run_on(board)
    assert (run.outcome, run.session, run.commit) == (RunOutcome.OK, "s-1", "c" * 40)
    assert not board.is_worked_on(ISSUE)


def test_whoever_stops_a_turn_says_how_it_ended(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(StopRun(issue=ISSUE), by(ALICE))
    assert board.handle(StopRun(issue=ISSUE), by(ALICE)) == []
    board.handle(replace(END, outcome=RunOutcome.CRASHED), by(DAEMON))
    assert run_on(board).outcome is RunOutcome.CANCELLED


def test_a_kill_comes_after_a_stop(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(StopRun(issue=ISSUE), by(ALICE))
    (asked,) = board.handle(StopRun(issue=ISSUE, at_once=True), by(ALICE))
    assert isinstance(asked, RunStopAsked)
    assert asked.at_once
    assert board.handle(StopRun(issue=ISSUE, at_once=True), by(ALICE)) == []


@pytest.mark.parametrize("actor", [ASH, BIRCH, STRANGER])
def test_agents_and_strangers_stop_nobody(board: FakeBoard, actor: object) -> None:
    board.handle(START, by(DAEMON))
    refused(board, StopRun(issue=ISSUE), actor)
    refused(board, HoldWork(issue=ISSUE, held=True), actor)


def test_cancelling_the_issue_stops_its_turn(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(MoveIssue(issue=ISSUE, to=IssueStatus.CANCELLED), by(ALICE))
    assert issue_on(board).status is IssueStatus.CANCELLED
    assert run_on(board).stopping is RunOutcome.CANCELLED


def test_another_assignee_stops_the_turn_and_an_agent_may_not_take_it(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    refused(board, SetFact(subject=ISSUE, key="assignee", value="birch"), BIRCH)
    board.handle(SetFact(subject=ISSUE, key="assignee", value="birch"), by(ALICE))
    assert issue_on(board).assignee == "birch"
    assert run_on(board).stopping is RunOutcome.CANCELLED


def test_work_goes_from_submitted_to_merged(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    assert issue_on(board).status is IssueStatus.AWAITING_REVIEW
    board.handle(END, by(DAEMON))
    merged = NoteMerged(issue=ISSUE, commit="c" * 40, merge="d" * 40, into="dispatchd/integration")
    board.handle(merged, by(DAEMON))
    assert issue_on(board).status is IssueStatus.DONE
    assert board.handle(merged, by(DAEMON)) == []
    work = board.work(ISSUE)
    assert work is not None
    assert work.phase is WorkPhase.MERGED
    assert [each.text.split()[0] for each in work.story] == ["ash", "ash", "merged"]


def test_only_whose_work_it_is_submits_it(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    assert "ash can submit it" in refused(board, SUBMIT, BIRCH)
    assert "ash can submit it" in refused(board, SUBMIT, DAEMON)


def test_nothing_new_is_not_submitted(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    assert "nothing that its base has not" in refused(board, replace(SUBMIT, commit="b" * 40), ASH)


def test_work_that_came_back_is_in_progress_again(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    board.handle(END, by(DAEMON))
    bounce = BounceWork(issue=ISSUE, why="tests are red", findings="…", most=3)
    board.handle(bounce, by(DAEMON))
    assert issue_on(board).status is IssueStatus.IN_PROGRESS
    assert board.handle(bounce, by(DAEMON)) == []
    work = board.work(ISSUE)
    assert work is not None
    assert (work.phase, work.bounces) == (WorkPhase.BOUNCED, 1)


def test_no_agent_and_no_person_merges(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    merged = NoteMerged(issue=ISSUE, commit="c" * 40, merge="d" * 40, into="main")
    for actor in (ALICE, ASH):
        assert "is the daemon's" in refused(board, merged, actor)


def test_what_was_merged_is_what_was_submitted(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    other = NoteMerged(issue=ISSUE, commit="e" * 40, merge="d" * 40, into="main")
    assert "has changed since" in refused(board, other)


def test_what_people_made_of_a_branch_counts_from_where_it_was_and_by_the_daemons_look_alone(
    board: FakeBoard,
) -> None:
    board.beginning = dict(board.entities)
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    changed = NoteBranch(issue=ISSUE, told="it was changed", was=SUBMIT.commit, commit="e" * 40)
    for actor in (ALICE, ASH):
        assert "is the daemon's" in refused(board, changed, actor)
    assert "has changed since" in refused(board, replace(changed, was="f" * 40))
    board.handle(changed, by(DAEMON))
    assert board.handle(changed, by(DAEMON)) == []
    board.handle(NoteBranch(issue=ISSUE, told="it was deleted"), by(DAEMON))
    work = board.work(ISSUE)
    assert work is not None
    assert (work.commit, [each.text for each in work.story][-2:]) == (
        "e" * 40,
        ["it was changed", "it was deleted"],
    )
    assert board.replayed().works == board.works


def test_the_log_makes_the_same_again(board: FakeBoard) -> None:
    board.beginning = dict(board.entities)
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    board.handle(END, by(DAEMON))
    board.handle(BounceWork(issue=ISSUE, why="red", findings="…", most=3), by(DAEMON))
    again = board.replayed()
    assert again.runs == board.runs
    assert again.works == board.works
    assert again.entities == board.entities
    assert any(isinstance(event, RunStarted) for event, _ in board.log)


def test_a_turn_that_broke_off_begins_again_for_the_reason_it_began(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(replace(END, outcome=RunOutcome.INTERRUPTED), by(DAEMON))
    again = replace(START, run=RunId("i-7k2m.2"), attempt=2)
    assert any(isinstance(event, RunStarted) for event in board.handle(again, by(DAEMON)))
    assert run_on(board, RunId("i-7k2m.2")).is_live


def test_a_turn_that_leaves_its_branch_as_it_began_leaves_nothing_on_it(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    board.handle(replace(END, commit="b" * 40, outcome=RunOutcome.FAILED_TO_START), by(DAEMON))
    work = board.work(ISSUE)
    assert work is not None
    assert not work.has_branch


def test_who_holds_what_nobody_has_begun_is_told_what_to_do_instead(board: FakeBoard) -> None:
    hold = HoldWork(issue=ISSUE, held=True)
    assert refused(board, hold, ALICE).startswith("put it back instead (status: unassigned)")
    board.handle(MoveIssue(issue=ISSUE, to=IssueStatus.UNASSIGNED), by(ALICE))
    assert refused(board, hold, ALICE).startswith("queue it first")


@pytest.mark.parametrize(("most", "told"), [(1, "came back (1 of 1): red"), (0, "came back (once): red")])
def test_work_that_came_back_more_often_than_people_are_asked_has_no_bound(
    board: FakeBoard, most: int, told: str
) -> None:
    board.handle(START, by(DAEMON))
    board.handle(SUBMIT, by(ASH))
    board.handle(BounceWork(issue=ISSUE, why="red", findings="…", most=most), by(DAEMON))
    work = board.work(ISSUE)
    assert work is not None
    assert work.story[-1].text == told
