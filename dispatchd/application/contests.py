"""Two sides changed the same thing: the person's word stands, and the other side's is shown, never lost."""

from collections.abc import Sequence
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import DocumentKind, Edit, Reading
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import DocumentRecord
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.documents.key_schema import Owner, Shape
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import Contest, ThreadKind, ThreadPurpose
from dispatchd.reconcile.body_merge import Overlap
from dispatchd.reconcile.marked_text import Marked

TAKE_THE_OTHER: Final = "Take the other"
KEEP_WHAT_STANDS: Final = "Keep what stands"


def report_facts(
    door: Door, kind: DocumentKind, edit: Edit, ours: Reading, seen: Sighting, marked: Marked | None = None
) -> None:
    """Open a thread for facts that the database's side had changed too, to something else.

    Values that stood between the markers which the person took out were before their eyes.

    Called after the person's changes were made: a key whose change was refused kept the other side's value, so
    nothing of it was lost.
    """
    entity = edit.work.entity(edit.subject)
    if entity is None:
        return
    stands = kind.stands(entity)
    refused = {problem.anchor for problem in edit.work.problems.of(edit.subject)}
    lost = [
        key.name
        for key in kind.schema
        if key.owner is Owner.SHARED and key.shape is not Shape.LIST and f"key:{key.name}" not in refused
        if marked is None or not marked.shows(f"{key.name}: {ours.facts.get(key.name)}")
        if _both_changed(key.name, edit, ours) and stands.get(key.name) != ours.facts.get(key.name)
    ]
    if lost:
        told = [
            f"- `{key}`: yours is `{_said(stands.get(key))}`; the other was `{_said(ours.facts[key])}`"
            for key in lost
        ]
        text = "Two changes of one fact met. Yours stands:\n\n" + "\n".join(told)
        facts = tuple((key, _one(ours.facts[key])) for key in lost)
        _open(door, edit.path, text, Contest(subject=EntityId(edit.subject), facts=facts), seen)


def report_overlaps(door: Door, record: DocumentRecord, overlaps: Sequence[Overlap], seen: Sighting) -> None:
    """Open a thread with both texts for prose that both sides changed."""
    for overlap in overlaps:
        text = (
            "The same lines were changed twice. Yours stand in the file:\n\n"
            f"{quoted(overlap.theirs)}\n\nThe other side's were:\n\n{quoted(overlap.ours)}"
        )
        contest = Contest(subject=EntityId(record.subject), stands=overlap.theirs, other=overlap.ours)
        _open(door, record.path, text, contest, seen)


def _both_changed(key: str, edit: Edit, ours: Reading) -> bool:
    here, before, there = (side.facts.get(key) for side in (ours, edit.base, edit.disk))
    return key in ours.facts and here != before and there not in (before, here)


def _said(value: object) -> str:
    return "nothing" if value in (None, "", ()) else str(value)


def quoted(text: str) -> str:
    """*text* as a block of its own in a thread."""
    fence = "````" if "```" in text else "```"
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _one(value: object) -> str:
    return value if isinstance(value, str) else ""


def _open(door: Door, path: str, text: str, contest: Contest, seen: Sighting) -> None:
    """Ask which of the two it is to be; where the lines of one are none, there is nothing to be put in their place."""
    can_choose = bool(contest.facts or contest.stands.strip())
    notice = Notice(
        cause=f"contest:{contest.subject}:{digest(text.encode())[:16]}",
        title=f"Two edits met in {path}",
        text=text,
        kind=ThreadKind.CONFLICT,
        subject=contest.subject,
        options=(TAKE_THE_OTHER, KEEP_WHAT_STANDS) if can_choose else (),
        purpose=ThreadPurpose.SETTLE_CONTEST if can_choose else ThreadPurpose.TALK,
        act=contest if can_choose else None,
    )
    open_once(door, notice, seen.circumstance.at)
