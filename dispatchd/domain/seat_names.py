"""Which seat a name under `voters:` means: a role, an agent, or a person as `@handle`; who fills it is `seats`'."""

from collections.abc import Iterable

from dispatchd.domain.board import Board
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import Role
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.wording import listed


def seat_called(board: Board, text: str) -> str | None:
    """The seat that *text* means; None where it is nobody's name."""
    name = text.strip().removeprefix("@").casefold()
    if name in set(Role) and not text.strip().startswith("@"):
        return name
    people = {handle.casefold(): handle for handle in board.rules.people}
    agents = {agent.name.casefold(): agent.name for agent in board.agents() if not agent.removed}
    if name in people:
        return f"@{people[name]}"
    if name in agents:
        return agents[name]
    return f"@{name}" if not people and text.strip().startswith("@") else None


def unknown_seats(board: Board, texts: Iterable[str]) -> tuple[str, ...]:
    """Those of *texts* that are nobody's name."""
    return tuple(text.strip() for text in texts if seat_called(board, text) is None)


def why_unknown(board: Board, unknown: Iterable[str]) -> str:
    """Who could vote here, and that *unknown* could not."""
    people = (f"@{each}" for each in board.rules.people)
    agents = sorted(agent.name for agent in board.agents() if not agent.removed)
    known = ", ".join((*Role, *agents, *people))
    quoted = (f'"{text}"' for text in unknown)
    return f"voters here: {known}; there is no {listed(quoted, 'and no')}."


def seats_named(board: Board, proposal: Proposal, texts: Iterable[str]) -> tuple[str, ...]:
    """The seats that *texts* mean, or one refusal with all that are none; a draft keeps those as they were written."""
    named = [text.strip() for text in texts]
    unknown = unknown_seats(board, named)
    if unknown and proposal.status is not ProposalStatus.DRAFT:
        raise Rejected(why_unknown(board, unknown), subject=proposal.id, key="voters")
    return tuple(dict.fromkeys(seat_called(board, text) or text for text in named))


def seats_to_begin_with(board: Board, proposal: Proposal) -> tuple[str, ...]:
    """The seats of a new proposal, as far as they are known; where it names none, everybody of `[people]` is asked."""
    named = dict.fromkeys(seat_called(board, text) or text.strip() for text in proposal.voters)
    return tuple(named) or tuple(f"@{handle}" for handle in board.rules.people)
