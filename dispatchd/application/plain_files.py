"""Files of the tree that are no entity: the guide, the config, context documents, what `init` laid.

Their changes are logged and committed as they are. Only the config means something: its last text that could be
read is the one in force.
"""

from dataclasses import replace

from dispatchd.application import contests
from dispatchd.application.command_handler import Door
from dispatchd.application.config_in_force import take_config
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    UnitOfWork,
    WriteReason,
)
from dispatchd.application.saved_text import source_of
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.documents.config_document import read_config
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.command import Circumstance, ReviseFile
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.body_merge import MergedText, merge_body

RETURNING = frozenset(
    {PathRole.GUIDE, PathRole.CONFIG, PathRole.POLICY, PathRole.WORKFLOW, PathRole.DOTFILE, PathRole.RENDERED}
)
"""What comes back when it is deleted."""


def take_plain(door: Door, record: DocumentRecord | None, seen: Sighting, times: SettleTimes) -> Taken:
    """Note that the file of *seen* has new bytes."""
    found = digest(seen.content)
    if record is not None and found == record.seen:
        door.work.documents.save(replace(record, stamp=seen.stamp or record.stamp))
        return DONE
    role = role_of(seen.path)
    if role is PathRole.RENDERED:
        return _put_back(door, record, seen)
    problems = _config_problems(seen) if role is PathRole.CONFIG else ()
    if problems and seen.quiet < times.refusal:
        return Taken(look_again=times.refusal)
    _keep(door, record, seen)
    whole = _with_what_is_owed(door, record, seen)
    if role is PathRole.CONFIG:
        take_config(door, whole, problems)
    return DONE


def _with_what_is_owed(door: Door, record: DocumentRecord | None, seen: Sighting) -> Sighting:
    """The save, with what a command had changed and could not write yet; the file is owed the two together."""
    work = door.work
    if record is None or record.seen is None or record.current in (None, record.seen, digest(seen.content)):
        return seen
    before, owed = decode(work.blobs.get(record.seen)), decode(work.blobs.get(record.current or record.seen))
    saved = decode(seen.content)
    if not (isinstance(before, str) and isinstance(owed, str) and isinstance(saved, str)):
        return seen
    merged = _one_after_the_other(merge_body(before, owed, saved))
    contests.report_overlaps(door, record, merged.overlaps, seen)
    if merged.text == saved:
        return seen
    blob = work.blobs.put(merged.text.encode())
    kept = work.documents.at(seen.path) or record
    work.documents.save(
        replace(
            kept,
            current=blob,
            owed_since=seen.circumstance.at,
            owed_because=WriteReason.ANSWER,
            owed_by=record.owed_by,
        )
    )
    return replace(seen, content=merged.text.encode())


def _one_after_the_other(merged: MergedText) -> MergedText:
    """*merged*, where both sides only added lines at one place with both additions, if that can still be read."""
    text = merged.text
    for overlap in merged.overlaps:
        if overlap.base or text.count(overlap.theirs) != 1:
            return merged
        text = text.replace(overlap.theirs, f"{overlap.theirs}{overlap.ours}")
    return MergedText(text=text) if read_config(text).config is not None else merged


def is_changed(record: DocumentRecord | None, seen: Sighting) -> bool:
    """Whether *seen* shows other bytes than the database has."""
    return record is None or digest(seen.content) != record.seen


def remember_plain(work: UnitOfWork, path: DocumentPath, content: bytes) -> None:
    """Take a file as it has long been: no event, nothing to commit."""
    blob = work.blobs.put(content)
    work.documents.save(DocumentRecord(path=path, subject=path, kind=None, seen=blob, current=blob))
    if role_of(path) is PathRole.CONFIG and read_config(content.decode(errors="replace")).config is not None:
        work.set_rules_from(content.decode())


def revise_by_command(door: Door, path: DocumentPath, blob: DocumentDigest, by: Circumstance) -> None:
    """Owe a file that a command gave new bytes; a config is in force at once."""
    work = door.work
    known = work.documents.at(path) or DocumentRecord(
        path=path, subject=path, kind=None, seen=None, current=None
    )
    work.documents.save(
        replace(
            known,
            current=blob,
            owed_since=by.at,
            owed_because=WriteReason.ANSWER,
            owed_by=by.actor,
        )
    )
    if role_of(path) is PathRole.CONFIG:
        work.set_rules_from(work.blobs.get(blob).decode())


def _keep(door: Door, record: DocumentRecord | None, seen: Sighting) -> None:
    work = door.work
    blob = work.blobs.put(seen.content)
    known = record or DocumentRecord(path=seen.path, subject=seen.path, kind=None, seen=None, current=None)
    seen_now = blob if seen.stamp is not None else known.seen
    work.documents.save(replace(known, seen=seen_now, current=blob, stamp=seen.stamp or known.stamp))
    work.documents.agree(
        AgreedText(subject=seen.path, rev=None, digest=blob, source=source_of(seen), at=seen.circumstance.at)
    )
    door.handle(ReviseFile(path=seen.path, blob=blob), seen.circumstance)
    work.audit.add_text(seen.path, blob, seen.circumstance.actor, seen.circumstance.at)


def _put_back(door: Door, record: DocumentRecord | None, seen: Sighting) -> Taken:
    """STATUS.md is the daemon's: what somebody wrote there is kept as a blob, and the page comes back."""
    found = door.work.blobs.put(seen.content)
    if record is None or record.current is None:
        fresh = DocumentRecord(
            path=seen.path, subject=seen.path, kind=None, seen=found, current=found, stamp=seen.stamp
        )
        door.work.documents.save(fresh)
        return DONE
    door.work.documents.save(
        replace(record, seen=found, stamp=seen.stamp or record.stamp, owed_since=seen.circumstance.at)
    )
    return DONE


def _config_problems(seen: Sighting) -> tuple[DocumentProblem, ...]:
    text = decode(seen.content)
    if isinstance(text, DocumentProblem):
        return (text,)
    return tuple(problem for problem in read_config(text).problems)
