"""Two sides changed the same thing: the person's word stands, and the other side's is shown, never lost.

The thread shows both as they are written, and offers to choose. There is one for each place: where a third text comes
over two that nobody has chosen between, its thread shows all three and the older one is closed. What choosing does is
`contest_answers`' business.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from dispatchd.application.command_handler import Door
from dispatchd.application.contest_places import place_of, trimmed
from dispatchd.application.contest_words import Where, options_of, title_of, told, told_without_place
from dispatchd.application.courses import is_daily_course
from dispatchd.application.document_kinds import DocumentKind, Edit, Reading
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.ports.unit_of_work import DocumentRecord
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.documents.key_schema import Owner, Shape
from dispatchd.domain.command import DismissThread
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.thread import Contest, Thread, ThreadKind, ThreadPurpose, ThreadStatus
from dispatchd.reconcile.body_merge import Overlap
from dispatchd.reconcile.marked_text import Marked


def unsettled(
    overlaps: Sequence[Overlap], marked: Marked | None, shown: Sequence[str] = ()
) -> tuple[Overlap, ...]:
    """Those of *overlaps* that did not stand between *marked* texts which the person settled.

    Nor those in which the other side's lines were *shown* to whoever merged both.
    """
    return tuple(
        each
        for each in overlaps
        if (marked is None or not marked.shows(each.ours)) and not stands_in(each.ours, shown)
    )


def stands_in(lines: str, texts: Sequence[str]) -> bool:
    """Whether some of *texts* hold *lines*, which are more than blanks."""
    return bool(lines.strip()) and any(lines.strip() in text for text in texts)


def report_facts(
    door: Door, kind: DocumentKind, edit: Edit, ours: Reading, seen: Sighting, marked: Marked | None = None
) -> bool:
    """Open a thread for facts that the database's side had changed too, to something else. Whether there are any.

    Called after the person's changes were made: a key whose change was refused kept the other side's value, so
    nothing of it was lost. Values that stood between the markers which the person took out were before their eyes.
    """
    entity = edit.work.entity(edit.subject)
    if entity is None or edit.base.facts in (ours.facts, edit.disk.facts):
        return False  # one side has changed none
    stands = kind.stands(entity)
    refused = {problem.anchor for problem in edit.work.problems.of(edit.subject)}
    lost = [
        key.name
        for key in kind.schema
        if key.owner is Owner.SHARED and key.shape is not Shape.LIST and f"key:{key.name}" not in refused
        if marked is None or not marked.shows(f"{key.name}: {ours.facts.get(key.name)}")
        if not stands_in(f"\n{key.name}: {ours.facts.get(key.name)}\n", seen.shown)
        if _both_changed(key.name, edit, ours) and stands.get(key.name) != ours.facts.get(key.name)
        if not is_daily_course(edit, ours, key.name)  # which is nobody's word against a person's
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

    def is_older(old: Contest) -> bool:
        return bool({key for key, _ in old.stood} & set(lost))

    contest = _over_older(door, contest, is_older, at := seen.circumstance.at)
    contest = replace(contest, stood=tuple((key, _one(stands.get(key))) for key in _keys(contest)))
    ask(door, contest, told(contest, Where(path=edit.path, line=first, by=seen.circumstance.actor)), at)
    return True


def report_overlaps(
    door: Door, record: DocumentRecord, overlaps: Sequence[Overlap], seen: Sighting, text: str
) -> None:
    """Open a thread with all texts for prose that both sides changed, and of which one stands in *text*."""
    at = seen.circumstance.at
    for overlap in overlaps:
        contest = Contest(
            subject=EntityId(record.subject),
            stands=overlap.theirs,
            other=overlap.ours,
            above=overlap.above,
        )
        if place_of(contest, text) is None:
            contest = trimmed(contest)
        place = place_of(contest, text)

        def is_older(old: Contest, overlap: Overlap = overlap) -> bool:
            return not old.facts and place_of(old, text) is None and _is_same_place(old, overlap)

        contest = _over_older(door, contest, is_older, at)
        where = Where(path=record.path, line=place.line_in(text) if place else 0, by=seen.circumstance.actor)
        if place is not None:
            ask(door, contest, told(contest, where), at)
        else:
            tell(door, contest, told_without_place(contest, where), at)


def ask(door: Door, contest: Contest, text: str, at: datetime) -> None:
    """Ask which of the texts it is to be."""
    notice = Notice(
        cause=_cause(contest, text),
        title=title_of(door.work, contest),
        text=text,
        kind=ThreadKind.CONFLICT,
        subject=contest.subject,
        options=options_of(contest),
        purpose=ThreadPurpose.SETTLE_CONTEST,
        act=contest,
        accepts_text=not contest.facts,
    )
    open_once(door, notice, at)


def tell(door: Door, contest: Contest, text: str, at: datetime) -> None:
    """Show the texts where nothing tells where their lines would go: there is nothing to choose."""
    notice = Notice(
        cause=_cause(contest, text),
        title=title_of(door.work, contest),
        text=text,
        kind=ThreadKind.CONFLICT,
        subject=contest.subject,
    )
    open_once(door, notice, at)


def _cause(contest: Contest, text: str) -> str:
    return f"contest:{contest.subject}:{digest(text.encode())[:16]}"


def _over_older(door: Door, contest: Contest, is_older: Callable[[Contest], bool], at: datetime) -> Contest:
    """*contest* with what the open questions show that it takes the place of; those are closed."""
    for thread, old in list(open_contests(door, contest.subject)):
        if not is_older(old):
            continue
        door.handle(DismissThread(thread=thread.id), by_daemon(at))
        texts = (*contest.texts, *old.texts) if not contest.facts else ()
        values = (*contest.values, *old.values) if contest.facts else ()
        contest = _with_each_once(contest, texts, values)
    return contest


def _with_each_once(
    contest: Contest, texts: Sequence[str], values: Sequence[tuple[tuple[str, str], ...]]
) -> Contest:
    if contest.facts:
        stood = set(contest.stood)
        others = [side for side in dict.fromkeys(values) if not set(side) <= stood]
        return replace(contest, facts=others[0], more_facts=tuple(others[1:]))
    by_words = {text.strip(): text for text in reversed(texts) if text.strip() != contest.stands.strip()}
    other, *more = reversed(by_words.values())
    return replace(contest, other=other, more=tuple(more))


def open_contests(door: Door, subject: EntityId) -> Iterator[tuple[Thread, Contest]]:
    """The questions about *subject* that nobody has answered."""
    for thread in door.work.entities(EntityKind.THREAD):
        if not isinstance(thread, Thread) or thread.status is not ThreadStatus.OPEN:
            continue
        if isinstance(thread.act, Contest) and thread.act.subject == subject:
            yield thread, thread.act


def _is_same_place(old: Contest, overlap: Overlap) -> bool:
    """Whether what the *old* question showed stood where *overlap* is now."""
    if old.above and old.above == overlap.above:
        return True
    lines = {line.strip() for side in (overlap.ours, overlap.base) for line in side.splitlines()} - {""}
    return any(line.strip() in lines for line in old.stands.splitlines())


def _keys(contest: Contest) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for side in contest.values for key, _ in side))


def _both_changed(key: str, edit: Edit, ours: Reading) -> bool:
    here, before, there = (side.facts.get(key) for side in (ours, edit.base, edit.disk))
    return key in ours.facts and here != before and there not in (before, here)


def _one(value: object) -> str:
    return value if isinstance(value, str) else ""
