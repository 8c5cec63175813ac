"""What the intake and the rendering need of each kind of document, so that both are written once for all kinds."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.front_matter import FrontMatter
from dispatchd.documents.key_schema import KeySchema
from dispatchd.documents.loose_ticks import Offered
from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.reconcile.fact_intents import Facts
from dispatchd.reconcile.intents import Intent, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text as its kind understands it. `document` is the kind's own value."""

    text: str
    document: Any
    front: FrontMatter
    facts: Facts
    problems: tuple[DocumentProblem, ...]

    @property
    def body(self) -> str:
        """What stands below the front matter."""
        return self.front.body


def _no_flaws(_subject: str, _reading: Reading, _work: UnitOfWork, _by: Circumstance) -> tuple[Refusal, ...]:
    return ()


def _no_boxes(_reading: Reading) -> tuple[Offered, ...]:
    return ()


def _as_it_is(copy: Reading, _original: EntityId, _work: UnitOfWork) -> str:
    return copy.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """A new file that is to become an entity: its place, its future id, and who wrote it."""

    id: EntityId
    path: DocumentPath
    reading: Reading
    circumstance: Circumstance
    work: UnitOfWork
    copy_of: EntityId | None = None
    """The entity whose id the file bears, which stays with that one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A save of a known document: the text it began as, and what it is now. `held` are places still open."""

    subject: str
    base: Reading
    disk: Reading
    held: Collection[str]
    circumstance: Circumstance
    work: UnitOfWork
    path: DocumentPath


def _nothing_more(_adoption: Adoption) -> tuple[Intent, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentKind:
    """The operations of one kind. `entity` arguments are the domain's values of that kind."""

    kind: EntityKind
    schema: KeySchema
    read: Callable[[str], Reading]
    adopt: Callable[[Adoption], tuple[Command, tuple[Refusal, ...]]]
    without_fact: Callable[[Command, Rejected], Command]
    """The same opening command with the refused fact left out; of a set, only the member that was refused."""
    intents: Callable[[Edit], tuple[Intent, ...]]
    stands: Callable[[Any], Facts]
    render: Callable[[Any, str, Sequence[Annotation], UnitOfWork], str]
    compose: Callable[[Any, UnitOfWork, str], str]
    """The text of a new file, with a body where whoever opened it gave one."""
    substance: Callable[[str], str]
    """What of some lines of the body is a person's."""
    boxes: Callable[[Reading], tuple[Offered, ...]] = _no_boxes
    """The boxes of a text that may be verbs."""
    flaws: Callable[[str, Reading, UnitOfWork, Circumstance], tuple[Refusal, ...]] = _no_flaws
    """What of the text was taken as it is and still keeps the entity from what it is for, each on its line."""
    asks: Callable[[Adoption], tuple[Intent, ...]] = _nothing_more
    """What a new file asks for besides what it is, once that is open."""
    copied: Callable[[Reading, EntityId, UnitOfWork], str] = _as_it_is
    """A copy's text without what the daemon wrote there about the original, whose id comes with it."""
    put_right: Callable[[Any, str, UnitOfWork], str] | None = None
    """A text with the daemon's lines that it has as they should be, where rendering would also add some."""


Kinds = Mapping[EntityKind, DocumentKind]
