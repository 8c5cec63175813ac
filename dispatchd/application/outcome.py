"""What came of a save: what happened, what was refused, and what waits."""

from collections.abc import Sequence
from dataclasses import field

from dispatchd.application.asked_instead import asked_instead
from dispatchd.application.document_kinds import DocumentKind, Reading
from dispatchd.application.saved_text import Came
from dispatchd.application.sighting import DONE, Taken
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import RecordedEvent, StagesPlanned
from dispatchd.reconcile.intents import Act, Refusal
from dispatchd.reconcile.places import untick_at


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

    def note_done(self, act: Act, came: Sequence[RecordedEvent]) -> None:
        """*act* has passed the rules, and this came of it."""
        self.events.extend(came)
        asked = asked_instead(act, came)
        if asked is None:
            self.done.add(act.anchor)
        else:
            self.refusals.append(asked)

    def unticked(self, kind: DocumentKind, text: str) -> str:
        """*text* without the ticks that were refused; those that only wait stay."""
        for refusal in self.refusals:
            if refusal.settled:
                text = untick_at(text, len(text) - len(kind.read(text).body), refusal.anchor)
        return text

    def came(self, base: Reading, disk: Reading) -> Came:
        """What came of it, as the rendering wants to know it."""
        return Came(
            acted=bool(self.events),
            refused=bool(self.refusals),
            prose=disk.body != base.body or disk.front.unknown != base.front.unknown,
            held=bool(self.held),
            quietly=all(isinstance(recorded.event, StagesPlanned) for recorded in self.events),
        )
