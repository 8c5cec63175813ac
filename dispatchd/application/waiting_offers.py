"""Which boxes an item of WAITING.md offers, or once offered: read from what it is about, whatever its state is now."""

from collections.abc import Sequence

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.boxes import fold
from dispatchd.documents.offered import BRAKE_ID, PAUSE_BOX, RESUME_BOX, SEEN, SEND, VOTE_LABELS, gate_labels
from dispatchd.documents.waiting_reading import Offered
from dispatchd.domain.board import Entity
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.identifiers import parse_id
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread


def offers_in(work: UnitOfWork) -> Offered:
    """The labels by ids and qualifier, as *work* knows them."""

    def offered(ids: Sequence[str], qualifier: str) -> tuple[str, ...]:
        if is_brake(ids):
            return (RESUME_BOX, PAUSE_BOX)
        match known_entity(work, ids[0]):
            case Thread(options=options):
                return tuple(dict.fromkeys((*options, SEND, SEEN)))
            case Epic() as epic:
                stage = stage_called(epic, qualifier)
                gate = stage.plan.gate if stage else None
                return gate_labels(gate.kind, gate.options) if gate else ()
            case Proposal():
                return VOTE_LABELS
            case _:
                return ()

    return offered


def is_brake(ids: Sequence[str]) -> bool:
    """Whether an item is about the brake."""
    return tuple(ids) == (BRAKE_ID,)


def known_entity(work: UnitOfWork, written: str) -> Entity | Decision | None:
    """What an id on the page means, if it ever was anything."""
    found = parse_id(written)
    return work.entity(found) if found is not None else None


def stage_called(epic: Epic, written: str) -> Stage | None:
    """The stage of *epic* that a heading of the page names."""
    return next((stage for stage in epic.stages if fold(stage.name) == fold(written)), None)
