"""The file `PAUSE` at the tree's root and the brake are one: either of them brings the other about.

What the file says is the reason; whether it may be pulled or let go, the rules say.
"""

from dataclasses import replace
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import PAUSE, PAUSES
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.steering_command import PauseWork, ResumeWork

WITHOUT_A_REASON: Final = (
    "Nothing starts while this file is here. To go on, delete it, or run: dispatchd resume\n"
)


def standing(work: UnitOfWork) -> tuple[DocumentRecord, ...]:
    """The files that hold everything up: as a rule one, more where somebody wrote its name in another way too."""
    records = (work.documents.at(path) for path in PAUSES)
    return tuple(record for record in records if record is not None and record.current is not None)


def pause_by_file(door: Door, content: bytes, by: Circumstance) -> None:
    """The file was saved; a reason that is not one text says nothing."""
    text = decode(content)
    door.handle(PauseWork(reason=reason_in(text if isinstance(text, str) else "")), by)


def resume_by_file(door: Door, path: DocumentPath, by: Circumstance) -> None:
    """The file at *path* was deleted. Raises Rejected where that is not for whoever did it to say."""
    if all(record.path == path for record in standing(door.work)):
        door.handle(ResumeWork(), by)


def reason_in(text: str) -> str:
    """The reason that a file gives; none where it is empty or says what `dispatchd pause` writes by itself."""
    return "" if text == WITHOUT_A_REASON else " ".join(text.split())


def follow_pause(door: Door, by: Circumstance) -> None:
    """Owe the file of a brake that a command pulled, where none stands that says the same."""
    work = door.work
    pause = work.pause
    if pause is None:
        return
    said = [reason_in(_text(work, record)) for record in standing(work)]
    if pause.reason in said:
        return
    text = f"{pause.reason}\n" if pause.reason else WITHOUT_A_REASON
    known = work.documents.at(PAUSE) or DocumentRecord(
        path=PAUSE, subject=PAUSE, kind=None, seen=None, current=None
    )
    _owe(work, replace(known, current=work.blobs.put(text.encode())), by)


def follow_resume(door: Door, by: Circumstance) -> None:
    """Owe that the files go, where a command let the brake go."""
    for record in standing(door.work):
        _owe(door.work, replace(record, current=None), by)


def _text(work: UnitOfWork, record: DocumentRecord) -> str:
    text = decode(work.blobs.get(record.current)) if record.current is not None else ""
    return text if isinstance(text, str) else ""


def _owe(work: UnitOfWork, record: DocumentRecord, by: Circumstance) -> None:
    work.documents.save(replace(record, owed_since=by.at, owed_because=WriteReason.ANSWER, owed_by=by.actor))
