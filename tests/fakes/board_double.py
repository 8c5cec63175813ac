"""A workspace in memory with just what planning a request looks at."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity, Rules
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import (
    DocumentDigest,
    DocumentPath,
    EntityId,
    EntityKind,
    kind_of,
)

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")
ASH = Actor(kind=ActorKind.AGENT, handle="ash", name="ash", email="ash@localhost")


def by(actor: Actor) -> Circumstance:
    return Circumstance(actor=actor, at=NOON, provenance=Provenance(channel=Channel.COMMAND))


def draw(kind: EntityKind) -> EntityId:
    letter = {EntityKind.ISSUE: "i", EntityKind.PROPOSAL: "p", EntityKind.THREAD: "t"}[kind]
    return EntityId(f"{letter}-new0")


class Documents:
    def __init__(self) -> None:
        self.records: dict[str, DocumentRecord] = {}
        self.agreed: dict[str, AgreedText] = {}

    def at(self, path: DocumentPath) -> DocumentRecord | None:
        return next((each for each in self.records.values() if each.path == path), None)

    def of(self, subject: str) -> DocumentRecord | None:
        return self.records.get(subject)

    def newest_agreed(self, subject: str) -> AgreedText | None:
        return self.agreed.get(subject)

    def below(self, folder: str) -> Iterable[DocumentRecord]:
        found = (each for each in self.records.values() if each.path.startswith(f"{folder}/"))
        return sorted(found, key=lambda each: each.path)

    def all(self) -> Iterable[DocumentRecord]:
        return list(self.records.values())


class Blobs:
    def __init__(self) -> None:
        self.kept: dict[DocumentDigest, bytes] = {}

    def put(self, content: bytes) -> DocumentDigest:
        self.kept[digest(content)] = content
        return digest(content)

    def get(self, wanted: DocumentDigest) -> bytes:
        return self.kept[wanted]


@dataclass
class BoardDouble:
    """Add entities; `work` is what the code under test is handed."""

    held: dict[str, Entity] = field(default_factory=dict)
    rules: Rules = field(
        default_factory=lambda: Rules(people={"alice": ("alice@example.com",), "bob": ("bob@example.com",)})
    )
    documents: Documents = field(default_factory=Documents)
    blobs: Blobs = field(default_factory=Blobs)

    def add(self, *entities: Entity) -> "BoardDouble":
        for entity in entities:
            self.held[entity.name if isinstance(entity, Agent) else entity.id] = entity
        return self

    def write(self, path: str, subject: str, content: bytes = b"") -> None:
        blob = self.blobs.put(content)
        self.documents.records[subject] = DocumentRecord(
            path=DocumentPath(path), subject=subject, kind=None, seen=blob, current=blob
        )

    @property
    def work(self) -> UnitOfWork:
        return cast("UnitOfWork", self)

    def entity(self, subject: str) -> Entity | None:
        return self.held.get(subject)

    def agent(self, name: str) -> Agent | None:
        found = self.held.get(name)
        return found if isinstance(found, Agent) else None

    def agents(self) -> list[Agent]:
        return [each for each in self.held.values() if isinstance(each, Agent) and not each.removed]

    def entities(self, kind: EntityKind) -> list[Entity]:
        return [
            each for id_, each in self.held.items() if kind_of(EntityId(id_)) is kind and not each.removed
        ]

    def id_of_source(self, source: str) -> EntityId | None:
        found = [id_ for id_, each in self.held.items() if getattr(each, "source", None) == source]
        return EntityId(found[0]) if found else None
