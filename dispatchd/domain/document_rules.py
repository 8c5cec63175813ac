"""Changes of files to which no rule of an entity applies: they are logged as they are."""

from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, MoveDocument, RefuseEdit, ReviseFile, ReviseProse
from dispatchd.domain.event import DocumentMoved, EditRefused, Event, FileRevised, ProseRevised

_OPEN_TO_AGENTS: Final = "context/"


def decide_prose(_board: Board, command: ReviseProse, _circumstance: Circumstance) -> tuple[Event, ...]:
    """Text that no rule reads."""
    return (ProseRevised(subject=command.subject, blob=command.blob),)


def decide_file(_board: Board, command: ReviseFile, circumstance: Circumstance) -> tuple[Event, ...]:
    """A file that is no entity; settings, policies and prompts are not an agent's to change."""
    if circumstance.actor.kind is ActorKind.AGENT and not command.path.startswith(_OPEN_TO_AGENTS):
        require_human(circumstance.actor, f"what {command.path} says")
    return (
        FileRevised(path=command.path, blob=command.blob, source=command.source, settings=command.settings),
    )


def decide_move_document(
    _board: Board, command: MoveDocument, _circumstance: Circumstance
) -> tuple[Event, ...]:
    """Another path, nothing else."""
    if command.before == command.after:
        return ()
    return (DocumentMoved(subject=command.subject, before=command.before, after=command.after),)


def decide_refusal(_board: Board, command: RefuseEdit, _circumstance: Circumstance) -> tuple[Event, ...]:
    """What a person wrote and was not taken, kept in the log as theirs."""
    return (
        EditRefused(
            subject=command.subject, place=command.place, attempted=command.attempted, why=command.why
        ),
    )
