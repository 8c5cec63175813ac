"""The workspace's state inside one transaction, and the store that opens transactions.

Everything here is synchronous: a unit of work runs whole, on the thread that owns the one writing connection, so that
nothing can come between its reads and its writes. What it guarantees is tested by one contract suite.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeVar

from dispatchd.application.ports.audit_queue import AuditQueue
from dispatchd.application.ports.file_stamp import FileStamp, Proof
from dispatchd.application.ports.history import History
from dispatchd.application.ports.run_store import RunStore
from dispatchd.domain.actors import Actor
from dispatchd.domain.board import Board, Entity
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.decision import Decision
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EntityKind, EventPosition
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.pause import Pause

T = TypeVar("T")
CONFIG_IN_FORCE: Final = "config.text"
"""The note that holds the last good text of `config.toml`."""
CONFIG_KEPT_OUT: Final = "config.kept_out"
"""The note that holds the digest of the newest text of `config.toml` that says more than is in force."""
CONFIG_UNSIGNED: Final = "config.unsigned"
"""The note that holds that digest too where all that waits in the text is a signature."""

IMPORTED: Final = "import."
"""Begins the note that holds where a document of another tracker went; it is known after its file was deleted here."""


class WriteReason(StrEnum):
    """Why a file is to be rewritten: how long the daemon waits for a hand to leave it depends on this."""

    ANSWER = "answer"
    ADOPTION = "adoption"
    REFUSAL = "refusal"
    UNASKED = "unasked"
    ARRIVED = "arrived"
    """The branch has it already: it came from another clone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One file of the tree as the database knows it.

    `seen` is the digest of the bytes last read from (or written to) the disk; `current` of the bytes the database
    wants there. They differ exactly while a write is owed, so this row *is* the outbox row: (path, expected = seen,
    new = current). `seen` None: the file does not exist yet. `current` None: it should not exist.
    `subject` is the entity's id, or the path itself for a file that is no entity.
    `parked` says why the file cannot be read; nothing is written to it while that stands.
    """

    path: DocumentPath
    subject: str
    kind: EntityKind | None
    seen: DocumentDigest | None
    current: DocumentDigest | None
    stamp: FileStamp | None = None
    wanted_path: DocumentPath | None = None
    parked: str | None = None
    owed_since: datetime | None = None
    owed_because: WriteReason | None = None
    owed_by: Actor | None = None
    attempts: int = 0


class TextSource(StrEnum):
    RENDERED = "rendered"
    INGESTED = "ingested"
    COMMITTED = "committed"
    """Taken from a commit, not from a save: the same bytes saved later are news."""
    COUNTED = "counted"
    """What was taken of the save that is agreed on right after it; no file ever held it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedText:
    """A text of a document that file and database agreed on. `held` are keys whose value was still being typed."""

    subject: str
    rev: str | None
    digest: DocumentDigest
    source: TextSource
    at: datetime
    held: tuple[str, ...] = ()


class DocumentStore(Protocol):
    def at(self, path: DocumentPath) -> DocumentRecord | None: ...

    def of(self, subject: str) -> DocumentRecord | None: ...

    def all(self) -> Iterable[DocumentRecord]: ...

    def below(self, folder: str) -> Iterable[DocumentRecord]:
        """Those in *folder*, however deep, by path."""
        ...

    def paths(self) -> Iterable[DocumentPath]:
        """Where every document is, whether its file stands or not."""
        ...

    def proofs(self) -> Mapping[DocumentPath, Proof | None]:
        """What the stat-first scan compares with: path to the proof of the recorded stamp, for every document on disk."""
        ...

    def owed(self) -> Iterable[DocumentRecord]:
        """Records whose file is to be written, moved or removed (`seen` is not `current`, or `wanted_path` is set), not parked; longest owed first."""
        ...

    def at_rest(self, states: Collection[str], since: datetime, most: int) -> Sequence[DocumentRecord]:
        """Issues, epics and proposals in one of *states* whose files stand outside the archive, owed nothing, and to
        which nothing has happened after *since*; *most* of them, by path.
        """
        ...

    def save(self, record: DocumentRecord) -> None:
        """Insert or replace; what else stood at the path, or for the subject, goes (each has one document)."""
        ...

    def forget(self, subject: str) -> None: ...

    def agree(self, text: AgreedText) -> None:
        """Append to the texts agreed on; keeps of each source the last 20 of the subject, and all of the 24 hours
        before this one.
        """
        ...

    def agreed_with(self, subject: str, rev: str) -> AgreedText | None:
        """The newest text agreed on that carries *rev*."""

    def all_agreed_with(self, subject: str, rev: str, most: int = -1) -> Sequence[AgreedText]:
        """All of them, newest first, or the newest *most*."""

    def has_arrivals(self, subject: str, rev: str) -> bool: ...  # whether one but the oldest is no save

    def newest_agreed(self, subject: str) -> AgreedText | None: ...

    def was_ingested(self, subject: str, digest: DocumentDigest, since: datetime) -> bool:
        """Whether these bytes were taken from a save of the document at or after *since*."""


class BlobStore(Protocol):
    def put(self, content: bytes) -> DocumentDigest: ...

    def get(self, digest: DocumentDigest) -> bytes:
        """The bytes; raises KeyError for a digest never put."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """Something wrong, answered where it was written.

    `anchor` is `key:NAME` (front matter), `line:TEXT` (a body's line) or `file`. `refusal` tells an edit that was
    refused from a document that cannot be understood; `by_commit` that the edit came by a commit, so that its writer
    may see the file in a forge, which hides comments.
    """

    subject: str
    path: DocumentPath
    anchor: str
    what: str
    hint: str = ""
    line: int = 0
    refusal: bool = False
    since: datetime | None = None
    by_commit: bool = False


class ProblemStore(Protocol):
    def of(self, subject: str) -> Sequence[ProblemRecord]: ...

    def all(self) -> Sequence[ProblemRecord]: ...

    def replace(self, subject: str, problems: Sequence[ProblemRecord]) -> None: ...


class UnitOfWork(Board, Protocol):
    """Reads see the writes before them. Nothing is kept unless the whole work returns."""

    @property
    def documents(self) -> DocumentStore: ...

    @property
    def blobs(self) -> BlobStore: ...

    @property
    def audit(self) -> AuditQueue: ...

    @property
    def problems(self) -> ProblemStore: ...

    @property
    def runs(self) -> RunStore: ...

    def look_ahead(self, paths: Collection[DocumentPath], subjects: Collection[str]) -> None:
        """Say that each of these will soon be asked about, so that they can be looked up together. It changes no answer."""
        ...

    def entity(self, subject: str) -> Entity | Decision | None:
        """Any entity by id, an agent by name."""
        ...

    def decision(self, decision_id: EntityId) -> Decision | None: ...

    def entities(self, kind: EntityKind) -> Iterable[Entity | Decision]:
        """All of *kind* that were not removed, oldest first."""
        ...

    def issues_in(self, states: Iterable[IssueStatus]) -> Iterable[Issue]:
        """The issues in any of *states* that were not removed, most urgent first."""
        ...

    def issues_at_work(self) -> Iterable[Issue]:
        """The issues whose work has begun, most urgent first; not those without a workflow whose turn runs, or whose agent
        has an open question and nothing new to hear.
        """
        ...

    def chain_behind(self, issue_id: EntityId, most: int) -> int:
        """How long the longest chain of unfinished issues is that waits for this one; *most* at most are followed."""
        ...

    def issues_that_may_begin(
        self, state: IssueStatus, names: Collection[str], roles: Collection[str]
    ) -> Iterator[Issue]:
        """The issues in *state* that wait for no unfinished one, most urgent first, read as they are asked for.

        Only those given to one of *names*, or to nobody and for one of *roles*; without a role it is for a coder.
        Nothing may be written before the last of them was taken, or the asking given up.
        """
        ...

    def id_of_source(self, source: str) -> EntityId | None:
        """The id of what came from *source*, as its `source` fact spells it; what stands before what was removed."""
        ...

    def population(self) -> int:
        """How many entities there are, removed ones included: new ids are made long enough for it."""
        ...

    def save(self, entity: Entity | Decision) -> None:
        """Insert or replace by id."""
        ...

    def append(self, event: Event, circumstance: Circumstance, told: str, event_id: str) -> RecordedEvent:
        """Put an event into the log (`told` is its line in plain words) and into the audit queue."""
        ...

    @property
    def history(self) -> History: ...

    def set_pause(self, pause: Pause | None) -> None:
        """Pull the brake, or let it go; whether it may be is decided before."""
        ...

    def event_at(self, position: EventPosition) -> tuple[RecordedEvent, str]:
        """The event there and its line in plain words; raises KeyError for a position the log does not have."""
        ...

    @property
    def config_in_force(self) -> str | None:
        """The text that `rules` are read from."""
        ...

    def set_rules_from(self, config_text: str | None) -> None:
        """Make the last good text of `config.toml` the one that `rules` (a `domain.board.Rules`) are read from."""
        ...

    def note(self, key: str) -> str | None:
        """A single remembered value (audit head, last integrity check …)."""
        ...

    def set_note(self, key: str, value: str | None) -> None: ...


class Store(Protocol):
    """Opens units of work, one at a time."""

    @property
    def changes(self) -> int:
        """How many units of work have changed anything; while it is the same, what was found is found again."""
        ...

    async def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one immediate transaction; commits when it returns, rolls back when it raises or when the
        caller is cancelled. Raises a StoreFailure (store_failures) where the database cannot be used.
        """
        ...

    async def close(self) -> None: ...
