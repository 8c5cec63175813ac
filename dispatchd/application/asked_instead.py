"""A tick that somebody else must stand by: what its line is answered with while they are asked."""

from collections.abc import Sequence

from dispatchd.domain.event import ConfirmationAsked, RecordedEvent, ThreadOpened
from dispatchd.domain.thread import GateAct
from dispatchd.reconcile.intents import Act, Refusal


def asked_instead(act: Act, came: Sequence[RecordedEvent]) -> Refusal | None:
    """The answer to *act* if nothing came of it but a question; its box is empty again, since nothing was decided.

    It is settled, and in the log as the question is.
    """
    events = [recorded.event for recorded in came]
    asked = next((event for event in events if isinstance(event, ConfirmationAsked)), None)
    if asked is None or not isinstance(asked.act, GateAct):
        return None
    thread = next(event.thread.id for event in events if isinstance(event, ThreadOpened))
    why = f"{thread} asks whether it shall be done. {asked.text}"
    return Refusal(anchor=act.anchor, why=why, attempted=act.attempted)
