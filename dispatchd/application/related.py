"""Which files say something of what was touched, besides its own."""

from collections.abc import Iterator

from dispatchd.application.command_handler import Door
from dispatchd.application.ports.unit_of_work import WriteReason
from dispatchd.domain.decision import Decision
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread


def related(door: Door) -> Iterator[tuple[str, WriteReason | None]]:
    """Issues whose Activity mentions a thread that was touched; epics whose lists show an issue that was; what was
    decided about a proposal that was.
    """
    for subject in list(door.touched):
        match door.work.entity(subject):
            case Thread(issue=str(issue)):
                yield issue, None
            case Issue(epic=str(epic)) if epic not in door.touched:
                yield epic, WriteReason.UNASKED
            case Proposal(decision=str()):
                for each in door.work.entities(EntityKind.DECISION):
                    if isinstance(each, Decision) and each.subject == subject:
                        yield each.id, None
            case _:
                pass
