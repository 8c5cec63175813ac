"""`confirm`: a person's word for what stands in a document and could have been written by an agent.

What waits in threads is answered like any other thread; this is about ticks and facts in the documents themselves.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dispatchd.application.command_handler import Door
from dispatchd.application.confirming import let_count
from dispatchd.application.doubts import unconfirmed_documents
from dispatchd.application.editing import Editing
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.rendering import Rendering
from dispatchd.application.requests.request import Request
from dispatchd.application.session import Session
from dispatchd.domain.authority import require_person
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import parse_id


async def confirm_documents(
    session: Session, request: Request, by: Callable[[UnitOfWork], Circumstance]
) -> dict[str, Any] | None:
    """Let count what waits in the documents that *request* means; None where nothing waits there. Raises Rejected."""

    def confirm(work: UnitOfWork) -> dict[str, Any] | None:
        waiting = [record for record in unconfirmed_documents(work) if _is_meant(request, record)]
        if not waiting:
            return None
        circumstance = by(work)
        require_person(work.rules, circumstance.actor, "confirming")

        def count(door: Door, rendering: Rendering) -> Sequence[RecordedEvent]:
            editing = Editing(door=door, kinds=session.kinds, rendering=rendering, times=session.times)
            return [event for record in waiting for event in let_count(editing, record, circumstance)]

        events = session.intake.bring_in(work, count, session.observing.all_present(), circumstance)
        told = [work.event_at(event.position)[1] for event in events]
        return {"subject": waiting[0].subject, "told": told, "events": [event.id for event in events]}

    return await session.ports.store.transact(confirm)


def _is_meant(request: Request, record: DocumentRecord) -> bool:
    typed = request.text("id").strip()
    return request.flag("all") or parse_id(typed) == record.subject or typed in {record.subject, record.path}
