"""Writing what is owed, and taking in what the writes displaced."""

from collections.abc import Callable, Sequence
from dataclasses import field

from dispatchd.application.ports.dispatch_tree import Displaced
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.relay import (
    Hands,
    Outcome,
    OwedWrite,
    RelayReport,
    owed_writes,
    settle_outcomes,
)
from dispatchd.application.session import Session
from dispatchd.application.taking_displaced import take_displaced
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

AT_ONCE = 500
"""Files written between two transactions."""


@dataclass(slots=True)
class Put:
    """What was tried: rows with their outcomes, and paths whose hand made them wait."""

    done: list[tuple[OwedWrite, Outcome]] = field(default_factory=list)
    waiting: list[DocumentPath] = field(default_factory=list)


async def relay(session: Session, *, hurry: bool = False) -> bool:
    """Write what is owed and may be written now. Whether anything was written."""
    if await session.busy():
        return False
    now = session.now()
    hands = session.hands

    def is_put_off(record: DocumentRecord) -> bool:
        return not hurry and hands.is_waiting(record, now)

    owed = await session.ports.store.transact(lambda work: _owed(session, work, is_put_off))
    if not owed:
        return False
    put = await session.run(lambda: _put(session, owed, now))
    if not put.done:
        return False
    report = await session.ports.store.transact(
        lambda work: settle_outcomes(
            session.intake.door(work),
            put.done,
            session.ports.clock.now(),
        )
    )
    await _follow_up(session, report, owed, now)
    return bool(report.written or report.look_again)


def _owed(
    session: Session, work: UnitOfWork, is_put_off: Callable[[DocumentRecord], bool]
) -> list[OwedWrite]:
    """What is owed and may be tried now. What is owed no longer has no trouble left, however it came about."""
    if session.troubles:
        still = {record.path for record in work.documents.owed()}
        session.troubles = {path: why for path, why in session.troubles.items() if path in still}
    return owed_writes(work, AT_ONCE, is_put_off)


def _put(session: Session, owed: Sequence[OwedWrite], now: float) -> Put:
    put = Put()
    tree = session.ports.tree
    free = [row for row in owed if _is_free(session, row, put, now)]
    writes = [row for row in free if not row.is_move and row.content is not None]
    requests = [row.request(_row(session)) for row in writes]
    put.done.extend(zip(writes, tree.write_many(requests), strict=True))
    for row in free:
        if row.is_move and row.record.wanted_path is not None and row.record.seen is not None:
            outcome = tree.move(row.record.path, row.record.wanted_path, row.record.seen)
            put.done.append((row, outcome))
        elif row.content is None and row.record.seen is not None:
            put.done.append((row, tree.remove(_row(session), row.record.path, row.record.seen)))
    return put


def _row(session: Session) -> int:
    session.rows += 1
    return session.rows


def _is_free(session: Session, row: OwedWrite, put: Put, now: float) -> bool:
    path = row.record.path
    hand = session.ports.tree.hand_on(path) if row.record.seen is not None else None
    if session.hands.may_write(row, hand, now):
        return True
    put.waiting.append(path)
    return False


async def _follow_up(session: Session, report: RelayReport, owed: Sequence[OwedWrite], now: float) -> None:
    hands: Hands = session.hands
    by_path = {row.record.path: row for row in owed}
    for path in report.written:
        hands.wrote(path, now)
        row = by_path[path]
        session.settling.wrote(path, row.record.current)
        if row.is_move and row.record.wanted_path is not None:
            session.settling.wrote(row.record.wanted_path, row.record.current)
    for path, refused in (report.failed or {}).items():
        hands.failed(by_path[path].record, now)
        session.troubles[path] = refused
    for path in report.look_again:
        hands.failed(by_path[path].record, now)
    for path in report.written:
        session.troubles.pop(path, None)
    await session.look(report.look_again)
    await take_displaced(session, report.displaced)


async def sweep(session: Session) -> None:
    """Look through quarantine: what turned out to be a save is taken in."""
    displaced: tuple[Displaced, ...] = await session.run(session.ports.tree.sweep_quarantine)
    await take_displaced(session, displaced)
