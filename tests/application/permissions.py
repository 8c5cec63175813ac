"""An agent that asks for permission, as its engine will."""

from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance, OpenThread
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread, ThreadKind, Turn
from tests.application.world import World
from tests.fakes.instant_store import run


def ask_permission(world: World, title: str, by: str = "ash") -> None:
    """One more permission of the kind that *title* names."""
    actor = agent_actor(by)

    def circumstance(_work: object) -> Circumstance:
        return Circumstance(
            actor=actor,
            at=world.clock.now(),
            provenance=Provenance(channel=Channel.COMMAND, spoken_by="alice"),
        )

    def plan(door: Door, at: Circumstance) -> Plan:
        thread = Thread(
            id=door.draw(EntityKind.THREAD),
            title=title,
            created=at.at,
            kind=ThreadKind.PERMISSION,
            sender=by,
            options=("Allow", "Deny"),
            accepts_text=False,
            turns=(Turn(by=actor, at=at.at, text=title),),
        )
        return Plan(commands=(OpenThread(thread=thread),))

    run(world.session.act(plan, circumstance))
