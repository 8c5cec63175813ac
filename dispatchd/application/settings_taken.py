"""What became of each text of the settings when it was taken, as the log tells it: whether the daemon kept it out.

A save is committed in its person's name, so the commit does not say that an agent could have written it. That somebody
was asked about it does, whatever was answered.
"""

from collections.abc import Collection, Sequence

from dispatchd.application.config_in_force import CAUSE, PARTLY
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import FileRevised, RecordedEvent, ThreadOpened
from dispatchd.domain.identifiers import DocumentDigest, EventId


@dataclass(slots=True, kw_only=True)
class _Taken:
    """One text, and whether nothing of it came in force."""

    event: EventId
    text: DocumentDigest | None
    commit: str | None
    kept_out: bool = False


class TextsTaken:
    """The texts in the order in which they were taken; each commit that is read settles those up to its own."""

    def __init__(self, events: Sequence[RecordedEvent]) -> None:
        self._taken: list[_Taken] = []
        self._next = 0
        for recorded in events:
            self._note(recorded)

    def _note(self, recorded: RecordedEvent) -> None:
        match recorded.event:
            case FileRevised(path=path, blob=blob) if path == CONFIG:
                commit = recorded.circumstance.provenance.commit
                self._taken.append(_Taken(event=recorded.id, text=blob, commit=commit))
            case ThreadOpened(thread=thread) if self._taken:
                last = self._taken[-1]
                if thread.cause == f"{CAUSE}{last.text}" and thread.title not in PARTLY:
                    last.kept_out = True
            case _:
                pass

    def pass_by(self, told: Collection[EventId]) -> None:
        """A commit tells of texts that it does not hold: what stood there before stands again."""
        self._next = max([self._next, *(place + 1 for place in self._told(told, None))])

    def was_kept_out(self, text: DocumentDigest, commit: CommitId, told: Collection[EventId]) -> bool:
        """Whether *text*, which *commit* holds, was kept out, or one that it may have grown from unseen.

        *told* are the events that the commit tells, where that is to be believed.
        """
        found = max(self._told(told, commit), default=None)
        if found is not None:
            passed, self._next = self._taken[self._next : found + 1], found + 1
            return any(each.kept_out for each in passed)
        # What was saved before it was committed by hand is told of in a later commit, which passes it by.
        ahead = self._taken[self._next :]
        found = next((place for place, each in enumerate(ahead) if each.text == text), None)
        seen = self._taken if found is None else ahead[: found + 1]
        return any(each.kept_out for each in seen if found is not None or each.text == text)

    def _told(self, told: Collection[EventId], commit: CommitId | None) -> list[int]:
        return [
            place
            for place, each in enumerate(self._taken)
            if place >= self._next and (each.event in told or (commit is not None and each.commit == commit))
        ]
