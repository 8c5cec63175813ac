"""Files of the tree that are no entity: the guide, the config, context documents, what `init` laid.

Their changes are logged and committed as they are. Only the config and the rules
mean something: which text of them is in force is decided elsewhere.
"""

from dataclasses import replace

from dispatchd.application import contests
from dispatchd.application.brake_file import pause_by_file
from dispatchd.application.command_handler import Door
from dispatchd.application.config_in_force import as_records, put_in_force
from dispatchd.application.evidence_kept import as_written, say_it_is_as_written
from dispatchd.application.governed_texts import GOVERNED
from dispatchd.application.joining import Sides, joined_text
from dispatchd.application.policies_in_force import problems_of_policies
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    ProblemRecord,
    UnitOfWork,
    WriteReason,
)
from dispatchd.application.revisions import revision_of
from dispatchd.application.saved_text import source_of
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.application.texts_in_force import GOVERNS, remember_what_counts, take_text
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_merge import with_last_good
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import CONFIG, PathRole, role_of
from dispatchd.domain.actors import DAEMON, Channel
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.body_merge import MergedText, merge_body
from dispatchd.reconcile.document_merge import Winner

RETURNING = frozenset(
    {
        *(PathRole.GUIDE, PathRole.DOTFILE, PathRole.RENDERED),
        *(PathRole.CONFIG, PathRole.POLICY, PathRole.WORKFLOW, PathRole.PROMPT),
    }
)
"""What comes back when it is deleted."""


def take_plain(door: Door, record: DocumentRecord | None, seen: Sighting, times: SettleTimes) -> Taken:
    """Note that the file of *seen* has new bytes."""
    if record is not None and not is_changed(record, seen):
        door.work.documents.save(replace(record, stamp=seen.stamp or record.stamp))
        return DONE
    role = role_of(seen.path)
    if role is PathRole.RENDERED:
        return _put_back(door, record, seen)
    written = as_written(door.work, seen.path)
    if written is not None:
        return _as_it_was_written(door, record, seen, door.work.blobs.get(written))
    if role is PathRole.PAUSE and door.work.pause is not None and seen.quiet < times.refusal:
        return Taken(look_again=times.refusal)  # it holds already; its reason is still being written
    merged = replace(seen, content=_with_ours(door, record, seen))
    problems = _problems_in(merged, role)
    if problems and seen.quiet < times.refusal:
        return Taken(look_again=times.refusal)
    if role in GOVERNS:
        remember_what_counts(door.work, seen.path)
    _keep(door, record, seen, merged.content)
    if role in GOVERNED:
        GOVERNED[role](door, merged, problems)
    return DONE


def _as_it_was_written(door: Door, record: DocumentRecord | None, seen: Sighting, written: bytes) -> Taken:
    """A page that is ours to write: what somebody wrote there is kept as theirs, and the page comes back."""
    _keep(door, record, seen, written)
    if seen.content != written:
        say_it_is_as_written(door, seen.path, seen.circumstance)
    return DONE


def is_changed(record: DocumentRecord | None, seen: Sighting) -> bool:
    """Whether *seen* shows other bytes than the database has.

    What a commit went back to is news as well while the text before it is still owed to the disk.
    """
    found = digest(seen.content)
    is_committed = seen.circumstance.provenance.channel is Channel.COMMIT and not seen.travelled
    return record is None or found != record.seen or (is_committed and found != record.current)


def remember_plain(work: UnitOfWork, path: DocumentPath, content: bytes) -> None:
    """Take a file as it has long been: no event, nothing to commit."""
    blob = work.blobs.put(content)
    work.documents.save(DocumentRecord(path=path, subject=path, kind=None, seen=blob, current=blob))
    if role_of(path) is PathRole.CONFIG and read_config(content.decode(errors="replace")).config is not None:
        work.set_rules_from(with_last_good(content.decode(), work.config_in_force))


def revise_by_command(door: Door, path: DocumentPath, blob: DocumentDigest, by: Circumstance) -> None:
    """Owe a file that a command gave new bytes; a config is in force at once."""
    work = door.work
    if role_of(path) in GOVERNS:
        remember_what_counts(work, path)
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
        work.problems.replace(path, problems_of_config(work.blobs.get(blob)))
        put_in_force(door, work.blobs.get(blob), by.at)
    elif role_of(path) in GOVERNS:
        take_text(door, path, work.blobs.get(blob), by)


def _with_ours(door: Door, record: DocumentRecord | None, seen: Sighting) -> bytes:
    """The text of *seen* with what ours has that the text it began as had not; a contradiction is the person's."""
    if record is None or record.current is None:
        return seen.content
    ours = door.work.blobs.get(record.current)
    is_committed = seen.circumstance.provenance.channel is Channel.COMMIT
    if seen.base is None and not is_committed:
        return _with_what_is_owed(door, record, seen, ours)
    if ours in (seen.base, seen.content):
        return seen.content
    before, here, there = (decode(text) for text in (seen.base or b"", ours, seen.content))
    is_prose = seen.path.endswith(".md") and role_of(seen.path) is not PathRole.RENDERED
    if is_prose and isinstance(before, str) and isinstance(here, str) and isinstance(there, str):
        merged = merge_body(before, here, there)
        if not (seen.travelled or seen.settled):
            overlaps = contests.unsettled(merged.overlaps, None, seen.shown)
            contests.report_overlaps(door, record, overlaps, seen, merged.text)
        return merged.text.encode()
    sides = Sides(before=seen.base, here=ours, there=seen.content)
    return joined_text(seen.path, sides, Winner.THEIRS) or seen.content


def _with_what_is_owed(door: Door, record: DocumentRecord, seen: Sighting, ours: bytes) -> bytes:
    """The save, with what a command had changed and could not write yet."""
    if record.seen is None or record.seen == record.current or ours == seen.content:
        return seen.content
    before, owed, saved = decode(door.work.blobs.get(record.seen)), decode(ours), decode(seen.content)
    if not (isinstance(before, str) and isinstance(owed, str) and isinstance(saved, str)):
        return seen.content
    merged = _one_after_the_other(merge_body(before, owed, saved))
    contests.report_overlaps(door, record, merged.overlaps, seen, merged.text)
    return merged.text.encode()


def _one_after_the_other(merged: MergedText) -> MergedText:
    """*merged*, where both sides only added lines at one place with both additions, if that can still be read."""
    text = merged.text
    for overlap in merged.overlaps:
        if overlap.base or text.count(overlap.theirs) != 1:
            return merged
        text = text.replace(overlap.theirs, f"{overlap.theirs}{overlap.ours}")
    return MergedText(text=text) if read_config(text).config is not None else merged


def _keep(door: Door, record: DocumentRecord | None, seen: Sighting, merged: bytes) -> None:
    work, by = door.work, seen.circumstance
    blob, wanted = work.blobs.put(seen.content), work.blobs.put(merged)
    known = record or DocumentRecord(path=seen.path, subject=seen.path, kind=None, seen=None, current=None)
    kept = replace(known, seen=blob if seen.stamp is not None else known.seen, current=wanted)
    revised = revision_of(work, seen.path, wanted)
    if kept.seen != wanted:
        kept = replace(kept, owed_since=by.at, owed_because=WriteReason.ANSWER, owed_by=DAEMON)
    work.documents.save(replace(kept, stamp=seen.stamp or known.stamp))
    work.documents.agree(
        AgreedText(subject=seen.path, rev=None, digest=blob, source=source_of(seen), at=by.at)
    )
    if role_of(seen.path) is PathRole.PAUSE:
        pause_by_file(door, seen.content, by)
    else:
        door.handle(revised, by)
    if by.provenance.channel is not Channel.COMMIT:
        work.audit.add_text(seen.path, blob, by.actor, by.at)


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


def problems_of_config(content: bytes) -> tuple[ProblemRecord, ...]:
    """What a text of the settings has wrong, as it is kept."""
    text = decode(content)
    found = (text,) if isinstance(text, DocumentProblem) else read_config(text).problems
    return as_records(CONFIG, found, None)


def _problems_in(seen: Sighting, role: PathRole) -> tuple[DocumentProblem, ...]:
    """What is wrong with a file whose text means something."""
    if role is PathRole.POLICY:
        return problems_of_policies(seen.content)
    if role is not PathRole.CONFIG:
        return ()
    text = decode(seen.content)
    if isinstance(text, DocumentProblem):
        return (text,)
    return tuple(problem for problem in read_config(text).problems)
