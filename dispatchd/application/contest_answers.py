"""What was chosen where two edits met: the other side's lines, or the chooser's own, are put in place of those that stand.

That is an edit like any other, by whoever chose; the other side's facts the rules set themselves. Where what stands
has changed since the question was put, nothing is put anywhere, and the question is put again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from dispatchd.application.contests import TAKE_THE_OTHER, ask, how_to_choose, told
from dispatchd.application.editing import Editing
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.plain_files import revise_by_command
from dispatchd.application.ports.unit_of_work import DocumentRecord
from dispatchd.application.sighting import Sighting
from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.command import Circumstance, ReviseFile
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import Rejected
from dispatchd.domain.facts import value_of
from dispatchd.domain.thread import Contest, Thread, ThreadStatus

_ALIKE: Final = 0.5
_SINCE: Final = "What stood there has changed since you were asked, so nothing was put in its place."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where lines stand in a text, from offset to offset."""

    start: int
    end: int


def put_others_lines(editing: Editing, by: Circumstance) -> None:
    """Where somebody chose the other side's lines, or wrote others, put them in place of those that stand."""
    for subject in list(editing.door.touched):
        thread = editing.door.work.entity(subject)
        if not isinstance(thread, Thread) or not isinstance(thread.act, Contest) or thread.delivered:
            continue
        if thread.status is not ThreadStatus.ANSWERED or not thread.turns:
            continue
        circumstance = replace(by, actor=thread.turns[-1].by)
        if thread.act.facts:
            _ask_about_facts_again(editing, thread, thread.act, circumstance)
        elif thread.chosen == TAKE_THE_OTHER:
            _put(editing, thread.act, thread.act.other, circumstance)
        elif thread.chosen is None:
            _put(editing, thread.act, f"{thread.turns[-1].text.strip()}\n", circumstance)


def _put(editing: Editing, contest: Contest, lines: str, by: Circumstance) -> None:
    work = editing.door.work
    record = work.documents.of(contest.subject)
    if record is None or record.current is None or record.parked is not None:
        return
    before = work.blobs.get(record.current).decode()
    place = _place_of(contest, before)
    if place is None:
        _ask_again(editing, record, contest, lines, by)
        return
    after = (before[: place.start] + _fitting(lines, before, place) + before[place.end :]).encode()
    if record.kind is None:
        _revise_plain(editing, record, after, by)
        return
    seen = Sighting(path=record.path, content=after, circumstance=by, base=before.encode())
    editing.take(record, seen)


def _revise_plain(editing: Editing, record: DocumentRecord, after: bytes, by: Circumstance) -> None:
    work = editing.door.work
    blob = work.blobs.put(after)
    try:
        editing.door.handle(ReviseFile(path=record.path, blob=blob), by)
    except Rejected as rejected:
        notice = Notice(
            cause=f"contest-over:{record.path}:{blob[:16]}",
            title=f"{record.path} was not changed",
            text=f"{rejected}\n\nYour answer stands in the thread. Write it into {record.path} to have it there.",
        )
        open_once(editing.door, notice, by.at)
        return
    revise_by_command(editing.door, record.path, blob, by)


def _place_of(contest: Contest, text: str) -> _Place | None:
    """The only place where the lines stand that the question showed; for lines taken out, the line they stood below."""
    wanted = contest.stands if contest.stands.strip() else f"{contest.above}\n"
    found = [place for place in _places(wanted, text) if text[place.start : place.end].strip()]
    if len(found) > 1:
        found = [place for place in found if _line_above(text, place) == contest.above]
    if len(found) != 1:
        return None
    return found[0] if contest.stands.strip() else _Place(start=found[0].end, end=found[0].end)


def _line_above(text: str, place: _Place) -> str:
    lines = [line for line in text[: place.start].splitlines() if line.strip()]
    return lines[-1] if lines else ""


def _places(lines: str, text: str) -> Iterator[_Place]:
    """Where *lines* stand as whole lines."""
    at = text.find(lines)
    while at >= 0:
        if at == 0 or text[at - 1] == "\n":
            yield _Place(start=at, end=at + len(lines))
        at = text.find(lines, at + 1)


def _fitting(lines: str, text: str, place: _Place) -> str:
    """*lines* with the line ends of what they replace, and a blank line above where they are put in anew."""
    if "\r\n" in text:
        lines = lines.replace("\r\n", "\n").replace("\n", "\r\n")
    is_new = place.start == place.end
    last = text[place.start : place.end]
    if not is_new and last.endswith("\n") and not lines.endswith("\n"):
        lines += "\n"
    return f"\n{lines}" if is_new and not lines.startswith(("\n", "\r\n")) else lines


def _ask_again(
    editing: Editing, record: DocumentRecord, contest: Contest, lines: str, by: Circumstance
) -> None:
    """Show what stands there now beside the lines that were chosen."""
    text = editing.door.work.blobs.get(record.current).decode() if record.current is not None else ""
    place = _likest(contest.stands, text)
    stands = text[place.start : place.end] if place is not None else ""
    line = text.count("\n", 0, place.start) + 1 if place is not None else 0
    fresh = replace(contest, stands=stands, other=lines)
    words = told(record.path, line, by.actor, (stands, lines), "text", how_to_choose(fresh), since=_SINCE)
    ask(editing.door, fresh, words, by.at)


def _likest(lines: str, text: str) -> _Place | None:
    """Where in *text* stands what *lines* has most likely become."""
    wanted, found = split_lines(lines), split_lines(text)
    best, place = _ALIKE, None
    offsets = [0]
    for line in found:
        offsets.append(offsets[-1] + len(line))
    for first in range(len(found) - len(wanted) + 1):
        window = "".join(found[first : first + len(wanted)])
        likeness = SequenceMatcher(None, lines, window, autojunk=False).ratio() if window.strip() else 0.0
        if likeness > best:
            best, place = likeness, _Place(start=offsets[first], end=offsets[first + len(wanted)])
    return place


def _ask_about_facts_again(editing: Editing, thread: Thread, contest: Contest, by: Circumstance) -> None:
    """The rules have set what stood as it was shown; about the rest somebody has said something else meanwhile."""
    work = editing.door.work
    entity, record = work.entity(contest.subject), work.documents.of(contest.subject)
    if thread.chosen != TAKE_THE_OTHER or record is None or entity is None or isinstance(entity, Decision):
        return
    now = {key: value_of(entity, key) or "" for key, _ in contest.facts}
    left = [key for key, other in contest.facts if now[key] != other]
    if not left:
        return
    fresh = Contest(
        subject=contest.subject,
        facts=tuple((key, other) for key, other in contest.facts if key in left),
        stood=tuple((key, now[key]) for key in left),
    )
    stood, other = (
        "\n".join(f"{key}: {value}" for key, value in side) for side in (fresh.stood, fresh.facts)
    )
    words = told(record.path, 0, by.actor, (stood, other), "yaml", how_to_choose(fresh), since=_SINCE)
    ask(editing.door, fresh, words, by.at)
