"""A database that is new, or older than the branch: what the branch tells has happened before, and what stands there
as the branch has it is no news. All that differs from it is then found like any other edit.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dispatchd.application.brake_file import pause_by_file, standing
from dispatchd.application.history import set_head
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.others_word import Doubt, go_on
from dispatchd.application.others_word import ask_again as ask_what_nothing_proves
from dispatchd.application.past_texts import PastTexts, read_past
from dispatchd.application.people import person_by_email
from dispatchd.application.ports.audit_log import AuditLog, CommitId, Decided, Signature
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.removal import CAUSE, HELD
from dispatchd.application.rendering import Rendering
from dispatchd.application.replaying import doubted_here, replay
from dispatchd.application.session import Session
from dispatchd.application.settings_of_history import ask_again, put_past_in_force
from dispatchd.application.texts_in_force import judge_again
from dispatchd.application.words_of_history import owe_words
from dispatchd.domain.authority import is_person
from dispatchd.domain.board import Rules

DAMAGED: Final = "database_damaged"
"""The note that holds what was wrong with the database whose place this one takes, until that was told."""


async def take_first_look(session: Session, head: CommitId, at: datetime) -> None:
    """Make the new database level with the last commit that was made here; what came after it is followed then."""
    log = session.ports.audit
    decided = await session.run(lambda: log.decided_here(head))
    # All before our last commit is decided, all after it is still to be taken in.
    end = decided.end or head
    await put_past_in_force(session, end, decided.believed)
    rules = await session.ports.store.transact(lambda work: work.rules)
    past = await session.run(lambda: _read_past(log, end, decided, rules))
    doubts = await replay(session, decided, past, end)
    await owe_words(session, end)
    absent = await session.run(lambda: [path for path in past.standing if not session.observing.stands(path)])

    def level(work: UnitOfWork) -> None:
        if work.open_thread_about(CAUSE) is not None:  # many files are gone, and somebody was asked about it
            records = (work.documents.at(path) for path in absent)
            work.set_note(HELD, json.dumps([record.subject for record in records if record is not None]))
        ask_again(session, work)
        judge_again(session.intake.door(work), by_daemon(at))
        _take_over(session, work, decided, doubts, at)
        _tell_of_damage(session, work, at)
        for record in standing(work) if work.pause is None else ():
            door = session.intake.door(work)
            pause_by_file(door, past.standing.get(record.path, b""), by_daemon(at))
        set_head(work, end, at)

    await session.ports.store.transact(level)


def _take_over(
    session: Session, work: UnitOfWork, decided: Decided, doubts: Sequence[Doubt], at: datetime
) -> None:
    """What this clone does as soon as it decides in the place of others."""
    door, is_new = session.intake.door(work), _is_new_home(decided)
    ask_what_nothing_proves(door, doubts, doubted_here(decided), by_daemon(at))
    if is_new:
        go_on(door, session.kinds, by_daemon(at))
    if doubts or is_new:
        Rendering(door=door, kinds=session.kinds).refresh()


def _is_new_home(decided: Decided) -> bool:
    """Whether nothing was decided here since home came here from elsewhere."""
    last = max((place for place, each in enumerate(decided.commits) if each.home), default=-1)
    return bool(decided.believed) and not any(
        each.is_own and each.events and each.oid not in decided.believed
        for each in decided.commits[last + 1 :]
    )


def _tell_of_damage(session: Session, work: UnitOfWork, at: datetime) -> None:
    damage = work.note(DAMAGED)
    if damage is None:
        return
    work.set_note(DAMAGED, None)
    notice = Notice(
        cause=f"database-damaged:{at.isoformat()}",
        title="The database was damaged, and was made anew",
        text=f"What was found: {damage}.\n\nStates, votes, gates, threads and their times were read again from the "
        "branch, and the files stand as they stood. Nothing has to be done; if it happens again, the disk may be failing.",
    )
    open_once(session.intake.door(work), notice, at)


def _read_past(log: AuditLog, end: CommitId, decided: Decided, rules: Rules) -> PastTexts:
    def is_stranger(author: Signature) -> bool:
        return not is_person(rules, person_by_email(rules.people, author.name, author.email))

    return read_past(log, end, frozenset(each.oid for each in decided.commits if each.is_own), is_stranger)
