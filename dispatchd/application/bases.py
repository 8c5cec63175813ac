"""What a save began as: the text it is compared with, to see what its writer changed.

The `rev` in a file names the text the daemon last wrote. What arrives by a commit keeps the `rev` of the text below
it, so that two texts may carry one: a buffer that was open before is told from one that has seen the arrival by what
it holds of it. A text exactly as it once was is a wish to have it so again.
Of a save that was answered counts what was taken of it (`counted_texts`).
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from dispatchd.application.document_kinds import Reading
from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, TextSource, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.domain.actors import Channel
from dispatchd.reconcile.marked_text import Marked, read_marked

Base = tuple[str, Sequence[str]]
FEW: Final = 3
"""Texts: the one that a save began as, what of it counted, and one more to know that there are others."""


def base_of(work: UnitOfWork, record: DocumentRecord, disk: Reading, seen: Sighting) -> Base:
    """The text the save began as: given, or an agreed one with its `rev`, or the newest of all.

    With it come the places that were still open in that text: they are no less open in what was made of it.
    """
    marked = markers_before(work, record, seen)
    began = marked.settled_from(disk.text) if marked is not None else None
    if began is not None:
        return began, ()
    if marked is not None and record.current is not None:
        # Whoever takes markers out has seen both sides, and means what they keep, however old its `rev` says it is.
        return work.blobs.get(record.current).decode(), ()
    newest = work.documents.newest_agreed(record.subject)
    if seen.base is not None:
        text = decode(seen.base)
        if isinstance(text, str):
            return text, _open_in(work, record.subject, text, seen)
    found = digest(seen.content)
    if newest is not None and found == record.seen == record.current != newest.digest:
        return disk.text, newest.held  # what came has changed nothing here: only what was open is looked at
    rev = disk.facts.get("rev")
    return began_as(work, record.subject, rev if isinstance(rev, str) else None, disk.text)


def _open_in(work: UnitOfWork, subject: str, text: str, seen: Sighting) -> Sequence[str]:
    """The places that were open in *text*, which is known for what *seen* began as."""
    newest, rev = work.documents.newest_agreed(subject), rev_of(text)
    agreed = [newest] if newest is not None else []
    if rev is not None and seen.circumstance.provenance.channel is Channel.SAVE:
        # A save that was displaced: something else may have come since.
        agreed += work.documents.all_agreed_with(subject, rev)
    return next((each.held for each in agreed if each.digest == digest(text.encode())), ())


def markers_before(work: UnitOfWork, record: DocumentRecord, seen: Sighting) -> Marked | None:
    """What stood in the file if the writer of *seen* found the markers of an unfinished merge there."""
    before = seen.base
    if before is None and record.parked is not None and record.seen is not None:
        before = work.blobs.get(record.seen)
    return read_marked(before) if before is not None else None


def began_as(work: UnitOfWork, subject: str, rev: str | None, saved: str) -> Base:
    """The agreed text that carries *rev* and that *saved* was made of, or the newest of all; and its open places."""
    agreed = agreed_base(work, subject, rev, saved) if rev is not None else None
    agreed = agreed or work.documents.newest_agreed(subject)
    return (work.blobs.get(agreed.digest).decode(), agreed.held) if agreed is not None else ("", ())


def agreed_base(work: UnitOfWork, subject: str, rev: str, saved: str) -> AgreedText | None:
    """The agreed text that carries *rev* and that *saved* was made of."""
    known = _newest_of(work, subject, rev)
    versions = [each for each in known if each.source is not TextSource.COUNTED]
    began = _before_unseen_arrival(work, versions, saved) or next(iter(versions), None)
    if began is None or began.digest == digest(saved.encode()):
        return began
    below = known[known.index(began) + 1 :]
    return below[0] if below and below[0].source is TextSource.COUNTED else began


def _newest_of(work: UnitOfWork, subject: str, rev: str) -> Sequence[AgreedText]:
    """The texts that carry *rev*, newest first: all, or where all upon the oldest were saves a few, which tell as much.

    Prose keeps the `rev`, so that an editor that saves by itself leaves thousands with one.
    """
    few = work.documents.all_agreed_with(subject, rev, FEW)
    is_all = len(few) < FEW
    if is_all or (few[0].source is TextSource.INGESTED and not work.documents.has_arrivals(subject, rev)):
        return few
    return work.documents.all_agreed_with(subject, rev)


def _before_unseen_arrival(work: UnitOfWork, versions: Sequence[AgreedText], saved: str) -> AgreedText | None:
    """The oldest of *versions* (newest first) upon which came what *saved* holds nothing of, and the newest still has."""
    if len(versions) < 2 or all(version.source is TextSource.INGESTED for version in versions[:-1]):
        return None
    texts = [work.blobs.get(version.digest).decode() for version in versions]
    if saved in texts:
        return None
    for at in range(len(versions) - 2, -1, -1):
        is_arrival = versions[at].source is not TextSource.INGESTED
        if (
            is_arrival
            and _lacks(saved, texts[at + 1], texts[at])
            and _has(texts[0], texts[at + 1], texts[at])
        ):
            return versions[at + 1]
    return None


def _lacks(text: str, before: str, after: str) -> bool:
    """Whether *text* holds nothing of what made *before* into *after*, and something of what that took away."""
    added, removed = changes(before, after)
    lines = set(text.splitlines())
    return not added & lines and (bool(removed & lines) if removed else bool(added))


def _has(text: str, before: str, after: str) -> bool:
    added, removed = changes(before, after)
    lines = set(text.splitlines())
    return added <= lines and not removed & lines


def changes(before: str, after: str) -> tuple[set[str], set[str]]:
    """The lines that came and went; blank ones, and those that stand elsewhere too, tell nothing."""
    old, new = before.splitlines(), after.splitlines()
    came: set[str] = set()
    went: set[str] = set()
    for kind, first, end, at, to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            went.update(line for line in old[first:end] if line.strip())
            came.update(line for line in new[at:to] if line.strip())
    return came - set(old), went - set(new)
