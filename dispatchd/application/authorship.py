"""Who outside `[people]` has written in a text: by events for what was opened, saved or committed, and by a note.

Of a commit that did something else besides, an event tells that alone, and git keeps the rest with its author; whoever
tells an agent that text has to know all the same.
"""

from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.authority import is_person
from dispatchd.domain.event import (
    EpicOpened,
    FileRevised,
    IssueOpened,
    ProposalOpened,
    ProseRevised,
    RecordedEvent,
)

_WRITES: Final = (IssueOpened, EpicOpened, ProposalOpened, ProseRevised, FileRevised)


def is_outside(work: UnitOfWork, actor: Actor) -> bool:
    """Whether *actor* is a human who is not in `[people]`."""
    return actor.kind is ActorKind.HUMAN and not is_person(work.rules, actor)


def note_words(work: UnitOfWork, subject: str, actor: Actor) -> None:
    """Remember that *actor* has changed the text of *subject*, if they are nobody of `[people]`."""
    if not is_outside(work, actor):
        return
    known = _noted(work, subject)
    if actor.name not in known:
        work.set_note(_key(subject), "\n".join([*known, actor.name]))


def strangers_in(work: UnitOfWork, subject: str) -> tuple[str, ...]:
    """The names of those outside `[people]` who have written in the text of *subject* (an id, or a path)."""
    wrote = (
        each.circumstance.actor.name for each in work.history.about(subject) if _is_strangers(work, each)
    )
    return tuple(dict.fromkeys([*wrote, *_noted(work, subject)]))


def _is_strangers(work: UnitOfWork, recorded: RecordedEvent) -> bool:
    return isinstance(recorded.event, _WRITES) and is_outside(work, recorded.circumstance.actor)


def _noted(work: UnitOfWork, subject: str) -> list[str]:
    return [name for name in (work.note(_key(subject)) or "").split("\n") if name]


def _key(subject: str) -> str:
    return f"strangers.{subject}"
