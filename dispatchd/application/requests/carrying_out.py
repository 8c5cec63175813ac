"""A request carried out in a session: in whose name, and what is said back."""

from collections.abc import Callable, Mapping
from typing import Any

from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.confirm_requests import confirm_documents
from dispatchd.application.requests.import_requests import carry_out_import
from dispatchd.application.requests.lookup import handle_of
from dispatchd.application.requests.planning import body_of, plan, subject_of
from dispatchd.application.requests.request import Request, Verb
from dispatchd.application.requests.thread_requests import waits_in_threads
from dispatchd.application.requests.tidy_requests import tidy
from dispatchd.application.requests.undo_requests import undoable
from dispatchd.application.requests.written_instead import write_instead
from dispatchd.application.session import Session
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance


async def carry_out(session: Session, request: Request) -> Mapping[str, Any]:
    """Do what *request* asks; says what it was about and what happened. Raises Rejected."""
    session.ports.forget_person()  # a command is signed by whoever calls it, not by who saved a file before
    if session.clone:
        return await write_instead(session, request)
    if request.verb is Verb.IMPORT:
        return await carry_out_import(session, request)

    def by(work: UnitOfWork) -> Circumstance:
        person = session.ports.person(work)
        if request.speaker is None:
            return Circumstance(
                actor=person, at=session.ports.clock.now(), provenance=Provenance(channel=Channel.COMMAND)
            )
        return Circumstance(
            actor=agent_actor(handle_of(request.speaker)),
            at=session.ports.clock.now(),
            provenance=Provenance(channel=Channel.COMMAND, spoken_by=person.handle),
        )

    if request.verb is Verb.UNDO and not request.text("event"):
        return await session.ports.store.transact(lambda work: undoable(work, by(work)))
    if request.verb is Verb.TIDY:
        return await session.ports.store.transact(lambda work: tidy(session, work, request, by(work)))
    if request.verb is Verb.CONFIRM:
        return await _confirm(session, request, by)
    return await perform(session, request, by)


async def _confirm(
    session: Session, request: Request, by: Callable[[UnitOfWork], Circumstance]
) -> Mapping[str, Any]:
    """What waits in documents, and what waits in threads."""
    done = await confirm_documents(session, request, by)
    if done is None:
        return await perform(session, request, by)
    if request.flag("all") and await session.ports.store.transact(lambda work: bool(waits_in_threads(work))):
        more = await perform(session, request, by)
        return {**done, "told": [*done["told"], *more["told"]], "events": [*done["events"], *more["events"]]}
    return done


async def perform(
    session: Session, request: Request, by: Callable[[UnitOfWork], Circumstance]
) -> Mapping[str, Any]:
    """Do what *request* asks in the circumstance *by*; says what it was about and what happened. Raises Rejected."""
    done = await session.act(lambda door, circumstance: planned(door, request, circumstance), by)
    return {"subject": done.subject, "told": list(done.told), "events": [event.id for event in done.events]}


def planned(door: Door, request: Request, by: Circumstance) -> Plan:
    """What *request* asks for, as commands. Raises Rejected."""
    commands = plan(door.work, request, by, door.draw)
    subject = subject_of(commands, request)
    body = body_of(request)
    return Plan(commands=commands, subject=subject, bodies={subject: body} if body else {})
