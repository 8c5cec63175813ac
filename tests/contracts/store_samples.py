"""Values that the tests of the store have in common."""

from dataclasses import replace
from datetime import UTC, datetime

from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    TextSource,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.domain.issue import Issue

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")


BY_ALICE = Circumstance(actor=ALICE, at=NOON, provenance=Provenance(channel=Channel.SAVE))


STAMP = FileStamp(1, 2, 3, 4, 5, 0o100644, 1, True)


def issue(name: str, **facts: object) -> Issue:
    made = Issue(id=EntityId(f"i-{name}"), title=name, created=NOON)
    return replace(made, **facts)  # type: ignore[arg-type]


def record(name: str, **facts: object) -> DocumentRecord:
    made = DocumentRecord(
        path=DocumentPath(f"issues/{name}.md"),
        subject=f"i-{name}",
        kind=EntityKind.ISSUE,
        seen=None,
        current=None,
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def text(
    number: int, at: datetime, rev: str | None = None, source: TextSource = TextSource.RENDERED
) -> AgreedText:
    return AgreedText(subject="i-2222", rev=rev, digest=digest(b"%d" % number), source=source, at=at)
