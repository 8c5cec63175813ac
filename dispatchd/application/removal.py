"""Files that are gone: what a deletion means for each kind, and when so many went that a person is asked first.

Whether a path is really gone (and not renamed, or half-way through an editor's save) is found out before.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from dispatchd.application.brake_file import resume_by_file
from dispatchd.application.command_handler import Door
from dispatchd.application.doubts import weighed_word
from dispatchd.application.evidence_kept import as_written
from dispatchd.application.notices import Notice, by_daemon, close, open_once
from dispatchd.application.parking import cause_of
from dispatchd.application.plain_files import RETURNING
from dispatchd.application.ports.unit_of_work import DocumentRecord, TextSource, UnitOfWork, WriteReason
from dispatchd.application.recent_removals import Removal, forget_removals, recent_removals, remember_removals
from dispatchd.application.texts_in_force import GOVERNS, forget_text
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.actors import DAEMON, Channel
from dispatchd.domain.command import Circumstance, RemoveEntity, RestoreEntity, ReviseFile
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.thread import ThreadKind, ThreadPurpose
from dispatchd.reconcile.deletion_guard import is_mass_deletion

HELD = "mass_deletion"
RESTORE_THEM = "Restore them"
ALL_OF_THEM = "Yes, all of them"
CAUSE = "mass-deletion"


@dataclass(slots=True, kw_only=True)
class Removing:
    """Acts on vanished files within one unit of work."""

    door: Door

    def take(self, gone: Sequence[DocumentPath], present: Collection[DocumentPath], by: Circumstance) -> None:
        """Act on the documents at *gone*; *present* are the paths that stand in the tree."""
        work = self.door.work
        records = [record for path in gone if (record := work.documents.at(path)) is not None]
        held = held_subjects(self.door)
        for record in records:
            if self._came_and_went(record, by):
                self._remove(record, by)
        records = [record for record in records if record.seen is not None and record.subject not in held]
        if not records:
            return
        recent = recent_removals(work, by.at)
        paths = [record.path for record in records] + [each.path for each in recent]
        if held or is_mass_deletion(paths, present):
            self._hold(records, recent, held, by)
            return
        for record in records:
            self._remove(record, weighed_word(work, record.subject, by))
        # A brake that was let go is no file that was lost: it is off, and never taken back with the others.
        missed = [each for each in records if role_of(each.path) is not PathRole.PAUSE]
        remember_removals(work, recent, missed, by.at)

    def _came_and_went(self, record: DocumentRecord, by: Circumstance) -> bool:
        """Whether a commit removes what an earlier one brought and no file here has held yet: there is nothing to miss."""
        if record.seen is not None or record.current is None or by.provenance.channel is not Channel.COMMIT:
            return False
        newest = self.door.work.documents.newest_agreed(record.subject)
        return newest is not None and newest.source is TextSource.COMMITTED

    def _remove(self, record: DocumentRecord, by: Circumstance) -> None:
        work = self.door.work
        try:
            if record.kind is None:
                self._remove_plain(record, by)
            else:
                self.door.handle(RemoveEntity(subject=EntityId(record.subject)), by)
        except Rejected as rejected:
            self._bring_back(record, by)
            self._say_it_is_back(record, str(rejected), by)
            return
        if not self._is_removed(record):  # the rules ask first
            self._bring_back(record, by)
            return
        if record.kind is None:
            work.documents.forget(record.subject)
        else:
            work.documents.save(
                replace(
                    record,
                    seen=None,
                    current=None,
                    stamp=None,
                    parked=None,
                    owed_since=None,
                    wanted_path=None,
                )
            )
        close(self.door, cause_of(record.subject), by.at)
        work.problems.replace(record.subject, ())
        work.audit.add_text(record.path, None, by.actor, by.at)

    def _remove_plain(self, record: DocumentRecord, by: Circumstance) -> None:
        role = role_of(record.path)
        is_nothing = role in GOVERNS and forget_text(self.door, record.path, by)
        if role in RETURNING and record.current is not None and not is_nothing:
            raise Rejected(f"{record.path} was deleted. The workspace needs it, so it is back as it was.")
        if as_written(self.door.work, record.path) is not None:
            raise Rejected(f"{record.path} was deleted. It is what a check showed, so it is back as it was.")
        if role is PathRole.PAUSE:
            resume_by_file(self.door, record.path, by)
        else:
            self.door.handle(ReviseFile(path=record.path, blob=None), by)

    def _is_removed(self, record: DocumentRecord) -> bool:
        entity = self.door.work.entity(record.subject)
        return record.kind is None or entity is None or bool(getattr(entity, "removed", False))

    def _bring_back(self, record: DocumentRecord, by: Circumstance) -> None:
        self.door.work.documents.save(
            replace(
                record,
                seen=None,
                stamp=None,
                owed_since=by.at,
                owed_because=WriteReason.ANSWER,
                owed_by=DAEMON,
            )
        )

    def _say_it_is_back(self, record: DocumentRecord, why: str, by: Circumstance) -> None:
        notice = Notice(
            cause=_came_back(record.subject),
            title=f"{record.path} is back",
            text=why,
            subject=record.subject,
        )
        open_once(self.door, notice, by.at)

    def _hold(
        self,
        records: Sequence[DocumentRecord],
        recent: Sequence[Removal],
        held: Sequence[str],
        by: Circumstance,
    ) -> None:
        """Act on nothing more, take back what was acted on in the window, and ask."""
        for each in recent:
            self._take_back(each, by)
        subjects = list(
            dict.fromkeys(
                [*held, *(each.subject for each in recent), *(record.subject for record in records)]
            )
        )
        self.door.work.set_note(HELD, json.dumps(subjects))
        forget_removals(self.door.work)
        close(self.door, CAUSE, by.at)  # an older question names fewer files: nobody may answer it any more
        paths = sorted(self._name(subject) for subject in subjects)
        names = "\n".join(f"- {path}" for path in paths[:50])
        more = f"\n- … and {len(paths) - 50} more" if len(paths) > 50 else ""
        notice = Notice(
            cause=CAUSE,
            title=f"{len(subjects)} files are gone. Was that meant?",
            text=f"{by.actor.name} or a program deleted them at once. Nothing has been done about it yet.\n\n"
            f"{names}{more}",
            kind=ThreadKind.ESCALATION,
            options=(RESTORE_THEM, ALL_OF_THEM),
            purpose=ThreadPurpose.CONFIRM_DELETION,
        )
        open_once(self.door, notice, by.at)

    def _name(self, subject: str) -> str:
        record = self.door.work.documents.of(subject)
        return record.path if record is not None else subject

    def take_back_recent(self, at: datetime) -> bool:
        """The folder itself is gone: what was acted on just before went with it, and nobody meant it. Whether any did."""
        work = self.door.work
        recent = recent_removals(work, at)
        for each in recent:
            self._take_back(each, by_daemon(at))
        forget_removals(work)
        return bool(recent)

    def _take_back(self, gone: Removal, by: Circumstance) -> None:
        work = self.door.work
        record = work.documents.of(gone.subject)
        if record is None:
            self._take_back_plain(gone, by)
        elif record.kind is not None:  # one that is plain came back by itself
            self.door.handle(RestoreEntity(subject=EntityId(gone.subject)), by_daemon(by.at))
            whole = replace(record, current=record.current or gone.current)
            work.documents.save(replace(whole, seen=whole.current))  # its file is missed, not owed yet
        # The branch hears that it is gone; where the folder itself brings it back, nobody writes it.
        if (known := work.documents.of(gone.subject)) is not None and known.current is not None:
            work.audit.add_text(known.path, known.current, DAEMON, by.at)

    def _take_back_plain(self, gone: Removal, by: Circumstance) -> None:
        """A file that is no entity is known again, as it last was."""
        if gone.current is None:
            return
        self.door.handle(ReviseFile(path=gone.path, blob=gone.current), by_daemon(by.at))
        self.door.work.documents.save(
            DocumentRecord(
                path=gone.path, subject=gone.subject, kind=None, seen=gone.current, current=gone.current
            )
        )

    def _with_last_text(self, record: DocumentRecord) -> DocumentRecord:
        newest = self.door.work.documents.newest_agreed(record.subject)
        return replace(record, current=record.current or (newest.digest if newest else None))

    def answer(self, option: str, present: Collection[DocumentPath], by: Circumstance) -> None:
        """Do what the person chose for the files that were held."""
        work = self.door.work
        subjects = held_subjects(self.door)
        work.set_note(HELD, None)
        for subject in subjects:
            record = work.documents.of(subject)
            if record is None or record.path in present:
                continue
            if option == ALL_OF_THEM:
                self._remove(record, by)
            else:
                self.restore(record, by)

    def review(self, present: Collection[DocumentPath], at: datetime) -> None:
        """Stop asking when every file that was held is back where it was."""
        subjects = held_subjects(self.door)
        if subjects and all(self._name(subject) in present for subject in subjects):
            self.door.work.set_note(HELD, None)
            close(self.door, CAUSE, at)

    def restore(self, record: DocumentRecord, by: Circumstance) -> None:
        """Bring the file of *record* back as it last was."""
        work = self.door.work
        if record.kind is not None:
            self.door.handle(RestoreEntity(subject=EntityId(record.subject)), by)
        fresh = self._with_last_text(work.documents.of(record.subject) or record)
        work.documents.save(
            replace(
                fresh,
                seen=None,
                stamp=None,
                owed_since=by.at,
                owed_because=WriteReason.ANSWER,
                owed_by=DAEMON,
            )
        )


def stop_asking(door: Door, subjects: Collection[str], at: datetime) -> None:
    """Everything comes back: what was asked or told about files that went one by one is over."""
    if held_subjects(door):
        door.work.set_note(HELD, None)
        close(door, CAUSE, at)
    for subject in subjects:
        close(door, _came_back(subject), at)


def _came_back(subject: str) -> str:
    return f"came-back:{subject}"


def bring_back(work: UnitOfWork, paths: Sequence[DocumentPath], at: datetime) -> None:
    """Owe the files at *paths* again: git carried them away, nobody deleted them."""
    for path in paths:
        record = work.documents.at(path)
        if record is not None and record.current is not None:
            work.documents.save(
                replace(
                    record,
                    seen=None,
                    stamp=None,
                    owed_since=at,
                    owed_because=WriteReason.ANSWER,
                    owed_by=DAEMON,
                )
            )


def held_subjects(door: Door) -> list[str]:
    """Subjects whose files are gone and whose deletion waits for a person's word."""
    return asked_about(door.work)


def asked_about(work: UnitOfWork) -> list[str]:
    """The same, where nobody is about to decide."""
    return list(json.loads(work.note(HELD) or "[]"))
