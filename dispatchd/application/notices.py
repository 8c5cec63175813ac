"""Threads that the daemon opens by itself: one for each cause, closed when the cause is gone."""

from collections.abc import Iterator
from datetime import datetime

from dispatchd.application.command_handler import Door
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import DAEMON, Channel, Provenance
from dispatchd.domain.command import Circumstance, DismissThread, OpenThread
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId, EntityKind, parse_id
from dispatchd.domain.thread import PendingAct, Thread, ThreadKind, ThreadPurpose, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the daemon has to say. `cause` makes it the only open thread of its kind; `text` is Markdown."""

    cause: str
    title: str
    text: str
    kind: ThreadKind = ThreadKind.NOTICE
    subject: str | None = None
    options: tuple[str, ...] = ()
    purpose: ThreadPurpose = ThreadPurpose.TALK
    act: PendingAct | None = None
    accepts_text: bool = False
    needs_choice: bool = False
    needs_words: tuple[str, ...] = ()


def by_daemon(at: datetime) -> Circumstance:
    """The circumstance of what the daemon does by itself."""
    return Circumstance(actor=DAEMON, at=at, provenance=Provenance(channel=Channel.DAEMON))


def open_once(door: Door, notice: Notice, at: datetime) -> Thread:
    """The open thread for the notice's cause, opened now if there is none. A plain notice can be ticked *Seen*."""
    standing = door.work.open_thread_about(notice.cause)
    if standing is not None:
        return standing
    about = parse_id(notice.subject) if notice.subject else None
    thread = Thread(
        id=door.draw(EntityKind.THREAD),
        title=notice.title,
        created=at,
        kind=notice.kind,
        sender=DAEMON.handle,
        issue=about if about is not None and door.work.issue(about) is not None else None,
        subject=EntityId(notice.subject) if notice.subject else None,
        purpose=notice.purpose,
        cause=notice.cause,
        act=notice.act,
        options=notice.options,
        accepts_text=notice.accepts_text,
        needs_choice=notice.needs_choice,
        needs_words=notice.needs_words,
        turns=(Turn(by=DAEMON, at=at, text=notice.text),),
    )
    door.handle(OpenThread(thread=thread), by_daemon(at))
    return thread


def ever_about(work: UnitOfWork, cause: str) -> Iterator[Thread]:
    """The threads that there have been about *cause*, open or not, oldest first."""
    for each in work.entities(EntityKind.THREAD):
        if isinstance(each, Thread) and each.cause == cause:
            yield each


def close(door: Door, cause: str, at: datetime) -> None:
    """Close the thread for *cause*, if one is open."""
    standing = door.work.open_thread_about(cause)
    if standing is not None:
        door.handle(DismissThread(thread=standing.id), by_daemon(at))
