"""Which agents are to be asked for their votes now, in a turn of its own for each, and why others are not.

A seat that names an agent is that agent's; for a role one of those who hold it is asked, and another where it gives no
vote. The answer follows from what has happened alone. Who may fill a seat stands in `seats`; how many turns run at once
is left to those who start them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from datetime import datetime

from dispatchd.domain.account_limit import limit_ends
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, run_id
from dispatchd.domain.authority import require_daemon
from dispatchd.domain.board import Board
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import MOST_ATTEMPTS, MOST_IDLE, back_off
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.lookups import standing_agent, standing_proposal
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus, Vote
from dispatchd.domain.run_command import AskForVote
from dispatchd.domain.run_event import RunStarted
from dispatchd.domain.seats import holders
from dispatchd.domain.wording import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A turn that may begin: *agent* is asked for the vote of *seat*. `not_before`: where a back-off has to pass first."""

    proposal: EntityId
    seat: str
    agent: str
    attempt: int = 1
    session: str | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """No turn for *seat* now, and why, as a clause. `for_good`: it was asked as often as it is, and gave no vote."""

    proposal: EntityId
    seat: str
    why: str
    for_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What else counts: who works on what, who cannot answer in a turn, when the text changed for seats that wanted to
    know more before, and when a person said of an engine's account that it is to be tried before its limit is over.
    """

    busy: Mapping[str, str] = field(default_factory=dict)
    mute: Collection[str] = ()
    more: Mapping[str, datetime] = field(default_factory=dict)
    lifted: Mapping[str, datetime] = field(default_factory=dict)


def takes_votes(proposal: Proposal, at: datetime) -> bool:
    """Whether a vote cast at *at* would be taken."""
    in_time = proposal.deadline is None or at < proposal.deadline
    return proposal.status is ProposalStatus.OPEN and not proposal.removed and in_time


def turns_about(board: Board, proposal: EntityId) -> tuple[AgentRun, ...]:
    """Every turn in which somebody was asked for a vote on *proposal*, oldest first."""
    return tuple(_turns(board, proposal))


def _turns(board: Board, proposal: EntityId) -> Iterator[AgentRun]:
    number = 1
    while (run := board.run(run_id(proposal, number))) is not None:
        yield run
        number += 1


def asks_of(board: Board, proposal: Proposal, at: datetime, around: Around) -> tuple[Ask | NotAsked, ...]:
    """For each seat of an agent or a role that has not voted, or has been told more: the turn to begin, or why none."""
    if not takes_votes(proposal, at):
        return ()
    turns = turns_about(board, proposal.id)
    voted = {vote.voter for vote in proposal.votes if not _wants_more(proposal, vote.voter, around)}
    waiting = [each for each in proposal.voters if not each.startswith("@") and each not in voted]
    return tuple(_ask(board, proposal, seat, turns, around) for seat in waiting)


def _wants_more(proposal: Proposal, seat: str, around: Around) -> bool:
    """Whether the standing vote of *seat* asks for what the text has been changed for since."""
    vote = standing_vote(proposal, seat)
    changed = around.more.get(seat)
    return vote is not None and vote.choice is Choice.MORE_INFO and changed is not None


def standing_vote(proposal: Proposal, seat: str) -> Vote | None:
    """The vote of *seat*, if it has one."""
    return next((vote for vote in proposal.votes if vote.voter == seat), None)


def _ask(
    board: Board, proposal: Proposal, seat: str, turns: tuple[AgentRun, ...], around: Around
) -> Ask | NotAsked:
    mine = [run for run in turns if run.seat == seat]
    live = next((run for run in mine if run.is_live), None)
    if live is not None:
        return NotAsked(proposal=proposal.id, seat=seat, why=f"{live.agent} is asked now ({live.id})")
    waits = ""
    since = around.more.get(seat)
    for agent in _in_turn(board, proposal, seat, mine):
        earlier = [run for run in mine if run.agent == agent.name]
        theirs = [run for run in earlier if since is None or run.started >= since]
        if _is_given_up(theirs):
            continue
        if agent.name in around.mute:
            waits = waits or f"{agent.name} has no way to answer in a turn; it can be told to vote"
        elif agent.paused:
            waits = waits or f"{agent.name} is paused"
        elif agent.name in around.busy:
            waits = waits or f"{agent.name} works on {around.busy[agent.name]}"
        else:
            ask = _turn(proposal, seat, agent.name, theirs, around)
            return replace(ask, session=earlier[-1].session) if earlier else ask
    if waits:
        return NotAsked(proposal=proposal.id, seat=seat, why=waits)
    if not mine:
        return NotAsked(proposal=proposal.id, seat=seat, why="no agent here fills it, so nobody waits for it")
    return NotAsked(proposal=proposal.id, seat=seat, why=silence(mine), for_good=True)


def _in_turn(board: Board, proposal: Proposal, seat: str, turns: list[AgentRun]) -> list[Agent]:
    """Who may be asked for *seat*, one after the other: who was asked already first, and alone who has voted."""
    vote = standing_vote(proposal, seat)
    by = vote.signature.by.handle if vote is not None else None
    asked = {run.agent for run in turns}
    able = (each for each in holders(board, proposal, seat) if by is None or each.name == by)
    return sorted(able, key=lambda each: (each.name not in asked, each.name))


def _is_given_up(turns: list[AgentRun]) -> bool:
    """Whether an agent that had these turns is not asked again: it ended them well without a vote, or cannot."""
    if not turns:
        return False
    last = turns[-1]
    if last.outcome is RunOutcome.OK:
        return sum(run.outcome is RunOutcome.OK for run in turns) >= MOST_IDLE
    if last.outcome is None or not last.outcome.may_be_tried_again:
        return True
    return last.outcome.uses_an_attempt and last.attempt >= MOST_ATTEMPTS


def _turn(proposal: Proposal, seat: str, agent: str, before: list[AgentRun], around: Around) -> Ask:
    last = before[-1] if before else None
    ask = Ask(proposal=proposal.id, seat=seat, agent=agent)
    if last is None or last.outcome is None:
        return ask
    ended = last.ended or last.started
    attempt, not_before = 1, None
    if last.outcome.uses_an_attempt:
        attempt, not_before = last.attempt + 1, ended + back_off(last)
    elif last.outcome is RunOutcome.RATE_LIMITED:
        lifted = around.lifted.get(last.engine)
        attempt, not_before = last.attempt, limit_ends(last) if lifted is None or lifted < ended else None
    return replace(ask, attempt=attempt, not_before=not_before)


def silence(turns: list[AgentRun]) -> str:
    """How a seat that was asked in *turns* comes to have no vote, as a clause."""
    last = turns[-1]
    if last.outcome is None:
        how = "it had not answered yet"
    elif last.outcome is RunOutcome.OK:
        how = "the turn ended without one"
    else:
        how = f"the turn ended, {in_words(last.outcome)}"
    often = {1: "once", 2: "twice"}.get(len(turns), f"{len(turns)} times")
    return f"{last.agent} was asked {often}, and {how}"


def why_no_vote(board: Board, proposal: Proposal, seat: str) -> str:
    """Why a seat of an agent or a role has not voted, for whoever reads the result; empty for a person's."""
    if seat.startswith("@"):
        return ""
    mine = [run for run in turns_about(board, proposal.id) if run.seat == seat]
    if mine:
        return silence(mine)
    return "nobody could be asked" if not holders(board, proposal, seat) else "no turn for it had begun"


def decide_asking(board: Board, command: AskForVote, circumstance: Circumstance) -> tuple[Event, ...]:
    """Begin a turn for a vote, once for each run's id, while the vote is open and its seat has not voted."""
    require_daemon(circumstance.actor, "asking an agent for its vote", subject=command.proposal)
    if board.run(command.run) is not None:
        return ()
    proposal = standing_proposal(board, command.proposal)
    agent = standing_agent(board, command.agent)
    why = _why_not(board, proposal, command, circumstance.at)
    if why:
        raise Rejected(f"wait; {why}.", subject=proposal.id)
    run = AgentRun(
        id=command.run,
        issue=proposal.id,
        agent=agent.name,
        engine=agent.engine,
        occasion=Occasion.VOTE,
        attempt=command.attempt,
        started=circumstance.at,
        contained=command.contained,
        session=command.session,
        seat=command.seat,
    )
    return (RunStarted(run=run),)


def _why_not(board: Board, proposal: Proposal, command: AskForVote, at: datetime) -> str:
    standing = why_nothing_starts(board)
    if standing:
        return standing
    if not takes_votes(proposal, at):
        return f"the vote on {proposal.id} is over"
    able = {each.name: each for each in holders(board, proposal, command.seat)}
    if command.seat not in proposal.voters or command.agent not in able:
        return f"{command.agent} does not vote for {command.seat}"
    if able[command.agent].paused:
        return f"{command.agent} is paused"
    vote = standing_vote(proposal, command.seat)
    if vote is not None and vote.choice is not Choice.MORE_INFO:
        return f"{command.seat} has voted"
    return ""
