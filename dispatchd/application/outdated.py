"""A database older than the history it finds: a disk or a backup was rolled back, and nobody may act on it.

What this repository itself committed last, its own record says. A database that has not heard of those events would
take the files, which know them, for edits, and answer them by reverting people's work.
"""

import json

from dispatchd.application.first_look import take_first_look
from dispatchd.application.history import HEAD
from dispatchd.application.ports.audit_log import CommitId, ForeignCommit
from dispatchd.application.ports.store_failures import DatabaseOutdated
from dispatchd.application.session import Session
from dispatchd.application.wire import WireError, decode_event
from dispatchd.domain.event import RecordedEvent


async def refuse_outdated(session: Session) -> None:
    """Raise DatabaseOutdated where this repository committed events that the database does not have."""
    missing = await _missing(session)
    if missing:
        commits = list(dict.fromkeys(commit.oid for commit, _ in missing))
        last, event = missing[-1]
        raise DatabaseOutdated(
            commit=last.oid, at=event.circumstance.at, events=len(missing), commits=len(commits)
        )


async def catch_up(session: Session) -> int:
    """Bring a database that is older than its history up to it; how many events it did not have."""
    missing = await _missing(session)
    head = await session.run(session.ports.audit.head)
    if missing:
        await take_first_look(session, head, session.ports.clock.now())
    return len(missing)


async def _missing(session: Session) -> list[tuple[ForeignCommit, RecordedEvent]]:
    """The events of commits that were made here, which the database has not heard of, with their commits."""
    store, log = session.ports.store, session.ports.audit
    known = await store.transact(lambda work: work.note(HEAD))
    last = await session.run(log.last_made)
    if known is None or last is None or last == known or session.clone:
        return []
    commits = await session.run(lambda: _made_between(session, CommitId(known), last))
    told = [(commit, event) for commit in commits for event in _events(commit)]
    here = await store.transact(lambda work: work.audit.committed(event.id for _, event in told))
    return [(commit, event) for commit, event in told if event.id not in here]


def _made_between(session: Session, known: CommitId, last: CommitId) -> tuple[ForeignCommit, ...]:
    log = session.ports.audit
    commits = log.commits_between(known, last)
    made = log.made_here(commits)
    return tuple(commit for commit in commits if commit.oid in made and commit.is_own)


def _events(commit: ForeignCommit) -> list[RecordedEvent]:
    found = []
    for line in commit.events:
        try:
            found.append(decode_event(json.loads(line)))
        except (ValueError, WireError):
            continue
    return found
