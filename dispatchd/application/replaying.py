"""A lost database made again: what this repository's own commits say has happened, happens once more.

Only commits that this daemon itself put on the branch are believed; a line like theirs in anybody else's commit is
text. Files are compared with the branch afterwards, like any others: what differs is an edit.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from dispatchd.application.command_handler import apply_to
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.ports.audit_log import CommitId, ForeignCommit
from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord, TextSource, UnitOfWork
from dispatchd.application.rendering import Rendering
from dispatchd.application.session import Session
from dispatchd.application.wire import WireError, decode_event
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import PathRole, agent_of, entity_kind_at, role_of
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, kind_of, parse_id
from dispatchd.domain.telling import tell


async def replay(
    session: Session, decided: Sequence[ForeignCommit], contents: Mapping[DocumentPath, bytes]
) -> int:
    """Replay the events of our own commits, whose files are *contents* now; how many there were."""
    events = events_of(decided)
    if not events:
        return 0
    at = session.ports.clock.now()

    def make_so(work: UnitOfWork) -> None:
        for recorded, commit in events:
            again(work, recorded, commit)
        work.audit.drop(row.sequence for row in work.audit.waiting())
        _tie_documents(work, session.kinds, contents, at)
        door = session.intake.door(work)
        for kind in session.kinds:
            for entity in work.entities(kind):
                subject = str(getattr(entity, "id", "") or getattr(entity, "name", ""))
                if work.documents.of(subject) is None:
                    door.touched[subject] = events[-1][0].circumstance
        Rendering(door=door, kinds=session.kinds).refresh()
        work.set_note("replayed_at", at.isoformat())

    await session.ports.store.transact(make_so)
    return len(events)


def events_of(commits: Sequence[ForeignCommit]) -> list[tuple[RecordedEvent, CommitId]]:
    """The events of daemons' own commits in the order in which they happened, each once.

    Each home counts its events for itself, so they are in order between one commit that moved home and the next.
    """
    found: dict[str, tuple[RecordedEvent, CommitId]] = {}
    begun: dict[str, int] = {}
    homes = 0
    for commit in commits:
        homes += bool(commit.home)
        for line in commit.events if commit.is_own else ():
            try:
                recorded = decode_event(json.loads(line))
            except (ValueError, WireError):
                continue
            found.setdefault(recorded.id, (recorded, commit.oid))
            begun.setdefault(recorded.id, homes)
    return sorted(found.values(), key=lambda pair: (begun[pair[0].id], pair[0].position))


def again(work: UnitOfWork, recorded: RecordedEvent, commit: CommitId) -> None:
    """Let *recorded*, which stands in *commit*, have happened here too."""
    apply_to(work, recorded.event, recorded.circumstance)
    told = tell(recorded.event, recorded.circumstance, work)
    appended = work.append(recorded.event, recorded.circumstance, told, recorded.id)
    work.audit.mark([appended.position], commit)


def _tie_documents(
    work: UnitOfWork, kinds: Kinds, contents: Mapping[DocumentPath, bytes], at: datetime
) -> None:
    """Each file of the branch that is an entity's document becomes its agreed text."""
    for path, content in contents.items():
        subject = subject_of(kinds, path, content)
        if role_of(path) is not PathRole.ENTITY or subject is None:
            continue
        entity = work.entity(subject)
        if entity is None or getattr(entity, "removed", False) or work.documents.of(subject) is not None:
            continue
        blob = work.blobs.put(content)
        kind = EntityKind.AGENT if work.agent(subject) is not None else kind_of(EntityId(subject))
        work.documents.save(DocumentRecord(path=path, subject=subject, kind=kind, seen=blob, current=blob))
        rev = kinds[kind].read(content.decode()).facts.get("rev")
        work.documents.agree(
            AgreedText(
                subject=subject,
                rev=rev if isinstance(rev, str) else None,
                digest=digest(content),
                source=TextSource.RENDERED,
                at=at,
            )
        )


def subject_of(kinds: Kinds, path: DocumentPath, content: bytes) -> str | None:
    """The entity that the file says it is the document of."""
    text = decode(content)
    if not isinstance(text, str):
        return None
    if entity_kind_at(path) is EntityKind.AGENT:
        return agent_of(path)
    return parse_id(str(kinds[EntityKind.ISSUE].read(text).facts.get("id") or ""))
