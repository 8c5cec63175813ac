"""What has been finished for long moves to `archive/`: the file only, which is still found, read and edited there.

Whatever happens to it begins its time anew. What a person has moved out of the archive stays where they want it. The
relay moves the files, when no hand is on them.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.rendering import Rendering
from dispatchd.application.session import Session
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.documents.tree_paths import archive_path, is_archived
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.event import DocumentMoved
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.proposal import ProposalStatus

AT_ONCE: Final = 100
"""Files that are moved in one go, and so in one commit."""
FINISHED: Final = (
    *(status for status in IssueStatus if status.is_final),
    EpicStatus.COMPLETED,
    EpicStatus.CANCELLED,
    *(status for status in ProposalStatus if status not in {ProposalStatus.DRAFT, ProposalStatus.OPEN}),
)


async def archive_finished(session: Session) -> bool:
    """Owe the moves of what has been finished and left alone for `archive_after`. Whether there was anything."""
    at = session.ports.clock.now()
    return await session.ports.store.transact(lambda work: _owe_moves(session, work, at))


def _owe_moves(session: Session, work: UnitOfWork, at: datetime) -> bool:
    config = read_config(work.config_in_force or "").config or Config()
    resting = work.documents.at_rest(FINISHED, at - config.workspace.archive_after, AT_ONCE)
    moves = [(record, target) for record in resting if (target := _place(work, record)) is not None]
    if not moves:
        return False
    door = session.intake.door(work)
    for record, target in moves:
        work.documents.save(
            replace(
                record,
                wanted_path=target,
                owed_since=at,
                owed_because=WriteReason.UNASKED,
                owed_by=DAEMON,
            )
        )
        door.touched.setdefault(record.subject, by_daemon(at))
    Rendering(door=door, kinds=session.kinds).refresh()
    return True


def _place(work: UnitOfWork, record: DocumentRecord) -> DocumentPath | None:
    """By the month of the last that happened to it; None where somebody has taken it out of the archive."""
    past = work.history.about(record.subject)
    if any(isinstance(each.event, DocumentMoved) and is_archived(each.event.before) for each in past):
        return None
    last = past[-1].circumstance.at
    return archive_path(record.path, last.year, last.month)
