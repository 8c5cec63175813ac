"""Acts that wait for a signature or for a person's word: shown in their file, kept out of our commits, done later.

With `require_signed`, or where an agent could have written it, a saved tick counts for nothing yet, but it is no
mistake either: its file stays uncommitted, so that `git commit -S -a` has something to sign. Which acts those are, the
rules say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatchd.application.document_kinds import DocumentKind, Edit
from dispatchd.application.ports.audit_queue import AuditRow
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord, UnitOfWork
from dispatchd.documents.annotations import said_in_body
from dispatchd.documents.boxes import set_mark
from dispatchd.documents.digest import digest
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.stamps import plain
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.signatures import COUNTS_WHEN_SIGNED, needs_signature
from dispatchd.domain.unconfirmed import UNCONFIRMED, needs_word
from dispatchd.reconcile.box_intents import NEEDS_A_REASON
from dispatchd.reconcile.intents import Act, anchors
from dispatchd.reconcile.places import is_same_line, line_place, line_text
from dispatchd.reconcile.thread_intents import NOT_SENT_YET

_WAITS_FOR_MORE: Final = frozenset({NEEDS_A_REASON, NOT_SENT_YET})


def is_waiting(problem: ProblemRecord) -> bool:
    """Whether *problem* stands for an act that waits for a signature, or for a person's word."""
    return problem.refusal and (problem.what == COUNTS_WHEN_SIGNED or is_unconfirmed(problem))


def is_unconfirmed(problem: ProblemRecord) -> bool:
    """Whether *problem* stands for an act that an agent could have written."""
    return problem.refusal and problem.what.startswith(UNCONFIRMED)


def waiting_places(work: UnitOfWork, subject: str) -> tuple[str, ...]:
    """Where in the document of *subject* ticks wait for a signature."""
    return tuple(problem.anchor for problem in work.problems.of(subject) if is_waiting(problem))


def noted_places(edit: Edit) -> tuple[str, ...]:
    """Where a note in the doubted text of *edit* says that a tick waits, and nothing is known of it any more.

    The text it began as may hold the tick without the note: a commit that decided nothing, before the database was lost.
    """
    if not edit.circumstance.doubted:
        return ()
    shape = outline(edit.disk.text, edit.disk.front.layout.body_at)
    noted = (said for said in said_in_body(shape) if said.message.startswith(plain(UNCONFIRMED).strip()))
    ticked = (line for said in noted for line in said.lines if _is_ticked(shape.lines[line - 1]))
    known = waiting_places(edit.work, edit.subject)
    return tuple(place for line in ticked if (place := line_place(shape, line)) not in known)


def waiting_since(work: UnitOfWork, subject: str) -> datetime | None:
    """Since when some tick in the document of *subject* has waited for a signature; None where none does."""
    known = [problem.since for problem in work.problems.of(subject) if is_waiting(problem)]
    return min((since for since in known if since is not None), default=None)


def is_taken_back(problem: ProblemRecord, body: str) -> bool:
    """Whether the tick of *problem* waited for a signature or for more, and stands in *body* no longer."""
    said = line_text(problem.anchor)
    if said is None or not (is_waiting(problem) or problem.what in _WAITS_FOR_MORE):
        return False
    return not any(is_same_line(said, line) and _is_ticked(line) for line in body.split("\n"))


def _is_ticked(line: str) -> bool:
    mark = line.partition("[")[2].partition("]")[0]
    return mark.strip().lower() == "x" and set_mark(line, ticked=False) != line


def with_waiting_ticks(kind: DocumentKind, edit: Edit, *, is_new_file: bool) -> Edit:
    """*edit*, a commit's, with the ticks that wait for a signature still open, but for those its parent had already.

    A box may stand in no commit yet, so that a comparison with the parent alone would not find its tick new; and what
    the parent had is not what was signed.
    """
    waiting = waiting_places(edit.work, edit.subject)
    if not waiting:
        return edit
    # The base of a file that its commit brought is no parent's text but what the daemon last wrote.
    before = () if is_new_file else acts_in(kind, replace(edit, disk=edit.base, held=waiting))
    past = anchors(before)
    return replace(edit, held=(*edit.held, *(place for place in waiting if place not in past)))


def acts_in(kind: DocumentKind, edit: Edit) -> tuple[Act, ...]:
    """What of *edit* counts only when signed, or confirmed."""
    return tuple(intent for intent in kind.intents(edit) if isinstance(intent, Act) and _waits(edit, intent))


def _waits(edit: Edit, act: Act) -> bool:
    if needs_signature(edit.work, act.command):
        return True
    return act.anchor in edit.held and needs_word(edit.work, act.command)


def rows_to_commit(work: UnitOfWork, rows: Sequence[AuditRow] | None = None) -> Sequence[AuditRow]:
    """The audit queue, or *rows* of it, without the texts that their writer is to commit, signed."""
    rows = work.audit.waiting() if rows is None else rows
    since = {
        record.path: problem.since
        for problem in work.problems.all()
        if is_waiting(problem) and (record := work.documents.of(problem.subject)) is not None
    }
    return [row for row in rows if not _is_withheld(row, since)] if since else rows


def _is_withheld(row: AuditRow, since: Mapping[DocumentPath, datetime | None]) -> bool:
    begun = since.get(row.path) if row.path is not None else None
    return begun is not None and row.at >= begun


def leave_place(work: UnitOfWork, record: DocumentRecord) -> None:
    """The document of *record* moves: texts that are withheld are so where it was, too, and its new place has the last."""
    since = waiting_since(work, record.subject)
    rows = work.audit.waiting() if since is not None else ()
    work.audit.drop([row.sequence for row in rows if _is_withheld(row, {record.path: since})])


def let_go_of_texts(work: UnitOfWork, path: DocumentPath, content: bytes) -> None:
    """A commit holds *content* at *path*: withheld texts up to it stand in the history now, or are past."""
    record = work.documents.at(path)
    if record is None or not waiting_places(work, record.subject):
        return
    rows = [row for row in work.audit.waiting() if row.path == path]
    found = digest(content)
    last = max((row.sequence for row in rows if row.digest == found), default=None)
    work.audit.drop([row.sequence for row in rows if last is None or row.sequence <= last])
