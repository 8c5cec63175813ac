"""Answers at a gate that were ticked in a text of an earlier round, or beside a text that has changed since.

An approval counts for what was offered when it was given. A buffer that was open before the gate asked anew, or a
commit on top of an old text, shows another round: its tick is answered with a note and counts for nothing.
"""

from typing import Final

from dispatchd.application.document_kinds import Edit, Reading
from dispatchd.application.ports.unit_of_work import TextSource
from dispatchd.documents.fence import decode
from dispatchd.domain.command import ApproveGate, ChooseDirection, RejectGate, SkipGate
from dispatchd.domain.epic import Epic, Stage, StageState
from dispatchd.domain.stages import folded
from dispatchd.reconcile.intents import Act, Intent, Refusal

EARLIER: Final = "tick it again if it still holds: this was ticked in a text from before the gate asked anew"
CHANGED: Final = "read it and tick it again: what the gate is about has changed since this was read"


def of_this_round(
    edit: Edit, epic: Epic, ours: Reading | None, intents: tuple[Intent, ...]
) -> tuple[Intent, ...]:
    """*intents* of *edit*, stale answers among them refused. *ours* is the file as the database has it."""
    return tuple(_fresh(edit, epic, ours, intent) for intent in intents)


def current_text(edit: Edit) -> str | None:
    """The document's text as the database has it."""
    record = edit.work.documents.of(edit.subject)
    if record is None or record.current is None:
        return None
    text = decode(edit.work.blobs.get(record.current))
    return text if isinstance(text, str) else None


def _fresh(edit: Edit, epic: Epic, ours: Reading | None, intent: Intent) -> Intent:
    match intent:
        case Act(command=ApproveGate() | ChooseDirection() | RejectGate() | SkipGate() as command):
            stage = epic.stage(command.stage)
            why = _why_stale(edit, stage, ours) if stage is not None and ours is not None else ""
            return Refusal(anchor=intent.anchor, why=why, attempted=intent.attempted) if why else intent
        case _:
            return intent


def _why_stale(edit: Edit, stage: Stage, ours: Reading) -> str:
    if stage.state is not StageState.AWAITING_GATE or edit.base.text == ours.text:
        return ""
    if _was_offered_before(edit, stage):
        return EARLIER
    read, stands, left = (_substance(each, stage.name) for each in (edit.base, ours, edit.disk))
    return CHANGED if read and stands not in (read, left) else ""


def _was_offered_before(edit: Edit, stage: Stage) -> bool:
    """Whether the text that the save began as was written by the daemon, and last before the gate began to ask."""
    rev = edit.base.facts.get("rev")
    rows = edit.work.documents.all_agreed_with(edit.subject, rev) if isinstance(rev, str) else ()
    written = [row.at for row in rows if row.source is TextSource.RENDERED]
    return bool(written) and stage.since is not None and max(written) < stage.since


def _substance(reading: Reading, name: str) -> str:
    """What of the section of a stage is people's."""
    stages = reading.document.stages
    return next((each.plan.substance for each in stages if folded(each.plan.name) == folded(name)), "")
