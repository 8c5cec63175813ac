"""Keeping up with the branch when somebody else moved it: a person's commit, a pull, a travel through history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from dispatchd.application.brake_file import pause_by_file, standing
from dispatchd.application.command_handler import Door
from dispatchd.application.doubts import asks_for_signatures
from dispatchd.application.history import (
    HEAD,
    CommitSightings,
    Movement,
    is_nameable,
    movement,
    not_yet_taken,
    settle_own,
)
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.plain_files import remember_plain
from dispatchd.application.ports.audit_log import AuditLog, CommitId, ForeignCommit
from dispatchd.application.ports.dispatch_tree import FileContent
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.replaying import replay, subject_of
from dispatchd.application.replica import absorb_head
from dispatchd.application.saved_text import let_go_of_overtaken
from dispatchd.application.session import Session
from dispatchd.application.settings_of_history import ask_again, put_past_in_force
from dispatchd.application.sighting import Sighting
from dispatchd.application.signing import let_go_of_texts
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import WAITING, PathRole, role_of
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

_NOTHING = frozenset({PathRole.IGNORED, PathRole.RENDERED, PathRole.MISPLACED})
HEAD_SINCE = "audit_head_since"
"""The note that holds when the branch was last seen to move."""


async def follow_head(session: Session) -> bool:
    """Take in what moved the branch since it was last looked at. Whether it had moved."""
    store, log = session.ports.store, session.ports.audit
    if await session.busy():
        return False
    head = await session.run(log.head)
    known = await store.transact(lambda work: work.note(HEAD))
    if known == head:
        return False
    at = session.ports.clock.now()
    if session.clone:
        await absorb_head(session, head, CommitId(known) if known is not None else None)
        return known is not None
    if known is None:
        await _first_look(session, head, at)
        return True
    rules, doubts = await store.transact(lambda work: (work.rules, asks_for_signatures(work)))
    moved = await session.run(lambda: movement(log, CommitId(known), head, rules, doubts=doubts))
    if moved.travelled:
        await _travel(session, moved, at)
        return True
    await session.run(lambda: session.note_index(ours=True))
    on_disk = await session.run(lambda: _on_disk(session, moved.foreign))
    await store.transact(lambda work: _take_movement(session, work, moved, on_disk, at))
    return True


async def _first_look(session: Session, head: CommitId, at: datetime) -> None:
    """A new database: plain files that stand as the branch has them are no news, and what our own commits tell has
    happened before.
    """
    log = session.ports.audit
    own = await session.run(lambda: _decided_here(log, head))
    # All before our last commit is decided, all after it is still to be taken in.
    head = next((each.oid for each in reversed(own) if each.is_own), head)
    tree = {
        path: blob
        for path, blob in (await session.run(lambda: log.tree_at(head))).items()
        if is_nameable(path) and role_of(path) not in _NOTHING
    }
    blobs = await session.run(lambda: log.read_blobs(list(tree.values())))
    contents = {path: blobs[blob] for path, blob in tree.items() if blob in blobs}

    def remember(work: UnitOfWork) -> None:
        for path, content in contents.items():
            if role_of(path) is not PathRole.ENTITY:
                remember_plain(work, path, content)

    await session.ports.store.transact(remember)
    await put_past_in_force(session, head)
    await replay(session, own, contents)

    def level(work: UnitOfWork) -> None:
        ask_again(session, work)
        for record in standing(work) if work.pause is None else ():
            door = Door(work=work, ids=session.ports.ids)
            pause_by_file(door, contents.get(record.path, b""), by_daemon(at))
        set_head(work, head, at)

    await session.ports.store.transact(level)


def _decided_here(log: AuditLog, head: CommitId) -> tuple[ForeignCommit, ...]:
    """The daemon's own commits, oldest first, and those that moved home."""
    commits = log.commits_between(None, head)
    here = log.made_here(commits)
    return tuple(each for each in commits if each.home or (each.oid in here and each.is_own))


def set_head(work: UnitOfWork, head: CommitId, at: datetime) -> None:
    """Remember the commit that the database is level with."""
    work.set_note(HEAD, head)
    work.set_note(HEAD_SINCE, at.isoformat())


async def _travel(session: Session, moved: Movement, at: datetime) -> None:
    """The branch was moved through history: texts may have changed, what was decided has not."""
    await session.scan()
    waiting = set(session.settling.waiting())
    session.travelled.update(waiting)

    def note(work: UnitOfWork) -> None:
        set_head(work, moved.new, at)
        door = Door(work=work, ids=session.ports.ids)
        open_once(
            door,
            Notice(
                cause=f"travelled:{moved.new}",
                title="The dispatch branch was moved through its history",
                text=f"It stood at `{moved.old[:12]}` and stands at `{moved.new[:12]}`, which does not come after "
                "it. Texts were taken as they are now; states, votes and approvals stay as they were decided, and "
                "the files say so again.",
            ),
            at,
        )
        session.intake.finish(door, session.observing.all_present(), by_daemon(at))

    await session.ports.store.transact(note)


def _on_disk(session: Session, commits: Sequence[CommitSightings]) -> dict[DocumentPath, FileContent]:
    """What stands in the tree where these commits changed or removed something."""
    found: dict[DocumentPath, FileContent] = {}
    for commit in commits:
        for path in (*(seen.path for seen in commit.sightings), *commit.removed):
            content = session.observing.read(path)
            if content is not None:
                found[path] = content
    return found


def _take_movement(
    session: Session,
    work: UnitOfWork,
    moved: Movement,
    on_disk: dict[DocumentPath, FileContent],
    at: datetime,
) -> None:
    since = datetime.fromisoformat(work.note(HEAD_SINCE) or at.isoformat())
    present = set(session.observing.all_present()) | set(on_disk)
    for commit in moved.foreign:
        for seen in commit.sightings:
            let_go_of_texts(work, seen.path, seen.content)
        followed = [_where_it_is_now(session, work, seen) for seen in commit.sightings]
        fresh = [
            _placed(seen, on_disk.get(seen.path))
            for seen in not_yet_taken(work, followed, since)
            if seen.path == WAITING or role_of(seen.path) not in {PathRole.IGNORED, PathRole.RENDERED}
        ]
        gone = [
            path for path in commit.removed if path not in on_disk and work.documents.at(path) is not None
        ]
        present.difference_update(gone)
        session.intake.take(work, fresh, gone, present, commit.circumstance)
    let_go_of_overtaken(work, _left_by(moved.foreign))
    settle_own(work, moved.own, moved.blobs)
    _queue_what_merges_lack(work, moved, at)
    set_head(work, moved.new, at)


def _where_it_is_now(session: Session, work: UnitOfWork, seen: Sighting) -> Sighting:
    """An edit of a document that was moved here meanwhile is one of the document, wherever it is now."""
    if seen.base is None or work.documents.at(seen.path) is not None:
        return seen
    before, after = (subject_of(session.kinds, seen.path, text) for text in (seen.base, seen.content))
    record = work.documents.of(before) if before is not None and before == after else None
    if record is None or record.kind is None or record.current is None:
        return seen
    return replace(seen, path=record.path)


def _queue_what_merges_lack(work: UnitOfWork, moved: Movement, at: datetime) -> None:
    """A merge of ours holds what comes of two texts by themselves; where the file says more already, that is queued."""
    for commit in moved.own:
        for change in commit.changes if commit.is_merge else ():
            record = work.documents.at(change.path)
            content = moved.blobs.get(change.new) if change.new is not None else None
            if record is None or record.current is None:
                continue
            if record.seen == record.current != (digest(content) if content is not None else None):
                work.audit.add_text(change.path, record.current, DAEMON, at)


def _left_by(commits: Sequence[CommitSightings]) -> dict[DocumentPath, DocumentDigest | None]:
    """What the last of *commits* left at each path that they changed."""
    left: dict[DocumentPath, DocumentDigest | None] = {}
    for commit in commits:
        left.update({seen.path: digest(seen.content) for seen in commit.sightings})
        left.update(dict.fromkeys(commit.removed))
    return left


def _placed(seen: Sighting, found: FileContent | None) -> Sighting:
    """The sighting, with the stamp of the file where it still holds the commit's bytes."""
    if found is not None and found.content == seen.content:
        return replace(seen, stamp=found.stamp)
    return seen
