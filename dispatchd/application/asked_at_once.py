"""What a new file asks for besides what it is: a message that is saved with its *Send* ticked is sent.

It is asked once. A text that git brought here decides nothing, so its tick is answered; of the texts that were sent
before, the kind itself knows (`DocumentKind.asks`).
"""

from collections.abc import Iterable
from typing import Final

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Adoption, DocumentKind
from dispatchd.application.sighting import Sighting
from dispatchd.domain.errors import Rejected
from dispatchd.domain.signatures import Unsigned
from dispatchd.domain.unconfirmed import Unconfirmed
from dispatchd.reconcile.intents import Act, Intent, Refusal

_BROUGHT: Final = "tick it again if you mean it; git brought this text here, and nobody has ticked it now"


def ask_at_once(door: Door, kind: DocumentKind, adoption: Adoption, seen: Sighting) -> tuple[Refusal, ...]:
    """Do what the new file of *adoption* asks for, whose entity is open already; what of it was refused."""
    asked = kind.asks(adoption)
    if seen.travelled:
        asked = tuple(_not_now(each) for each in asked)
    return tuple(_refused(door, asked, seen))


def _refused(door: Door, asked: Iterable[Intent], seen: Sighting) -> Iterable[Refusal]:
    for each in asked:
        if isinstance(each, Refusal):
            yield each
        elif isinstance(each, Act):
            try:
                door.handle(each.command, seen.circumstance)
            except Rejected as rejected:
                waits = isinstance(rejected, Unsigned | Unconfirmed)
                yield Refusal(
                    anchor=each.anchor, why=str(rejected), attempted=each.attempted, settled=not waits
                )


def _not_now(intent: Intent) -> Intent:
    if isinstance(intent, Act):
        return Refusal(anchor=intent.anchor, why=_BROUGHT, attempted=intent.attempted)
    return intent
