"""Files that cannot be read: left exactly as they are, their last good state in force, and a thread that says why."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Reading
from dispatchd.application.notices import Notice, close, open_once
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.documents.digest import digest
from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.thread import Thread, ThreadKind
from dispatchd.reconcile.places import FILE

_AND_NOW: Final = (
    "\n\nThe file is left exactly as it is, and its last good state stays in force. "
    "This thread closes by itself when the file is mended."
)


def unreadable(reading: Reading) -> DocumentProblem | None:
    """The problem that makes a whole text unreadable (no end of its front matter), if it has one."""
    return reading.front.parked


def cause_of(subject: str) -> str:
    """What makes the thread about an unreadable file the only one of its kind."""
    return f"parked:{subject}"


def park(
    door: Door, record: DocumentRecord, seen: Sighting, problem: DocumentProblem, times: SettleTimes
) -> Taken:
    """Keep the bytes, say what is wrong, change nothing else; half-written files get their time first."""
    if seen.quiet < times.refusal:
        return Taken(look_again=times.refusal)
    work, at = door.work, seen.circumstance.at
    here = problem.at(record.path)
    seen_digest = work.blobs.put(seen.content)
    work.documents.save(
        replace(record, seen=digest(seen.content), stamp=seen.stamp or record.stamp, parked=str(here))
    )
    work.audit.add_text(record.path, seen_digest, seen.circumstance.actor, at)
    work.problems.replace(record.subject, (_as_problem(record, problem, at),))
    text = f"{here}{_AND_NOW}"
    notice = Notice(
        cause=cause_of(record.subject),
        title=f"{record.path} cannot be read" if problem.line else f"{record.path} was not taken in",
        text=text,
        kind=ThreadKind.PROBLEM,
        subject=record.subject,
    )
    open_once(door, notice, at)
    return DONE


def why_parked(thread: Thread) -> str:
    """Why the file is left as it is, as *thread*, which was opened about it, says."""
    return thread.turns[0].text.removesuffix(_AND_NOW) if thread.turns else ""


def _as_problem(record: DocumentRecord, problem: DocumentProblem, at: datetime) -> ProblemRecord:
    return ProblemRecord(
        subject=record.subject,
        path=record.path,
        anchor=FILE,
        what=problem.what,
        hint=problem.hint,
        line=problem.line,
        since=at,
    )


def unpark(door: Door, record: DocumentRecord, seen: Sighting) -> DocumentRecord:
    """The file reads again: close its thread."""
    if record.parked is None:
        return record
    close(door, cause_of(record.subject), seen.circumstance.at)
    door.work.problems.replace(record.subject, ())
    return replace(record, parked=None)
