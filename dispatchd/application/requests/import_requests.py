"""`import`: one portion of what another tracker holds, carried out in one transaction, with an answer for each item.

An import is a person's: what comes along counts as brought by whoever sits here.
"""

from collections.abc import Mapping
from typing import Any

from dispatchd.application.command_handler import Door
from dispatchd.application.imports.answer import Answer, Outcome
from dispatchd.application.imports.taking_in import TakingIn
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.rendering import Rendering
from dispatchd.application.requests.request import NotUnderstood, Request, Verb
from dispatchd.application.session import Session
from dispatchd.application.wire import WireError, dump_value, load_value
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.reconcile.import_order import Portion


def import_request(portion: Portion, *, dry_run: bool) -> Request:
    """The request to take in *portion*; with *dry_run* only to say what would come of it."""
    arguments: dict[str, Any] = {"portion": dump_value(portion), "dry_run": dry_run}
    return Request(verb=Verb.IMPORT, arguments=arguments)


def outcomes_in(result: Mapping[str, Any]) -> tuple[Outcome, ...]:
    """What the answer to such a request says of each item."""
    return load_value(Answer, {"outcomes": result.get("outcomes") or []}).outcomes


async def carry_out_import(session: Session, request: Request) -> Mapping[str, Any]:
    """Take in the portion that *request* brings. Raises Rejected, NotUnderstood."""
    if request.speaker is not None:
        raise Rejected("a person imports; an agent opens issues one by one, each with its reason")
    try:
        portion = load_value(Portion, request.arguments.get("portion"))
    except WireError as error:
        raise NotUnderstood(f"this is no portion of an import: {error}") from None

    def take(work: UnitOfWork) -> tuple[Outcome, ...]:
        by = Circumstance(
            actor=session.ports.person(work),
            at=session.ports.clock.now(),
            provenance=Provenance(channel=Channel.COMMAND),
        )

        def do(door: Door, rendering: Rendering) -> tuple[Outcome, ...]:
            taking = TakingIn(
                door=door,
                rendering=rendering,
                by=by,
                dry_run=request.flag("dry_run"),
                coming=frozenset(portion.coming if request.flag("dry_run") else ()),
            )
            return taking.take(portion)

        return session.intake.bring_in(work, do, session.observing.all_present(), by)

    outcomes = await session.ports.store.transact(take)
    return {"subject": "", "told": [], "events": [], **dump_value(Answer(outcomes=outcomes))}
