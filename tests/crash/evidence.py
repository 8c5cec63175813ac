"""What stands in a workspace that has come to rest, gathered from outside, in memory or on a real disk alike."""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dispatchd.application import refusals
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.removal import HELD
from dispatchd.application.wire import decode_event, encode_event
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import EventPosition

_GIVEN: Final = r"(?!aaaa\b|bbbb\b|cccc\b|dddd\b|eeee\b|9xw4\b)"
_MASKS: Final = (
    (re.compile(rf"\b([ieptdf])-{_GIVEN}[0-9a-hjkmnp-tv-z]{{4,}}\b"), r"\1-*"),
    (re.compile(r"\b[0-9a-f]{40,64}\b"), "#"),
    (re.compile(r"\br[0-9a-f]{8}\b"), "r*"),
    (re.compile(r"\b\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|\+00:00)?)?"), "when"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One workspace at rest."""

    files: Mapping[str, bytes]
    saves: Collection[tuple[str, bytes]]
    """What people saved and no hand has replaced since, with the place."""
    kept: Collection[str]
    """Digests of what the database and the quarantine keep."""
    events: Sequence[RecordedEvent]
    committed: Sequence[str]
    """The trailers of the branch, as they stand there."""
    unlevel: Sequence[str]
    """Where file, database, rendering and branch do not say the same."""
    again: Sequence[str]
    """What another look, a new start and idle time did."""
    gone: Mapping[str, str]
    """Entities that were removed, or whose file is missing, with what is so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a story came to, whatever ids were drawn and how late it was."""

    events: Counter[str]
    texts: Counter[str]


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """A story that nobody interrupted: how many calls it made, what came of it."""

    calls: int
    outcome: Outcome


def outcome_of(seen: Evidence) -> Outcome:
    """What of *seen* has to be the same in every run of a story."""
    texts = (
        f"{masked(path)}\n{masked(content.decode(errors='replace'))}"
        for path, content in seen.files.items()
        if role_of(_path(path)) not in {PathRole.RENDERED, PathRole.IGNORED}
    )
    return Outcome(events=Counter(told_without_names(event) for event in seen.events), texts=Counter(texts))


def told_without_names(event: RecordedEvent) -> str:
    """What happened and by whom, without the ids that were drawn and the time."""
    wire = encode_event(event)
    return masked(
        json.dumps({key: wire[key] for key in wire if key not in {"id", "at", "position"}}, sort_keys=True)
    )


def masked(text: str) -> str:
    """*text* with drawn ids, digests, revisions and times made alike."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def trailers(lines: Iterable[str]) -> list[RecordedEvent]:
    """The events that stand in commits."""
    return [decode_event(json.loads(line)) for line in lines]


def all_events(work: UnitOfWork) -> list[RecordedEvent]:
    """The whole log."""
    events: list[RecordedEvent] = []
    while True:
        try:
            events.append(work.event_at(EventPosition(len(events) + 1))[0])
        except KeyError:
            return events


def unlevel_in(
    work: UnitOfWork, files: Mapping[str, bytes], on_branch: Callable[[str], bytes | None]
) -> list[str]:
    """Where file, database, rendering and branch do not say the same."""
    known = {record.path for record in work.documents.all()}
    wrong = [
        f"{record.path} {what}" for record in work.documents.all() for what in _wrong(work, record, files)
    ]
    for path, content in files.items():
        role = role_of(_path(path))
        if role is PathRole.ENTITY and content.strip() and path not in known:
            wrong.append(f"{path} was never taken in")
        silent = {PathRole.IGNORED, PathRole.MISPLACED, PathRole.RENDERED}
        if role not in silent and content.strip() and on_branch(path) != content:
            wrong.append(f"{path} is not on the branch as it is")
    wrong += [f"row {row.sequence} still waits for a commit" for row in work.audit.waiting()]
    return wrong


def _wrong(work: UnitOfWork, record: DocumentRecord, files: Mapping[str, bytes]) -> Iterable[str]:
    content = files.get(record.path)
    held = record.subject in (work.note(HELD) or "")
    if record.seen is None:
        if record.current is not None and not held:
            yield "ought to be there"
    elif content is None:
        if not held:
            yield "is gone, and nobody noticed"
    elif digest(content) != record.seen:
        yield "was not read as it is"
    elif record.parked is not None:
        yield f"is parked: {record.parked}"
    elif record.seen != record.current or record.wanted_path is not None:
        yield "is not what the database wants"
    elif record.kind is not None:
        notes = refusals.annotations(work.problems.of(record.subject))
        again = KINDS[record.kind].render(work.entity(record.subject), content.decode(), notes, work)
        if again != content.decode():
            yield "would be rendered otherwise"


def gone_in(work: UnitOfWork, files: Mapping[str, bytes]) -> dict[str, str]:
    """Entities that were removed or have lost their file."""
    found: dict[str, str] = {}
    for record in work.documents.all():
        if record.kind is None:
            continue
        entity: Any = work.entity(record.subject)
        if getattr(entity, "removed", False):
            found[record.subject] = "was removed"
        elif record.path not in files:
            found[record.subject] = f"has no file at {record.path}"
    return found


def _path(path: str) -> Any:
    return path
