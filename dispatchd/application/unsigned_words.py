"""Words below an issue's activity that were saved and are not signed yet stay owed to whoever wrote them.

They rest first, so that all that was typed is one comment. Meanwhile somebody else's edit of the same file may come,
from another clone say. From then on the place that is held names the words themselves: they are found in whatever text
the file comes to have, and nothing else that came is taken for theirs.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dispatchd.application.document_kinds import Edit
from dispatchd.application.kinds.issue_kind import ISSUE_KIND, activity_of, shape_of
from dispatchd.application.outcome import Outcome
from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, UnitOfWork
from dispatchd.application.saved_text import looked_at_again
from dispatchd.application.sighting import DONE, Taken
from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.comments import added_lines, standing_lines
from dispatchd.documents.markdown_outline import Outline
from dispatchd.domain.identifiers import DocumentDigest, EntityId, EntityKind
from dispatchd.reconcile.comment_intents import (
    is_by,
    is_words,
    kept_in,
    text_at,
    unsigned_in,
    words_place,
    writer_at,
)


def open_in(work: UnitOfWork, record: DocumentRecord, found: DocumentDigest) -> tuple[str, ...]:
    """The places that are open in the file, which holds *found*."""
    newest = work.documents.newest_agreed(record.subject)
    if newest is None:
        return ()
    if newest.digest == found:
        return newest.held
    return kept_in(newest.held) if found == record.seen == record.current else ()


def look_later(work: UnitOfWork, record: DocumentRecord) -> Taken:
    """When to look again at a file in which nothing is new: what is not signed waits until it was written to."""
    newest, now = work.documents.newest_agreed(record.subject), work.documents.of(record.subject)
    if newest is None or now is None or not kept_in(newest.held):
        return DONE
    work.documents.save(replace(now, stamp=looked_at_again(now.stamp)))
    return Taken(owed=True)


def unsigned_before(work: UnitOfWork, record: DocumentRecord) -> AgreedText | None:
    """The text agreed on last, where something in it is not signed."""
    newest = work.documents.newest_agreed(record.subject) if record.kind is EntityKind.ISSUE else None
    return newest if newest is not None and unsigned_in(newest.held) else None


def keep_unsigned(before: AgreedText, edit: Edit, outcome: Outcome) -> None:
    """What was not signed *before* is not forgotten by what came of *edit*, as far as it still stands."""
    work, subject = edit.work, edit.subject
    newest, record = work.documents.newest_agreed(subject), work.documents.of(subject)
    issue = work.issue(EntityId(subject))
    if newest is None or record is None or record.current is None or issue is None:
        return
    known = activity_of(issue, work)
    after = _shape(work, record.current)
    fresh = _words(work, newest, unsigned_in(newest.held), known)
    left = _words(work, before, _unheard(before, edit), known)
    lines = set(standing_lines(after, left, known))
    if fresh and record.current == record.seen and {after.lines[at].rstrip() for at in lines} <= {*fresh}:
        return  # all of it is in the save that goes on
    lines.update(standing_lines(after, fresh, known))
    if lines:
        writer = writer_at(unsigned_in(before.held)[0])
        hold_words(work, record, [after.lines[at].rstrip() for at in sorted(lines)], writer)
        if outcome.again.look_again is None:
            outcome.again = Taken(owed=True)


def hold_words(work: UnitOfWork, record: DocumentRecord, words: Sequence[str], writer: str) -> None:
    """Remember that *words*, which stand in the document of *record*, are not signed by their *writer* yet."""
    newest = work.documents.newest_agreed(record.subject)
    if newest is None:
        return
    place = words_place(work.blobs.put("\n".join(words).encode()), writer)
    others = tuple(each for each in newest.held if not is_words(each))
    work.documents.agree(replace(newest, held=(*others, place)))
    work.documents.save(replace(record, stamp=looked_at_again(record.stamp)))


def _unheard(before: AgreedText, edit: Edit) -> Sequence[str]:
    """The places of *before* for which *edit* was not asked: what came of those it was asked for is known."""
    asked = [place for place in unsigned_in(edit.held) if is_by(place, edit.circumstance)]
    heard = [place for place in asked if not is_words(place)] or asked
    return [place for place in unsigned_in(before.held) if place not in heard]


def _words(
    work: UnitOfWork, agreed: AgreedText, places: Collection[str], known: Sequence[ActivityLine]
) -> list[str]:
    """The lines that are not signed in the text *agreed* on, of some of its *places*."""
    found: list[str] = []
    for place in places:
        if is_words(place):
            found.extend(work.blobs.get(text_at(place)).decode().split("\n"))
        else:
            began, saved = _shape(work, text_at(place)), _shape(work, agreed.digest)
            found.extend(added_lines(began, saved, known))
    return found


def _shape(work: UnitOfWork, text: DocumentDigest) -> Outline:
    return shape_of(ISSUE_KIND.read(work.blobs.get(text).decode()))
