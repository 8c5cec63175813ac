"""Who is told what came of a vote: agents of the electorate by a message, people of what could not be done."""

from collections.abc import Callable, Iterable

from dispatchd.domain.action_rules import action_in_words
from dispatchd.domain.actors import DAEMON, ActorKind
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.decision_records import tally_of, who
from dispatchd.domain.event import (
    ActionCarriedOut,
    Event,
    ProposalClosed,
    ProposalMoved,
    ProposalOverridden,
    ThreadDismissed,
    ThreadOpened,
)
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.seats import holders
from dispatchd.domain.thread import Thread, ThreadKind, Turn
from dispatchd.domain.vote_asking import turns_about
from dispatchd.domain.wording import in_words

Draw = Callable[[EntityKind], EntityId]
RESULT = "result:"


def silent_cause(proposal: EntityId) -> str:
    """What makes the thread unique that says who of a proposal's voters gives no vote."""
    return f"silent:{proposal}"


def leave_cause(proposal: EntityId, number: int) -> str:
    """What makes the thread unique that asks a person whether the action *number* is to be done."""
    return f"deed:{proposal}:{number}"


def results_told(board: Board, event: Event, circumstance: Circumstance, draw: Draw) -> Iterable[Event]:
    """The messages that follow from *event*; and nobody is asked any more about a vote that is over."""
    match event:
        case ProposalClosed(proposal=proposal_id) | ProposalOverridden(proposal=proposal_id):
            proposal = board.proposal(proposal_id)
            if proposal is not None:
                yield from _over(board, proposal)
                for agent in told_agents(board, proposal):
                    yield _message(board, proposal, agent, circumstance, draw)
        case ProposalMoved(proposal=proposal_id, after=ProposalStatus.WITHDRAWN):
            proposal = board.proposal(proposal_id)
            if proposal is not None:
                yield from _over(board, proposal)
        case ActionCarriedOut(failed=True):
            proposal = board.proposal(event.proposal)
            if proposal is not None:
                yield _not_done(proposal, event, circumstance, draw)
        case _:
            return


def _over(board: Board, proposal: Proposal) -> Iterable[Event]:
    for cause in (silent_cause(proposal.id), leave_cause(proposal.id, len(proposal.deeds) + 1)):
        asked = board.open_thread_about(cause)
        if asked is not None:
            yield ThreadDismissed(thread=asked.id)


def told_agents(board: Board, proposal: Proposal) -> tuple[str, ...]:
    """The agents of the electorate: who voted or was asked, who is named, else who holds the role; and who proposed it."""
    turns = turns_about(board, proposal.id)
    found: list[str] = []
    for seat in proposal.voters:
        spoke = [run.agent for run in turns if run.seat == seat]
        spoke += [vote.signature.by.handle for vote in proposal.votes if vote.voter == seat]
        known = [name for name in spoke if not seat.startswith("@")]
        found += known or [agent.name for agent in holders(board, proposal, seat)]
    if proposal.proposer.kind is ActorKind.AGENT:
        found.append(proposal.proposer.handle)
    return tuple(
        name for name in dict.fromkeys(found) if (card := board.agent(name)) is not None and not card.removed
    )


def _message(
    board: Board, proposal: Proposal, agent: str, circumstance: Circumstance, draw: Draw
) -> ThreadOpened:
    outcome = in_words(proposal.status)
    override = proposal.override
    lines = [f"{proposal.id} ({proposal.title}) is over: **{outcome}**.", ""]
    lines += [f"- {line}" for line in tally_of(board, proposal)]
    if override is not None:
        lines += ["", f"{who(override.by)} decided it over the vote: {override.reason}"]
    if proposal.status is ProposalStatus.PASSED and proposal.actions:
        lines += ["", "What follows:", "", *(f"- {action_in_words(each)}" for each in proposal.actions)]
    at = circumstance.at
    thread = Thread(
        id=draw(EntityKind.THREAD),
        title=f"{proposal.title}: {outcome}",
        created=at,
        kind=ThreadKind.MESSAGE,
        sender=DAEMON.handle,
        to=agent,
        subject=proposal.id,
        cause=f"{RESULT}{proposal.id}:{proposal.status}:{agent}",
        accepts_text=False,
        turns=(Turn(by=DAEMON, at=at, text="\n".join(lines)),),
    )
    return ThreadOpened(thread=thread)


def _not_done(
    proposal: Proposal, event: ActionCarriedOut, circumstance: Circumstance, draw: Draw
) -> ThreadOpened:
    action = action_in_words(proposal.actions[event.number - 1])
    text = (
        f"{proposal.id} ({proposal.title}) passed, and decided to {action}. That was not done: {event.did}.\n\n"
        "It is not tried again. If it is still wanted, do it yourself, or open a new proposal."
    )
    thread = Thread(
        id=draw(EntityKind.THREAD),
        title=f"{proposal.title}: something that was decided was not done",
        created=circumstance.at,
        kind=ThreadKind.NOTICE,
        sender=DAEMON.handle,
        subject=proposal.id,
        cause=f"undone:{proposal.id}:{event.number}",
        accepts_text=False,
        turns=(Turn(by=DAEMON, at=circumstance.at, text=text),),
    )
    return ThreadOpened(thread=thread)
