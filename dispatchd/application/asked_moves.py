"""Moves that somebody asked for, until they are made: whose they are. What is moved by rule is the daemon's."""

import json
from datetime import datetime
from typing import Final

from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.wire import dump_value, load_value
from dispatchd.domain.actors import Actor, Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentPath

_NOTE: Final = "asked_move:"


def note_asked(work: UnitOfWork, subject: str, target: DocumentPath, by: Actor) -> None:
    """*by* wants the file of *subject* to be at *target*."""
    work.set_note(_NOTE + subject, json.dumps({"to": target, "by": dump_value(by)}))


def mover(work: UnitOfWork, subject: str, target: DocumentPath, at: datetime) -> Circumstance:
    """Whose a move of the daemon's to *target* is: whoever wanted the file of *subject* there, asked once, or its own."""
    kept = work.note(_NOTE + subject)
    if kept is None:
        return by_daemon(at)
    work.set_note(_NOTE + subject, None)
    asked = json.loads(kept)
    if asked["to"] != target:
        return by_daemon(at)
    actor = load_value(Actor, asked["by"])
    return Circumstance(actor=actor, at=at, provenance=Provenance(channel=Channel.COMMAND))


def mover_seen(
    work: UnitOfWork, record: DocumentRecord, path: DocumentPath, by: Circumstance
) -> Circumstance:
    """Whose it is that the file of *record* turns up at *path*: *by*'s, unless the daemon was to bring it there.

    It may have made the move and then been unable to note it, on a full disk say.
    """
    return mover(work, record.subject, path, by.at) if record.wanted_path == path else by
