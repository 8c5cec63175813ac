"""Whatever agents, people and the clock do in whatever order: who is asked, what is done and what is told stays in bounds."""

from datetime import timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatchd.domain.actors import DAEMON, ActorKind
from dispatchd.domain.agent_run import RunOutcome, run_id
from dispatchd.domain.command import CastVote, Command, EndVoting, NoteDeed, OverrideKind, OverrideProposal
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import ActionCarriedOut, VoteCast
from dispatchd.domain.proposal import Choice, CreateIssue, ProposalStatus, Threshold
from dispatchd.domain.run_command import AskForVote, EndRun
from dispatchd.domain.vote_asking import Around, Ask, asks_of, turns_about
from tests.fakes.fake_board import ALICE, ASH, BIRCH, NOON, FakeBoard, by
from tests.fakes.fake_workspace import PROPOSAL, open_proposal, the_proposal, workspace

SEATS: Final = ("coder", "ash", "birch", "security", "@alice", "@bob")
ACTIONS: Final = tuple(CreateIssue(title=f"Number {each}") for each in range(3))
DEADLINE: Final = NOON + timedelta(hours=1)
MOST_TURNS_OF_A_SEAT: Final = 2 * 6
"""Of two coders each ends a turn well twice at most, and breaks off twice before that and three times at the end. What
an account's limit or the brake ends counts for nothing."""
SPEAKERS: Final = {"ash": ASH, "birch": BIRCH, "alice": ALICE}
CHOICES: Final = st.sampled_from((Choice.APPROVE, Choice.APPROVE, *Choice))
ACTS: Final = st.one_of(
    st.tuples(st.just("ask"), st.integers(0, 5)),
    st.tuples(st.just("end"), st.integers(0, 5), st.sampled_from(RunOutcome)),
    st.tuples(st.just("vote"), st.sampled_from(sorted(SPEAKERS)), st.integers(0, 3), CHOICES),
    st.tuples(st.just("vote"), st.sampled_from(sorted(SPEAKERS)), st.integers(0, 3), CHOICES),
    st.tuples(st.just("override"), st.sampled_from(sorted(SPEAKERS)), st.sampled_from(OverrideKind)),
    st.tuples(st.just("do"), st.integers(1, 4)),
    st.tuples(st.just("late")),
)


class Play:
    """One proposal, and acts upon it; what the rules refuse changes nothing."""

    def __init__(self, voters: list[str], threshold: Threshold, *, ends: bool, approve_own: bool) -> None:
        self.board, self.at = workspace(approve_own=approve_own), NOON
        deadline = DEADLINE if ends else None
        facts = {"deadline": deadline, "threshold": threshold, "actions": ACTIONS}
        open_proposal(self.board, *voters, actor=ASH, **facts)

    def act(self, act: tuple[object, ...]) -> None:
        match act:
            case ("ask", int(place)):
                found = asks_of(self.board, the_proposal(self.board), self.at, Around())
                asks = [each for each in found if isinstance(each, Ask)]
                if asks:
                    self.ask(asks[place % len(asks)])
            case ("end", int(place), RunOutcome() as outcome):
                live = [run for run in self.board.runs.values() if run.is_live]
                if live:
                    self.handle(EndRun(run=live[place % len(live)].id, outcome=outcome))
            case ("vote", str(who), int(place), Choice() as choice):
                voters = the_proposal(self.board).voters
                seat = voters[place % len(voters)]
                self.handle(CastVote(proposal=PROPOSAL, voter=seat, choice=choice, reason="so"), who)
            case ("override", str(who), OverrideKind() as how):
                self.handle(OverrideProposal(proposal=PROPOSAL, how=how, reason="so"), who)
            case ("do", int(number)):
                self.handle(NoteDeed(proposal=PROPOSAL, number=number, did=f"number {number}"))
            case _:
                self.at = DEADLINE
                self.handle(EndVoting(proposal=PROPOSAL))

    def ask(self, ask: Ask) -> None:
        number = run_id(PROPOSAL, len(self.board.runs) + 1)
        start = AskForVote(proposal=PROPOSAL, run=number, seat=ask.seat, agent=ask.agent, attempt=ask.attempt)
        before = len(self.board.runs)
        self.handle(start)
        assert len(self.board.runs) == before + 1, "what was to be asked was refused"

    def handle(self, command: Command, who: str = "") -> None:
        try:
            self.board.handle(command, by(SPEAKERS.get(who, DAEMON), self.at))
        except Rejected:
            return


def check(board: FakeBoard) -> None:
    proposal, turns = the_proposal(board), turns_about(board, PROPOSAL)
    assert len(turns) == len(board.runs)
    for seat in proposal.voters:
        mine = [run for run in turns if run.seat == seat]
        assert sum(run.is_live for run in mine) <= 1
        counted = [
            run for run in mine if run.outcome not in {RunOutcome.RATE_LIMITED, RunOutcome.INTERRUPTED}
        ]
        assert len(counted) <= MOST_TURNS_OF_A_SEAT
        assert not (mine and seat.startswith("@"))
    done = [event.number for event, _ in board.log if isinstance(event, ActionCarriedOut)]
    assert done == list(range(1, len(done) + 1)), "an action was done twice, or out of turn"
    assert len(proposal.deeds) == len(done) <= len(ACTIONS)
    for event, circumstance in board.log:
        if isinstance(event, VoteCast):
            assert event.voter.startswith("@") is (circumstance.actor.kind is ActorKind.HUMAN)
            own = circumstance.actor.handle == "ash" and not board.rules.approve_own
            assert not own, "the author has voted on its own"
    again = board.replayed()
    assert (again.entities, again.runs, again.decisions) == (board.entities, board.runs, board.decisions)


@settings(max_examples=200, deadline=None)
@given(
    voters=st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True),
    threshold=st.sampled_from(Threshold),
    ends=st.booleans(),
    approve_own=st.booleans(),
    acts=st.lists(ACTS, min_size=4, max_size=25),
)
def test_votes_are_asked_for_within_bounds_and_what_passes_is_done_once(
    voters: list[str],
    threshold: Threshold,
    ends: bool,
    approve_own: bool,
    acts: list[tuple[object, ...]],
) -> None:
    play = Play(voters, threshold, ends=ends, approve_own=approve_own)
    for act in acts:
        vetoed = the_proposal(play.board).status is ProposalStatus.VETOED
        deeds = the_proposal(play.board).deeds
        play.act(act)
        assert not (vetoed and the_proposal(play.board).deeds != deeds), "done after its veto"
    check(play.board)
    play.act(("late",))
    if ends:
        assert the_proposal(play.board).status is not ProposalStatus.OPEN, "a deadline ended nothing"
    for _ in range(len(ACTIONS) + 1):
        play.act(("do", len(the_proposal(play.board).deeds) + 1))
    check(play.board)
