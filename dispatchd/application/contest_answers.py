"""What was chosen where two edits met: the other side's lines are put in place of those that stand.

That is an edit like any other, by whoever chose; the other side's facts the rules set themselves.
"""

from dataclasses import replace

from dispatchd.application.contests import TAKE_THE_OTHER, quoted
from dispatchd.application.editing import Editing
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.domain.command import Circumstance
from dispatchd.domain.thread import Contest, Thread


def put_others_lines(editing: Editing, by: Circumstance) -> None:
    """Where somebody chose the other side's lines, put them in place of those that stand, as an edit of theirs."""
    work = editing.door.work
    for subject in list(editing.door.touched):
        thread = work.entity(subject)
        if not isinstance(thread, Thread) or not isinstance(thread.act, Contest) or thread.delivered:
            continue
        if thread.chosen == TAKE_THE_OTHER and thread.act.stands:
            who = thread.turns[-1].by if thread.turns else by.actor
            _put(editing, thread.act, replace(by, actor=who))


def _put(editing: Editing, contest: Contest, by: Circumstance) -> None:
    work = editing.door.work
    record = work.documents.of(contest.subject)
    if record is None or record.current is None:
        return
    before = work.blobs.get(record.current)
    stands = contest.stands.encode()
    if record.parked is not None or before.count(stands) != 1:
        notice = Notice(
            cause=f"contest-over:{contest.subject}:{digest(stands)[:16]}",
            title=f"The other lines were not put into {record.path}",
            text=f"What stood there has changed since. These were the other side's lines:\n\n{quoted(contest.other)}",
            subject=contest.subject,
        )
        open_once(editing.door, notice, by.at)
        return
    after = before.replace(stands, contest.other.encode())
    editing.take(record, Sighting(path=record.path, content=after, circumstance=by, base=before))
