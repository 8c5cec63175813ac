"""Keeps what the database knows of each file, what is owed to the disk, and the texts both agreed on."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from dispatchd.adapters.sqlite.columns import time_column, to_json
from dispatchd.adapters.sqlite.document_rows import (
    agreed_text,
    document_record,
    document_row,
    is_in_range,
)
from dispatchd.adapters.sqlite.looks import looks_in
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.waiting_rows import WaitingRows
from dispatchd.application.ports.file_stamp import Proof
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    DocumentStore,
)
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

_KEPT: Final = 20
_KEPT_FOR: Final = timedelta(hours=24)
_NOTHING_HELD: Final = "[]"


class SqliteDocumentStore:
    """A record is the outbox row of its file too."""

    def __init__(self, connection: sqlite3.Connection, settle: Callable[[], None], *, alone: bool) -> None:
        self._connection = connection
        self._settle = settle
        """Puts into the tables all that waits for it, here and elsewhere."""
        self._sql = queries("documents")
        self._at: dict[str, DocumentRecord | None] = {}
        self._of: dict[str, DocumentRecord | None] = {}
        """What was looked up or saved in this transaction, beside which nobody writes: a file is asked about a dozen
        times while it is taken in. Who stands in one of the two stands in the other."""
        self._alone = alone
        self._unwritten: dict[str, DocumentRecord] = {}
        """What was saved and is yet to be put into the table, by subject: a new file's record is saved as it was
        adopted and again with the text that is planned."""
        self._agreed = WaitingRows(connection, self._sql["text_agree"], alone=alone)
        self._agreed_of: set[str] = set()
        """Whose texts are among those that wait: only then a question about somebody's has to put them into the table."""
        self._newest: dict[str, tuple[int, AgreedText | None]] = {}
        """The newest texts that were looked up or agreed on in this transaction, with their numbers."""

    def at(self, path: DocumentPath) -> DocumentRecord | None:
        """The document at *path*."""
        if path not in self._at:
            self._found(self._connection.execute(self._sql["document_at"], (path,)).fetchone())
        return self._at.setdefault(path, None)

    def of(self, subject: str) -> DocumentRecord | None:
        """The document of *subject*."""
        if subject not in self._of:
            self._found(self._connection.execute(self._sql["document_of"], (subject,)).fetchone())
        return self._of.setdefault(subject, None)

    def look_ahead(self, paths: Collection[str], subjects: Collection[str]) -> None:
        """Look up what is at *paths* and of *subjects*, each not looked up yet, in a few questions."""
        for name, wanted, known in (("at", paths, self._at), ("of", subjects, self._of)):
            missing = [each for each in wanted if each not in known]
            for row in self._connection.execute(self._sql[f"documents_{name}"], (to_json(missing),)):
                self._found(row)
            for each in missing:
                known.setdefault(each, None)
        texts = [each for each in subjects if each not in self._newest]
        self._newest.update((each, (0, None)) for each in texts)
        for row in self._connection.execute(self._sql["texts_newest"], (to_json(texts),)):
            self._newest[row[0]] = (row[6], agreed_text(row[:6]))

    def _found(self, row: tuple[Any, ...] | None) -> None:
        if row is not None:
            record = document_record(row)
            self._at[record.path] = self._of[record.subject] = record

    def _let_go(self, record: DocumentRecord | None) -> None:
        if record is not None:
            self._at[record.path] = self._of[record.subject] = None

    def all(self) -> Iterable[DocumentRecord]:
        """Every document, by path."""
        self._settle()
        return [
            document_record(row) for row in self._connection.execute(self._sql["documents_all"]).fetchall()
        ]

    def below(self, folder: str) -> Iterable[DocumentRecord]:
        """Those in *folder*, however deep, by path."""
        self._settle()
        bounds = (f"{folder}/", f"{folder}0")  # a zero comes right after a slash
        return [
            document_record(row) for row in self._connection.execute(self._sql["documents_below"], bounds)
        ]

    def paths(self) -> Iterable[DocumentPath]:
        """Where every document is, whether its file stands or not."""
        self._settle()
        return [DocumentPath(path) for (path,) in self._connection.execute(self._sql["document_paths"])]

    def proofs(self) -> Mapping[DocumentPath, Proof | None]:
        """Path to the proof of the recorded stamp, for every document that is on disk."""
        self._settle()
        proofs = looks_in(self._connection.execute(self._sql["document_proofs"]))
        proofs |= {path: None for (path,) in self._connection.execute(self._sql["documents_unproved"])}
        self._give_back()
        return proofs

    def owed(self) -> Iterable[DocumentRecord]:
        """Records whose file is to be written, moved or removed, not parked; longest owed first."""
        self._settle()
        # Read at once, for the caller may save meanwhile, and made one by one: after a burst few of many are wanted.
        return map(document_record, self._connection.execute(self._sql["documents_owed"]).fetchall())

    def at_rest(self, states: Collection[str], since: datetime, most: int) -> Sequence[DocumentRecord]:
        """What is in one of *states*, outside the archive and owed nothing, and untouched after *since*."""
        self._settle()
        asked = {"states": to_json(tuple(states)), "since": time_column(since), "most": most}
        found = [
            document_record(row) for row in self._connection.execute(self._sql["documents_at_rest"], asked)
        ]
        self._give_back()
        return found

    def _give_back(self) -> None:
        """After all pages of a table were read, of which few are wanted soon."""
        self._connection.execute("PRAGMA shrink_memory")

    def save(self, record: DocumentRecord) -> None:
        """Insert or replace; what else stood at the path or for the subject goes."""
        may_wait = self._takes_no_other_place(record) and is_in_range(record.stamp)
        self._let_go(self._at.get(record.path))
        self._let_go(self._of.get(record.subject))
        self._at[record.path] = self._of[record.subject] = record
        if may_wait:
            self._unwritten.pop(record.subject, None)  # the rows' numbers tell what was saved last
            self._unwritten[record.subject] = record
        else:
            self._settle()
            self._connection.execute(self._sql["document_save"], document_row(record))

    def _takes_no_other_place(self, record: DocumentRecord) -> bool:
        """Whether *record* takes the place of no row but its own, at the same path: only then may it wait, because
        whatever is looked up by another path or subject meanwhile is the same with and without it.
        """
        here, before = self.at(record.path), self.of(record.subject)
        return (
            self._alone
            and (here is None or here.subject == record.subject)
            and (before is None or before.path == record.path)
        )

    def write_out(self) -> None:
        """Put into the table what waits for it."""
        self._write_texts()
        if self._unwritten:
            records, self._unwritten = self._unwritten, {}
            self._connection.executemany(self._sql["document_save"], map(document_row, records.values()))

    def forget(self, subject: str) -> None:
        """Take the record away; its texts and their blobs stay."""
        self._settle()
        self._let_go(self._of.get(subject))
        self._connection.execute(self._sql["document_forget"], (subject,))

    def agree(self, text: AgreedText) -> None:
        """Append; keeps of each source the last 20 of the subject, and all of the 24 hours before this one."""
        number = self._last(text.subject)[0] + 1
        row = (
            text.subject,
            number,
            text.rev,
            text.digest,
            text.source,
            time_column(text.at),
            to_json(text.held) if text.held else _NOTHING_HELD,
        )
        self._agreed.add(row)
        self._agreed_of.add(text.subject)
        self._newest[text.subject] = number, text
        if number > _KEPT:
            self._prune(text)

    def _last(self, subject: str) -> tuple[int, AgreedText | None]:
        """The number of the newest text of *subject*, and that text; 0 and none."""
        known = self._newest.get(subject)
        if known is None:
            row = self._connection.execute(self._sql["text_newest"], (subject,)).fetchone()
            known = self._newest[subject] = (0, None) if row is None else (row[6], agreed_text(row[:6]))
        return known

    def _write_texts(self) -> None:
        self._agreed.write_out()
        self._agreed_of.clear()

    def _settle_texts(self, subject: str) -> None:
        """Have the texts of *subject* in the table."""
        if subject in self._agreed_of:
            self._write_texts()

    def _prune(self, newest: AgreedText) -> None:
        self._write_texts()
        bounds = {
            "subject": newest.subject,
            "source": newest.source,
            "keep_since": time_column(newest.at - _KEPT_FOR),
            "keep": _KEPT,
        }
        self._connection.execute(self._sql["texts_prune"], bounds)

    def agreed_with(self, subject: str, rev: str) -> AgreedText | None:
        """The newest text agreed on that carries *rev*."""
        self._settle_texts(subject)
        return agreed_text(self._connection.execute(self._sql["text_with_rev"], (subject, rev)).fetchone())

    def all_agreed_with(self, subject: str, rev: str, most: int = -1) -> tuple[AgreedText, ...]:
        """The texts agreed on that carry *rev*, newest first; the newest *most* of them, if that is given."""
        self._settle_texts(subject)
        rows = self._connection.execute(self._sql["texts_with_rev"], (subject, rev, most)).fetchall()
        return tuple(text for row in rows if (text := agreed_text(row)) is not None)

    def has_arrivals(self, subject: str, rev: str) -> bool:
        """Whether one of them but the oldest is no save, and nothing that counted of one."""
        self._settle_texts(subject)
        asked = {"subject": subject, "rev": rev}
        return bool(self._connection.execute(self._sql["text_arrived_with_rev"], asked).fetchone()[0])

    def newest_agreed(self, subject: str) -> AgreedText | None:
        """The text agreed on last."""
        return self._last(subject)[1]

    def was_ingested(self, subject: str, digest: DocumentDigest, since: datetime) -> bool:
        """Whether these bytes were taken from a save of the document at or after *since*."""
        self._settle_texts(subject)
        arguments = (subject, digest, time_column(since))
        return bool(self._connection.execute(self._sql["text_was_ingested"], arguments).fetchone()[0])


_port: type[DocumentStore] = SqliteDocumentStore
