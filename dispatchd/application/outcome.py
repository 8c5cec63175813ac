"""What came of a save: what happened, what was refused, and what waits."""

from dataclasses import dataclass, field

from dispatchd.application.document_kinds import Reading
from dispatchd.application.saved_text import Came
from dispatchd.application.sighting import DONE, Taken
from dispatchd.domain.event import RecordedEvent, StagesPlanned
from dispatchd.reconcile.intents import Refusal


@dataclass(slots=True)
class Outcome:
    """What came of a save's intents."""

    subject: str
    events: list[RecordedEvent] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    """The places whose act was done."""
    puts_back: bool = False
    """Whether the text says what its writer may not decide, so that the body stays as it was."""
    again: Taken = DONE

    def came(self, base: Reading, disk: Reading) -> Came:
        """What came of it, as the rendering wants to know it."""
        return Came(
            acted=bool(self.events),
            refused=bool(self.refusals),
            prose=disk.body != base.body or disk.front.unknown != base.front.unknown,
            held=bool(self.held),
            quietly=all(isinstance(recorded.event, StagesPlanned) for recorded in self.events),
        )
