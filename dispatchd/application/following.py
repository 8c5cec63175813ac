"""Keeping up with the branch when somebody else moved it: a person's commit, a pull, a travel through history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from dispatchd.application.bugs_in_reading import past_bugs
from dispatchd.application.clone_status import is_nobody
from dispatchd.application.command_handler import Door
from dispatchd.application.doubts import asks_for_signatures
from dispatchd.application.first_look import take_first_look
from dispatchd.application.history import (
    HEAD,
    HEAD_SINCE,
    CommitSightings,
    Movement,
    movement,
    not_yet_taken,
    set_head,
    settle_own,
)
from dispatchd.application.homes import home_at
from dispatchd.application.merged_later import ask_as_it_stands, settled_by_makers, shown_later
from dispatchd.application.missing_branch import head_if_free
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.past_texts import NO_DOCUMENT
from dispatchd.application.ports.audit_log import AuditLog, CommitId
from dispatchd.application.ports.dispatch_tree import FileContent
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.removal import bring_back
from dispatchd.application.rendering import Rendering
from dispatchd.application.replica import absorb_head
from dispatchd.application.revised_prose import tell_swept
from dispatchd.application.same_names import beside_its_namesake, name_beside
from dispatchd.application.saved_text import let_go_of_overtaken
from dispatchd.application.session import Session
from dispatchd.application.sighting import Sighting
from dispatchd.application.signing import let_go_of_texts
from dispatchd.application.telling_again import tell_again, told_off_branch
from dispatchd.application.tied_documents import subject_of
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import WAITING, PathRole, role_of
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath


async def follow_head(session: Session) -> bool:
    """Take in what moved the branch since it was last looked at. Whether it had moved."""
    store, log = session.ports.store, session.ports.audit
    head = await head_if_free(session)
    if head is None:
        return False
    known = await store.transact(lambda work: work.note(HEAD))
    if known == head:
        return False
    at = session.ports.clock.now()
    if session.clone:
        await absorb_head(session, head, CommitId(known) if known is not None else None)
        return known is not None
    if known is None:
        await take_first_look(session, head, at)
        return True
    if is_nobody(await session.run(lambda: home_at(log, head))):
        return (
            False  # two clones have stopped, and this session decides nothing more; a replica's goes on here
        )
    rules, doubts = await store.transact(lambda work: (work.rules, asks_for_signatures(work)))
    moved = await session.run(lambda: movement(log, CommitId(known), head, rules, doubts=doubts))
    if moved.travelled:
        await _travel(session, moved, at)
        return True
    await session.run(lambda: session.note_index(ours=True))
    on_disk = await session.run(lambda: _on_disk(session, moved.foreign))
    await past_bugs(
        store, session.intake.bugs, lambda work: _take_movement(session, work, moved, on_disk, at)
    )
    return True


async def _travel(session: Session, moved: Movement, at: datetime) -> None:
    """The branch was moved through history: texts may have changed, what was decided has not."""
    await session.scan()
    waiting = set(session.settling.waiting())
    session.travelled.update(waiting)
    held = await session.run(lambda: _texts_at(session.ports.audit, moved.new))
    fallen = await session.run(lambda: told_off_branch(session.ports.audit, moved.old, moved.new))

    def note(work: UnitOfWork) -> None:
        set_head(work, moved.new, at)
        tell_again(work, fallen)
        _queue_what_was_left_behind(work, held, waiting | set(session.observing.present), at)
        door = session.intake.door(work)
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


def _texts_at(log: AuditLog, head: CommitId) -> dict[DocumentPath, DocumentDigest]:
    """What the branch has at *head*."""
    tree = {path: blob for path, blob in log.tree_at(head).items() if role_of(path) not in NO_DOCUMENT}
    blobs = log.read_blobs(list(dict.fromkeys(tree.values())))
    return {path: digest(blobs[blob]) for path, blob in tree.items() if blob in blobs}


def _queue_what_was_left_behind(
    work: UnitOfWork,
    held: Mapping[DocumentPath, DocumentDigest],
    looked_at: Collection[DocumentPath],
    at: datetime,
) -> None:
    """The branch is to hold the files as they are, also those that stayed when only the branch was moved."""
    for record in work.documents.all():
        if role_of(record.path) in NO_DOCUMENT or record.seen != record.current:
            continue
        is_gone = record.current is None
        stays_away = is_gone and record.path in held and record.path not in looked_at
        if stays_away or (not is_gone and held.get(record.path) != record.current):
            work.audit.add_text(record.path, record.current, DAEMON, at)


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
    settled = settled_by_makers(work, moved)
    kept = {path for commit in moved.foreign for path in commit.kept}
    for commit, shown in zip(moved.foreign, shown_later(moved), strict=True):
        for seen in commit.sightings:
            let_go_of_texts(work, seen.path, seen.content)
        sightings = [_as_asked(seen, settled[commit.commit], shown) for seen in commit.sightings]
        followed = [_followed(session, work, moved, seen) for seen in sightings]
        fresh = [
            _placed(seen, on_disk.get(seen.path))
            for seen in not_yet_taken(work, followed, since)
            if seen.path == WAITING or role_of(seen.path) not in {PathRole.IGNORED, PathRole.RENDERED}
        ]
        gone = [
            path
            for path in commit.removed
            if path not in on_disk and path not in kept and work.documents.at(path) is not None
        ]
        present.difference_update(gone)
        session.intake.take(work, fresh, gone, present, commit.circumstance)
        if commit.met:
            session.intake.bring_in(work, partial(_ask, commit, shown), present, commit.circumstance)
    left = _left_by(moved.foreign)
    tell_swept(session.intake.door(work), left)
    let_go_of_overtaken(work, left)
    bring_back(work, [path for path in sorted(kept) if path not in on_disk], at)
    settle_own(work, moved.own, moved.blobs)
    _queue_what_merges_lack(work, moved, at)
    set_head(work, moved.new, at)


def _followed(session: Session, work: UnitOfWork, moved: Movement, seen: Sighting) -> Sighting:
    if seen.path in moved.twice and seen.base is None:
        return beside_its_namesake(session.kinds, work, seen)
    return _where_it_is_now(session, work, seen)


def _as_asked(
    seen: Sighting, settled: Collection[DocumentPath], shown: Mapping[DocumentPath, tuple[str, ...]]
) -> Sighting:
    return replace(seen, settled=seen.path in settled, shown=shown.get(seen.path, ()))


def _ask(
    commit: CommitSightings, shown: Mapping[DocumentPath, tuple[str, ...]], door: Door, _rendering: Rendering
) -> None:
    ask_as_it_stands(door, commit.met, shown, commit.circumstance)


def _where_it_is_now(session: Session, work: UnitOfWork, seen: Sighting) -> Sighting:
    """An edit of a document that was moved here meanwhile is one of the document, wherever it is now."""
    standing = work.documents.at(seen.path)
    if seen.base is not None and standing is not None:
        return replace(seen, path=name_beside(work, standing, seen.base) or seen.path)
    if seen.base is None:
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
