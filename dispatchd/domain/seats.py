"""Who may fill a seat of a proposal: agents for themselves or the role they hold, people for themselves alone.

Where `approve_own` is off, an agent has no vote on what it proposed itself, in whatever turn it says so.
"""

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Board
from dispatchd.domain.issue import Role
from dispatchd.domain.proposal import Proposal


def fills(board: Board, seat: str, actor: Actor) -> bool:
    """Whether *seat* is one that *actor* fills, whatever the proposal."""
    if actor.kind is ActorKind.HUMAN:
        return seat.casefold() == f"@{actor.handle}".casefold()
    agent = board.agent(actor.handle) if actor.kind is ActorKind.AGENT else None
    return agent is not None and _holds(seat, agent)


def holders(board: Board, proposal: Proposal, seat: str) -> tuple[Agent, ...]:
    """The agents that may vote for *seat*, by name; none for a person's."""
    able = (
        each for each in board.agents() if _holds(seat, each) and not is_barred(board, proposal, each.name)
    )
    return tuple(sorted(able, key=lambda each: each.name))


def is_barred(board: Board, proposal: Proposal, agent: str) -> bool:
    """Whether *agent* proposed it and the settings let nobody approve their own."""
    by = proposal.proposer
    return not board.rules.approve_own and by.kind is ActorKind.AGENT and by.handle == agent


def is_filled_by_nobody(board: Board, proposal: Proposal, seat: str) -> bool:
    """Whether no vote of *seat* can be waited for: a role that no agent holds, or the seat of a barred proposer."""
    if seat in set(Role):
        return not holders(board, proposal, seat)
    return not seat.startswith("@") and is_barred(board, proposal, seat)


def _holds(seat: str, agent: Agent) -> bool:
    if agent.removed or seat.startswith("@"):
        return False
    return seat == agent.role if seat in set(Role) else seat.casefold() == agent.name.casefold()
