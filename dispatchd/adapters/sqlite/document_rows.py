"""How what the database knows of a file, and a text agreed on, stand in rows."""

from typing import Any, Final

from dispatchd.adapters.sqlite.columns import actor_column, actor_value, from_json, time_column, time_value
from dispatchd.adapters.sqlite.looks import MASK
from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, TextSource, WriteReason
from dispatchd.domain.identifiers import EntityKind

_NO_STAMP: Final = (None,) * len(FileStamp._fields)
# Device and inode numbers use all 64 bits, SQLite's integers are signed.
SIGN: Final = 1 << 63


def document_row(record: DocumentRecord) -> tuple[Any, ...]:
    return (
        record.path,
        record.subject,
        record.kind,
        record.seen,
        record.current,
        *(_NO_STAMP if record.stamp is None else _stamp_columns(record.stamp)),
        record.wanted_path,
        record.parked,
        None if record.owed_since is None else time_column(record.owed_since),
        record.owed_because,
        None if record.owed_by is None else actor_column(record.owed_by),
        record.attempts,
    )


def document_record(row: tuple[Any, ...]) -> DocumentRecord:
    return DocumentRecord(
        path=row[0],
        subject=row[1],
        kind=None if row[2] is None else EntityKind(row[2]),
        seen=row[3],
        current=row[4],
        stamp=_stamp(row[5:13]),
        wanted_path=row[13],
        parked=row[14],
        owed_since=None if row[15] is None else time_value(row[15]),
        owed_because=None if row[16] is None else WriteReason(row[16]),
        owed_by=None if row[17] is None else actor_value(row[17]),
        attempts=row[18],
    )


def is_in_range(stamp: FileStamp | None) -> bool:
    """Whether the table can hold the times of *stamp*; what it cannot is refused where it is known whose it is."""
    return stamp is None or all(-SIGN <= at < SIGN for at in (stamp.mtime_ns, stamp.ctime_ns))


def _stamp_columns(stamp: FileStamp) -> tuple[int, ...]:
    device, inode, *rest = stamp
    return (((device + SIGN) & MASK) - SIGN, ((inode + SIGN) & MASK) - SIGN, *rest)


def _stamp(columns: tuple[Any, ...]) -> FileStamp | None:
    device, inode, size, mtime_ns, ctime_ns, mode, links, settled = columns
    if device is None:
        return None
    return FileStamp(device & MASK, inode & MASK, size, mtime_ns, ctime_ns, mode, links, settled == 1)


def agreed_text(row: tuple[Any, ...] | None) -> AgreedText | None:
    if row is None:
        return None
    subject, rev, digest, source, at, held = row
    return AgreedText(
        subject=subject,
        rev=rev,
        digest=digest,
        source=TextSource(source),
        at=time_value(at),
        held=tuple(from_json(held)),
    )
