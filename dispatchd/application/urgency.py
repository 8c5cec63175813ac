"""How soon a planned text has to be in its file, by what it was planned for."""

from dispatchd.application.ports.unit_of_work import WriteReason
from dispatchd.domain.actors import Channel
from dispatchd.domain.command import Circumstance

_URGENCY = (
    WriteReason.REFUSAL,
    WriteReason.ADOPTION,
    WriteReason.ANSWER,
    WriteReason.UNASKED,
    WriteReason.ARRIVED,
)


def most_urgent(one: WriteReason | None, other: WriteReason) -> WriteReason:
    """The one of both that waits less."""
    return other if one is None else min(one, other, key=_URGENCY.index)


def reason_of(circumstance: Circumstance) -> WriteReason:
    """Why the text of what changed in *circumstance* is to be written: somebody waits for it, or nobody asked."""
    return WriteReason.UNASKED if circumstance.provenance.channel is Channel.DAEMON else WriteReason.ANSWER
