from datetime import datetime, timedelta
from typing import Any, Final

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent_run import AgentRun, RunOutcome, run_id
from dispatchd.domain.board import Rules
from dispatchd.domain.command import CastVote, EndVoting, OverrideKind, OverrideProposal, SetFact
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import Choice
from dispatchd.domain.run_command import AskForVote, EndRun
from dispatchd.domain.steering_command import PauseWork
from dispatchd.domain.thread import ThreadStatus
from dispatchd.domain.vote_asking import Around, Ask, NotAsked, asks_of
from tests.fakes.fake_board import ALICE, ASH, BIRCH, NOON, PEOPLE, FakeBoard, by
from tests.fakes.fake_workspace import PROPOSAL, open_proposal, refusal, the_proposal, workspace

DEADLINE: Final = NOON + timedelta(hours=1)


def asked(*voters: str, **facts: Any) -> FakeBoard:
    board = workspace()
    open_proposal(board, *voters, **facts)
    return board


def now(board: FakeBoard, at: datetime = NOON, **busy: str) -> tuple[Ask | NotAsked, ...]:
    return asks_of(board, the_proposal(board), at, Around(busy=busy))


def begin(board: FakeBoard, seat: str, agent: str, **more: Any) -> AgentRun:
    number = run_id(PROPOSAL, len(board.runs) + 1)
    board.handle(AskForVote(proposal=PROPOSAL, run=number, seat=seat, agent=agent, **more), by(DAEMON))
    return board.runs[number]


def turn(
    board: FakeBoard, seat: str, agent: str, outcome: RunOutcome = RunOutcome.OK, **more: Any
) -> AgentRun:
    run = begin(board, seat, agent, **more)
    board.handle(EndRun(run=run.id, outcome=outcome, session="s"), by(DAEMON))
    return board.runs[run.id]


def vote(voter: str, choice: Choice = Choice.APPROVE, reason: str = "It is better.") -> CastVote:
    return CastVote(proposal=PROPOSAL, voter=voter, choice=choice, reason=reason)


def test_agents_are_asked_and_people_are_not() -> None:
    board = asked("coder", "birch", "@alice")
    assert now(board) == (
        Ask(proposal=PROPOSAL, seat="coder", agent="ash"),
        Ask(proposal=PROPOSAL, seat="birch", agent="birch"),
    )


def test_who_has_voted_is_not_asked_and_nobody_after_the_deadline() -> None:
    board = asked("coder", "birch", deadline=DEADLINE)
    board.handle(vote("birch"), by(BIRCH))
    assert [each.seat for each in now(board)] == ["coder"]
    assert now(board, DEADLINE) == ()


def test_an_agent_that_works_is_asked_later_and_for_a_role_another_now() -> None:
    board = asked("coder", "ash")
    of_role, named = now(board, ash="i-7k2m")
    assert of_role == Ask(proposal=PROPOSAL, seat="coder", agent="birch")
    assert named == NotAsked(proposal=PROPOSAL, seat="ash", why="ash works on i-7k2m")


def test_a_turn_without_a_vote_is_asked_for_once_more_in_the_same_session() -> None:
    board = asked("ash")
    turn(board, "ash", "ash")
    (again,) = now(board)
    assert again == Ask(proposal=PROPOSAL, seat="ash", agent="ash", session="s")
    turn(board, "ash", "ash", session="s")
    (over,) = now(board)
    assert over == NotAsked(
        proposal=PROPOSAL,
        seat="ash",
        why="ash was asked twice, and the turn ended without one",
        for_good=True,
    )


def test_for_a_role_the_next_of_it_is_asked_where_one_gives_no_vote() -> None:
    board = asked("coder")
    turn(board, "coder", "ash")
    turn(board, "coder", "ash")
    (next_one,) = now(board)
    assert isinstance(next_one, Ask)
    assert next_one.agent == "birch"


def test_what_broke_off_is_tried_again_after_a_while_and_not_for_ever() -> None:
    board = asked("ash")
    for attempt in (1, 2, 3):
        turn(board, "ash", "ash", RunOutcome.CRASHED, attempt=attempt)
        (found,) = now(board)
        if attempt < 3:
            assert isinstance(found, Ask)
            assert (found.attempt, found.not_before is not None) == (attempt + 1, True)
    assert isinstance(found, NotAsked)
    assert found.for_good


def test_for_a_role_that_nobody_holds_nobody_is_asked_and_nobody_waits() -> None:
    (found,) = now(asked("architect"))
    assert isinstance(found, NotAsked)
    assert (found.why, found.for_good) == ("no agent here fills it, so nobody waits for it", False)


def test_a_turn_that_a_person_stopped_is_not_begun_again() -> None:
    board = asked("ash")
    turn(board, "ash", "ash", RunOutcome.CANCELLED)
    (found,) = now(board)
    assert isinstance(found, NotAsked)
    assert found.for_good


def test_a_turn_for_a_vote_begins_once_and_only_for_who_may_vote() -> None:
    board = asked("coder", "@alice", deadline=DEADLINE)
    begin(board, "coder", "ash")
    again = AskForVote(proposal=PROPOSAL, run=run_id(PROPOSAL, 1), seat="coder", agent="ash")
    assert board.handle(again, by(DAEMON)) == []
    other = AskForVote(proposal=PROPOSAL, run=run_id(PROPOSAL, 2), seat="@alice", agent="ash")
    assert refusal(board, other, DAEMON) == "wait; ash does not vote for @alice."
    assert "is the daemon's" in refusal(board, other, ASH)
    assert now(board) == (NotAsked(proposal=PROPOSAL, seat="coder", why="ash is asked now (p-9xw4.1)"),)


def test_nobody_is_asked_while_work_is_paused() -> None:
    board = asked("ash")
    board.handle(PauseWork(reason="red"), by(ALICE))
    ask = AskForVote(proposal=PROPOSAL, run=run_id(PROPOSAL, 1), seat="ash", agent="ash")
    assert refusal(board, ask, DAEMON).startswith("wait; ")


def test_who_proposed_it_has_no_vote_where_nobody_approves_their_own() -> None:
    board = workspace(approve_own=False)
    open_proposal(board, "coder", "ash", actor=ASH)
    assert refusal(board, vote("coder"), ASH).startswith("leave it to the others; ash proposed p-9xw4")
    (of_role, _named) = now(board)
    assert of_role == Ask(proposal=PROPOSAL, seat="coder", agent="birch")
    board.handle(vote("coder"), by(BIRCH))
    assert the_proposal(board).status == "passed"


def test_with_the_setting_on_an_agent_votes_on_what_it_proposed() -> None:
    board = workspace(approve_own=True)
    open_proposal(board, "ash", actor=ASH)
    board.handle(vote("ash"), by(ASH))
    assert the_proposal(board).status == "passed"


def test_a_silent_voter_is_told_of_in_the_record_and_in_the_message() -> None:
    board = asked("ash", "birch", "@alice", deadline=DEADLINE)
    begin(board, "birch", "birch")
    turn(board, "ash", "ash")
    board.handle(vote("@alice"), by(ALICE))
    board.handle(EndVoting(proposal=PROPOSAL), by(DAEMON, DEADLINE))
    (decision,) = board.decisions.values()
    assert decision.tally == (
        "@alice: approve. It is better.",
        "ash: did not vote (ash was asked once, and the turn ended without one)",
        "birch: did not vote (birch was asked once, and it had not answered yet)",
    )
    told = [each for each in board.entities.values() if getattr(each, "cause", "").startswith("result:")]
    assert sorted(getattr(each, "to", "") for each in told) == ["ash", "birch"]
    assert "birch was asked once" in str(told)


def test_a_veto_after_the_vote_is_told_as_well_and_stops_what_was_decided() -> None:
    board = asked("ash")
    board.handle(vote("ash"), by(ASH))
    veto = OverrideProposal(proposal=PROPOSAL, how=OverrideKind.VETO, reason="too early")
    board.handle(veto, by(ALICE))
    told = [each for each in board.entities.values() if getattr(each, "cause", "").startswith("result:")]
    assert [getattr(each, "status", None) for each in told] == [ThreadStatus.OPEN, ThreadStatus.OPEN]
    assert "Alice Doe decided it over the vote: too early" in str(told[-1])


def test_the_same_events_make_the_same_turns() -> None:
    board = asked("coder", "birch")
    turn(board, "coder", "ash")
    begin(board, "birch", "birch")
    again = board.replayed()
    assert again.runs == board.runs
    assert now(again) == now(board)


def test_an_agent_whose_card_says_paused_is_not_asked() -> None:
    board = asked("ash")
    board.handle(SetFact(subject=EntityId("ash"), key="paused", value="true"), by(ALICE))
    assert now(board) == (NotAsked(proposal=PROPOSAL, seat="ash", why="ash is paused"),)


def test_a_person_is_barred_from_nothing_by_that_setting_but_forcing_it() -> None:
    board = FakeBoard(rules=Rules(people=PEOPLE, approve_own=False))
    open_proposal(board, "@alice")
    board.handle(vote("@alice"), by(ALICE))
    assert the_proposal(board).status == "passed"
