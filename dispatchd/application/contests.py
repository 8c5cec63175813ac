"""Two sides changed the same thing: the person's word stands, and the other side's is shown, never lost.

The thread shows both as they are written, and offers to choose. What choosing does is `contest_answers`' business.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import DocumentKind, Edit, Reading
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.documents.key_schema import Owner, Shape
from dispatchd.documents.stamps import display_name, plain
from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import Contest, ThreadKind, ThreadPurpose
from dispatchd.reconcile.body_merge import Overlap
from dispatchd.reconcile.marked_text import Marked

TAKE_THE_OTHER: Final = "Take the other"
KEEP_WHAT_STANDS: Final = "Keep what stands"
_CHOICES: Final = (TAKE_THE_OTHER, KEEP_WHAT_STANDS)
"""The last one leaves everything as it is."""
_HOW_LINES: Final = (
    f"*{TAKE_THE_OTHER}* puts the lower text in place of the upper one, *{KEEP_WHAT_STANDS}* changes nothing. Or write "
    "below what should stand there instead, and tick *Send*."
)
_HOW_FACTS: Final = f"*{TAKE_THE_OTHER}* sets what stands below, *{KEEP_WHAT_STANDS}* changes nothing."
_NOTHING: Final = "(nothing)"


def report(
    door: Door,
    kind: DocumentKind,
    edit: Edit,
    ours: Reading,
    seen: Sighting,
    overlaps: Sequence[Overlap],
    marked: Marked | None,
) -> bool:
    """Open threads for what both sides changed, but for what stood between *marked* texts that the person settled.

    Whether there was any.
    """
    has_facts = report_facts(door, kind, edit, ours, seen, marked)
    record = edit.work.documents.of(edit.subject)
    unseen = [each for each in overlaps if marked is None or not marked.shows(each.ours)]
    if record is not None:
        report_overlaps(door, record, unseen, seen)
    return has_facts or bool(unseen)


def report_facts(
    door: Door, kind: DocumentKind, edit: Edit, ours: Reading, seen: Sighting, marked: Marked | None = None
) -> bool:
    """Open a thread for facts that the database's side had changed too, to something else. Whether there are any.

    Called after the person's changes were made: a key whose change was refused kept the other side's value, so
    nothing of it was lost. Values that stood between the markers which the person took out were before their eyes.
    """
    entity = edit.work.entity(edit.subject)
    if entity is None:
        return False
    stands = kind.stands(entity)
    refused = {problem.anchor for problem in edit.work.problems.of(edit.subject)}
    lost = [
        key.name
        for key in kind.schema
        if key.owner is Owner.SHARED and key.shape is not Shape.LIST and f"key:{key.name}" not in refused
        if marked is None or not marked.shows(f"{key.name}: {ours.facts.get(key.name)}")
        if _both_changed(key.name, edit, ours) and stands.get(key.name) != ours.facts.get(key.name)
    ]
    if not lost:
        return False
    entries = edit.disk.front.entries
    first = min((entries[key].first + 1 for key in lost if key in entries), default=0)
    contest = Contest(
        subject=EntityId(edit.subject),
        facts=tuple((key, _one(ours.facts[key])) for key in lost),
        stood=tuple((key, _one(stands.get(key))) for key in lost),
    )
    mine, theirs = (
        "\n".join(f"{key}: {value or _NOTHING}" for key, value in side)
        for side in (contest.stood, contest.facts)
    )
    words = told(edit.path, first, seen.circumstance.actor, (mine, theirs), "yaml", _HOW_FACTS)
    ask(door, contest, words, seen.circumstance.at)
    return True


def report_overlaps(door: Door, record: DocumentRecord, overlaps: Sequence[Overlap], seen: Sighting) -> None:
    """Open a thread with both texts for prose that both sides changed."""
    for overlap in overlaps:
        contest = Contest(
            subject=EntityId(record.subject),
            stands=overlap.theirs,
            other=overlap.ours,
            above=overlap.above,
        )
        sides = (overlap.theirs, overlap.ours)
        words = told(record.path, overlap.line, seen.circumstance.actor, sides, "text", _HOW_LINES)
        ask(door, contest, words, seen.circumstance.at)


def how_to_choose(contest: Contest) -> str:
    """What each box does."""
    return _HOW_FACTS if contest.facts else _HOW_LINES


def told(
    path: str, line: int, by: Actor, sides: tuple[str, str], language: str, how: str, since: str = ""
) -> str:
    """Both *sides*, the upper one being what stands at *line* of *path*, and what choosing does."""
    place = f"`{path}:{line}`" if line else f"`{path}`"
    who = f"{plain(display_name(by))}’s" if by.kind is ActorKind.HUMAN else "The last one"
    opening = f"The same was changed twice, to something else. {who} stands, at {place}:"
    if since:
        opening = f"{since} Now this stands, at {place}:"
    blocks = [
        quoted(side, language) if side.strip() else "*(nothing: the lines were taken out)*" for side in sides
    ]
    return "\n\n".join((opening, blocks[0], "This is the other side’s, and stands nowhere:", blocks[1], how))


def ask(door: Door, contest: Contest, text: str, at: datetime) -> None:
    """Ask which of the two it is to be; where nothing tells where the lines would go, there is nothing to choose."""
    is_lines = not contest.facts
    can_choose = not is_lines or bool(contest.stands.strip() or contest.above.strip())
    notice = Notice(
        cause=f"contest:{contest.subject}:{digest(text.encode())[:16]}",
        title=_title(door.work, contest),
        text=text if can_choose else text.removesuffix(f"\n\n{_HOW_LINES}"),
        kind=ThreadKind.CONFLICT,
        subject=contest.subject,
        options=_CHOICES if can_choose else (),
        purpose=ThreadPurpose.SETTLE_CONTEST if can_choose else ThreadPurpose.TALK,
        act=contest if can_choose else None,
        accepts_text=can_choose and is_lines,
    )
    open_once(door, notice, at)


def _title(work: UnitOfWork, contest: Contest) -> str:
    name = plain(str(getattr(work.entity(contest.subject), "title", "") or contest.subject))
    facts = [key for key, _ in contest.facts]
    what = f"two values of {' and '.join(facts)}" if facts else "the same lines, changed twice"
    return f"{name}: {what}"


def _both_changed(key: str, edit: Edit, ours: Reading) -> bool:
    here, before, there = (side.facts.get(key) for side in (ours, edit.base, edit.disk))
    return key in ours.facts and here != before and there not in (before, here)


def quoted(text: str, language: str = "text") -> str:
    """*text* as a block of its own in a thread."""
    fence = "````" if "```" in text else "```"
    words = text.strip("\r\n").rstrip()
    return f"{fence}{language}\n{words}\n{fence}"


def _one(value: object) -> str:
    return value if isinstance(value, str) else ""
