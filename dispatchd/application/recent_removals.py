"""What was deleted in the last seconds and acted on: more may be going, or the folder itself, and then nobody meant it."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.deletion_guard import WINDOW_SECONDS

_NOTE: Final = "recent_removals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """A document that was removed, and the text that its file was to have."""

    at: str
    subject: str
    path: DocumentPath
    current: DocumentDigest | None


def recent_removals(work: UnitOfWork, at: datetime) -> Sequence[Removal]:
    """What was acted on within the window before *at*."""
    since = (at - timedelta(seconds=WINDOW_SECONDS)).isoformat()
    kept = [
        Removal(
            at=when,
            subject=subject,
            path=DocumentPath(path),
            current=DocumentDigest(text[0]) if text and text[0] else None,
        )
        for when, subject, path, *text in json.loads(work.note(_NOTE) or "[]")
    ]
    return [each for each in kept if each.at >= since]


def remember_removals(
    work: UnitOfWork, recent: Sequence[Removal], records: Sequence[DocumentRecord], at: datetime
) -> None:
    """Keep *recent*, and that *records*, as they were, are removed now."""
    rows = [(each.at, each.subject, each.path, each.current) for each in recent]
    rows += [(at.isoformat(), each.subject, each.path, each.current or each.seen) for each in records]
    work.set_note(_NOTE, json.dumps(rows))


def forget_removals(work: UnitOfWork) -> None:
    """They are taken back, or asked about."""
    if work.note(_NOTE) is not None:
        work.set_note(_NOTE, None)
