"""Moves that somebody asked for, until they are made: whose they are. What is moved by rule is the daemon's."""

import json
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.wire import dump_value, load_value
from dispatchd.domain.actors import Actor
from dispatchd.domain.identifiers import DocumentPath

_NOTE: Final = "asked_move:"


def note_asked(work: UnitOfWork, subject: str, target: DocumentPath, by: Actor) -> None:
    """*by* wants the file of *subject* to be at *target*."""
    work.set_note(_NOTE + subject, json.dumps({"to": target, "by": dump_value(by)}))


def who_asked(work: UnitOfWork, subject: str, target: DocumentPath) -> Actor | None:
    """Whoever wanted that the file of *subject* comes to *target*, asked once."""
    kept = work.note(_NOTE + subject)
    if kept is None:
        return None
    work.set_note(_NOTE + subject, None)
    asked = json.loads(kept)
    return load_value(Actor, asked["by"]) if asked["to"] == target else None
