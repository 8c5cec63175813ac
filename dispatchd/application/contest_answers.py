"""What was chosen where two edits met: the other side's lines, or the chooser's own, are put in place of those that stand.

That is an edit like any other, by whoever chose; the other side's facts the rules set themselves. Where what stands
has changed since the question was put, nothing is put anywhere, and the question is put again.
"""

from dataclasses import replace

from dispatchd.application.contest_places import Place, has_come, likest, place_of, text_of
from dispatchd.application.contest_words import SINCE, Where, told, told_without_place
from dispatchd.application.contests import ask, tell
from dispatchd.application.editing import Editing
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.plain_files import revise_by_command
from dispatchd.application.ports.unit_of_work import DocumentRecord
from dispatchd.application.revisions import revision_of
from dispatchd.application.sighting import Sighting
from dispatchd.domain.command import Circumstance
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import Rejected
from dispatchd.domain.facts import value_of
from dispatchd.domain.thread import Contest, Thread, ThreadStatus


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
        elif thread.chosen is None:
            _put(editing, thread.act, f"{thread.turns[-1].text.strip()}\n", circumstance)
        elif thread.chosen != thread.options[-1]:
            _put(editing, thread.act, thread.act.texts[thread.options.index(thread.chosen)], circumstance)


def _put(editing: Editing, contest: Contest, lines: str, by: Circumstance) -> None:
    work = editing.door.work
    record = work.documents.of(contest.subject)
    if record is None or record.current is None or record.parked is not None:
        return
    before = work.blobs.get(record.current).decode()
    place = place_of(contest, before)
    if has_come(lines, before, place):
        return
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
        editing.door.handle(revision_of(work, record.path, blob), by)
    except Rejected as rejected:
        notice = Notice(
            cause=f"contest-over:{record.path}:{blob[:16]}",
            title=f"{record.path} was not changed",
            text=f"{rejected}\n\nYour answer stands in the thread. Write it into {record.path} to have it there.",
        )
        open_once(editing.door, notice, by.at)
        return
    revise_by_command(editing.door, record.path, blob, by)


def _fitting(lines: str, text: str, place: Place) -> str:
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
    text = text_of(editing.door.work, record)
    place = likest(contest.stands, text)
    stands = text[place.start : place.end] if place is not None else ""
    left = (each for each in contest.texts if each.strip() not in (lines.strip(), stands.strip()))
    fresh = replace(contest, stands=stands, other=lines, more=tuple(left))
    where = Where(path=record.path, line=place.line_in(text) if place is not None else 0, by=by.actor)
    if place_of(fresh, text) is None:
        tell(editing.door, fresh, told_without_place(fresh, where), by.at)
    else:
        ask(editing.door, fresh, told(fresh, where, since=SINCE), by.at)


def _ask_about_facts_again(editing: Editing, thread: Thread, contest: Contest, by: Circumstance) -> None:
    """The rules have set what stood as it was shown; about the rest somebody has said something else meanwhile."""
    work = editing.door.work
    entity, record = work.entity(contest.subject), work.documents.of(contest.subject)
    if thread.chosen in (None, thread.options[-1]) or record is None or entity is None:
        return
    if isinstance(entity, Decision):
        return
    chosen = contest.values[thread.options.index(thread.chosen or "")]
    now = {key: value_of(entity, key) or "" for key, _ in chosen}
    left = [key for key, other in chosen if now[key] != other]
    if not left:
        return
    fresh = Contest(
        subject=contest.subject,
        facts=tuple((key, other) for key, other in chosen if key in left),
        stood=tuple((key, now[key]) for key in left),
    )
    words = told(fresh, Where(path=record.path, line=0, by=by.actor), since=SINCE)
    ask(editing.door, fresh, words, by.at)
