"""Which file is whose document, found again from the texts of the branch: a database made anew knows each file as it
last was, the earlier texts that a save may have begun as, what of it was refused, and which file could not be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from dispatchd.application import parking
from dispatchd.application.authorship import note_words
from dispatchd.application.config_in_force import as_records
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.past_texts import NO_DOCUMENT, PastTexts, Version, Words
from dispatchd.application.people import person_by_email
from dispatchd.application.plain_files import problems_of_config, remember_plain
from dispatchd.application.policies_in_force import problems_of_policies
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    ProblemRecord,
    TextSource,
    UnitOfWork,
)
from dispatchd.application.standing_answers import Refused, standing_answers
from dispatchd.documents.fence import decode
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import CONFIG, POLICIES, PathRole, agent_of, entity_kind_at, role_of
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, kind_of, parse_id
from dispatchd.domain.thread import Thread
from dispatchd.reconcile.places import FILE


def subject_of(kinds: Kinds, path: DocumentPath, content: bytes) -> str | None:
    """The entity that the file says it is the document of."""
    text = decode(content)
    if not isinstance(text, str):
        return None
    if entity_kind_at(path) is EntityKind.AGENT:
        return agent_of(path)
    return parse_id(str(kinds[EntityKind.ISSUE].read(text).facts.get("id") or ""))


@dataclass(slots=True, kw_only=True)
class Tying:
    """Ties files to what they are documents of, within one unit of work in which all events have happened again."""

    work: UnitOfWork
    kinds: Kinds
    past: PastTexts
    refused: Mapping[str, Sequence[Refused]]
    """What was refused, by subject, as the log tells it; newest first."""
    last_at: dict[str, DocumentPath] = field(default_factory=dict)
    """Where each entity's document last was."""

    def tie(self) -> None:
        """Make it so."""
        for version in self.past.versions:
            self._remember(version)
        for words in self.past.strangers:
            self._note_words(words)
        for path, content in self.past.standing.items():
            self._stand(path, content)
        for subject, path in self.last_at.items():
            self._leave_gone(subject, path)
        for record in list(self.work.documents.all()):
            if record.path not in self.past.standing and role_of(record.path) not in NO_DOCUMENT:
                self._let_go(record)

    def _remember(self, version: Version) -> None:
        """Know a text that a later save may have begun as, or that comes back if its file is restored."""
        subject = version.path if role_of(version.path) is not PathRole.ENTITY else self._readable(version)
        if subject is None:
            self.work.blobs.put(version.content)  # nobody's text, and not lost all the same
            return
        self.last_at[subject] = version.path
        self._agree(subject, version.content, version.source, version.at)

    def _note_words(self, words: Words) -> None:
        """Know whose words stand in a text: not of each commit an event says that it changed one."""
        named = (subject_of(self.kinds, words.path, text) for text in (words.content, words.before))
        subject = next((each for each in named if each is not None), None)
        if role_of(words.path) is not PathRole.ENTITY or subject is None:
            return
        before, after = (self._prose(subject, text) for text in (words.before, words.content))
        if before != after:
            author = words.author
            note_words(self.work, subject, person_by_email(self.work.rules.people, author.name, author.email))

    def _prose(self, subject: str, content: bytes) -> object:
        text = decode(content)
        if not isinstance(text, str):
            return content
        reading = self.kinds[self._kind_of(subject)].read(text)
        return reading.body, reading.front.unknown

    def _agree(self, subject: str, content: bytes, source: TextSource, at: datetime) -> None:
        text = decode(content)
        is_shown = isinstance(text, str) and source is not TextSource.COMMITTED
        rev = rev_of(text) if isinstance(text, str) and is_shown else None
        blob = self.work.blobs.put(content)
        self.work.documents.agree(AgreedText(subject=subject, rev=rev, digest=blob, source=source, at=at))

    def _readable(self, version: Version) -> str | None:
        """The entity whose document this version is, where it can be read as one."""
        subject = subject_of(self.kinds, version.path, version.content)
        entity = self.work.entity(subject) if subject is not None else None
        if subject is None or entity is None or self._problem(version.path, version.content) is not None:
            return None
        return subject

    def _problem(self, path: DocumentPath, content: bytes) -> DocumentProblem | None:
        """Why the file cannot be read at all."""
        text = decode(content)
        if isinstance(text, DocumentProblem):
            return text
        return parking.unreadable(self.kinds[entity_kind_at(path) or EntityKind.ISSUE].read(text))

    def _stand(self, path: DocumentPath, content: bytes) -> None:
        if role_of(path) is not PathRole.ENTITY:
            in_force = self.work.config_in_force
            remember_plain(self.work, path, content)
            if path == CONFIG:
                if in_force is not None:  # what the file says beyond that waits for somebody's word
                    self.work.set_rules_from(in_force)
                self.work.problems.replace(path, problems_of_config(content))
            elif path == POLICIES:
                found = as_records(path, problems_of_policies(content), None)
                self.work.problems.replace(path, found)
            return
        subject = subject_of(self.kinds, path, content)
        entity = self.work.entity(subject) if subject is not None else None
        problem = self._problem(path, content)
        if problem is None and subject is not None and entity is not None:
            self._stand_as_document(subject, path, content)
        else:
            self._stand_unread(path, content, problem)

    def _stand_as_document(self, subject: str, path: DocumentPath, content: bytes) -> None:
        entity, known = self.work.entity(subject), self.work.documents.of(subject)
        if getattr(entity, "removed", False) or (known is not None and path != self.last_at.get(subject)):
            return
        blob = self.work.blobs.put(content)
        kind = self._kind_of(subject)
        record = DocumentRecord(path=path, subject=subject, kind=kind, seen=blob, current=blob)
        self.work.documents.save(record)
        newest = self.work.documents.newest_agreed(subject)
        if newest is None or newest.digest != blob:
            at = newest.at if newest is not None else self.past.versions[-1].at
            self._agree(subject, content, TextSource.RENDERED, at)
        reading = self.kinds[kind].read(content.decode())
        found = standing_answers(record, reading, self.refused.get(subject, ()))
        self.work.problems.replace(subject, found)

    def _stand_unread(self, path: DocumentPath, content: bytes, problem: DocumentProblem | None) -> None:
        """A file that was left as it is, with a thread that says why: its last good text stays in force."""
        subject = self._parked_as(path)
        thread = self.work.open_thread_about(parking.cause_of(subject)) if subject is not None else None
        if subject is None or thread is None:
            return
        newest = self.work.documents.newest_agreed(subject)
        is_entity = self.work.entity(subject) is not None
        record = DocumentRecord(
            path=path,
            subject=subject,
            kind=self._kind_of(subject) if is_entity else None,
            seen=self.work.blobs.put(content),
            current=newest.digest if newest is not None and is_entity else None,
            parked=parking.why_parked(thread),
        )
        self.work.documents.save(record)
        self.work.problems.replace(subject, (_as_problem(record, thread, problem),))

    def _parked_as(self, path: DocumentPath) -> str | None:
        """The subject under which the file at *path* was left unread: what it last was the document of, or itself."""
        was = [subject for subject, at in self.last_at.items() if at == path]
        named = (subject for subject in (*reversed(was), path))
        return next((each for each in named if self.work.open_thread_about(parking.cause_of(each))), None)

    def _leave_gone(self, subject: str, path: DocumentPath) -> None:
        """What was removed can come back: where its file was is known."""
        entity = self.work.entity(subject)
        is_removed = bool(getattr(entity, "removed", False))
        if is_removed and self.work.documents.at(path) is None and self.work.documents.of(subject) is None:
            kind = self._kind_of(subject)
            self.work.documents.save(
                DocumentRecord(path=path, subject=subject, kind=kind, seen=None, current=None)
            )

    def _let_go(self, record: DocumentRecord) -> None:
        """An older database knows a file that has gone since, as the history tells."""
        if record.kind is None:
            self.work.documents.forget(record.subject)
        elif getattr(self.work.entity(record.subject), "removed", False):
            gone = replace(record, seen=None, current=None, stamp=None, parked=None, owed_since=None)
            self.work.documents.save(replace(gone, wanted_path=None))

    def _kind_of(self, subject: str) -> EntityKind:
        return EntityKind.AGENT if self.work.agent(subject) is not None else kind_of(EntityId(subject))


def _as_problem(record: DocumentRecord, thread: Thread, problem: DocumentProblem | None) -> ProblemRecord:
    what = problem.what if problem is not None else (record.parked or "").removeprefix(f"{record.path}: ")
    return ProblemRecord(
        subject=record.subject,
        path=record.path,
        anchor=FILE,
        what=what,
        hint=problem.hint if problem is not None else "",
        line=problem.line if problem is not None else 0,
        since=thread.created,
    )
