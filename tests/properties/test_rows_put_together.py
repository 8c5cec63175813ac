"""Rows that wait for each other come to the same tables, and to the same answers, as rows that are put one by one."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dispatchd.application.ports.unit_of_work import TextSource, UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.domain.event import IssueMoved
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.domain.issue import IssueStatus, Priority
from dispatchd.domain.thread import Thread, ThreadKind
from tests.contracts.store_samples import ALICE, BY_ALICE, NOON, STAMP, issue, record, text
from tests.fakes.instant_store import InstantStore

Step = Callable[[UnitOfWork], Any]
NAMES = ("2222", "3333", "4444", "5555", "6666", "7777")
TABLES = (
    "issues",
    "issue_labels",
    "issue_dependencies",
    "entities",
    "events",
    "audit_queue",
    "agreed_texts",
    "blobs",
    "problems",
    "works",
)


def of_issues(name: str, chance: random.Random) -> Step:
    others = chance.sample(NAMES, chance.choice((0, 0, 1, 2)))
    made = issue(
        name,
        status=chance.choice((IssueStatus.QUEUED, IssueStatus.DONE)),
        priority=chance.choice(tuple(Priority)),
        depends_on=tuple(EntityId(f"i-{other}") for other in others if other != name),
        labels=tuple(chance.sample(("a", "b"), chance.randrange(3))),
    )
    return lambda work: work.save(made)


def of_records(name: str, path: DocumentPath, current: bytes) -> Step:
    def save(work: UnitOfWork) -> None:
        subject = f"i-{name}"
        known = work.documents.of(subject) if current == b"two" else None
        made = known or record(name)
        seen = digest(b"one") if current == b"one" else made.seen
        stamp = STAMP if current != b"three" else None
        work.documents.save(replace(made, path=path, current=digest(current), seen=seen, stamp=stamp))

    return save


def of_texts(name: str, content: bytes, hours: int) -> Step:
    made = replace(
        text(1, NOON + timedelta(hours=hours), source=TextSource.INGESTED), subject=f"i-{name}", rev="r1"
    )
    return lambda work: work.documents.agree(replace(made, digest=digest(content)))


def of_events(name: str, chance: random.Random) -> Step:
    moved = IssueMoved(issue=EntityId(f"i-{name}"), before=IssueStatus.QUEUED, after=IssueStatus.DONE)
    event_id = f"{chance.getrandbits(60):015x}"
    return lambda work: work.append(moved, BY_ALICE, name, event_id)


def of_threads(name: str, chance: random.Random) -> Step:
    made = Thread(
        id=EntityId(f"t-{name}"),
        title=chance.choice("abc"),
        created=NOON,
        kind=ThreadKind.NOTICE,
        sender="x",
        issue=EntityId(f"i-{name}"),
    )
    return lambda work: work.save(made)


QUESTIONS: dict[str, Callable[[UnitOfWork, str, DocumentPath], Any]] = {
    "at": lambda work, _, path: work.documents.at(path),
    "of": lambda work, issue_id, _: work.documents.of(issue_id),
    "all": lambda work, *_: list(work.documents.all()),
    "owed": lambda work, *_: list(work.documents.owed()),
    "paths": lambda work, *_: sorted(work.documents.paths()),
    "below": lambda work, *_: list(work.documents.below("issues")),
    "proofs": lambda work, *_: dict(work.documents.proofs()),
    "newest": lambda work, issue_id, _: work.documents.newest_agreed(issue_id),
    "agreed": lambda work, issue_id, _: work.documents.all_agreed_with(issue_id, "r1"),
    "ingested": lambda work, issue_id, _: work.documents.was_ingested(issue_id, digest(b"one"), NOON),
    "issue": lambda work, issue_id, _: work.issue(EntityId(issue_id)),
    "standing": lambda work, *_: list(work.entities(EntityKind.ISSUE)),
    "ready": lambda work, *_: list(work.issues_that_may_begin(IssueStatus.QUEUED, (), ("coder",))),
    "behind": lambda work, issue_id, _: work.chain_behind(EntityId(issue_id), 5),
    "dependants": lambda work, issue_id, _: list(work.dependants_of(EntityId(issue_id))),
    "threads": lambda work, issue_id, _: list(work.threads_of(EntityId(issue_id))),
    "population": lambda work, *_: work.population(),
    "waiting": lambda work, *_: work.audit.waiting(),
    "newest events": lambda work, *_: work.history.newest(3),
    "about": lambda work, issue_id, _: work.history.about(issue_id),
}


ASKED = (*("ready", "threads", "of", "at") * 4, *("proofs", "below") * 2, *sorted(QUESTIONS))
"""Some more often: their answers come from what is remembered."""


def any_step(chance: random.Random) -> Step:
    """Something done or asked, about one of few, so that the same is met again and again."""
    name, other = chance.choices(NAMES, k=2)
    issue_id, path = f"i-{name}", DocumentPath(f"issues/{other}.md")
    content = chance.choice((b"one", b"two", b"three"))
    placed = path if chance.random() < 0.2 else DocumentPath(f"issues/{name}.md")
    made = (
        of_issues(name, chance),
        of_issues(other, chance),
        of_records(name, placed, content),
        of_records(name, placed, content),
        of_texts(name, content, chance.randrange(60)),
        of_events(name, chance),
        of_threads(name, chance),
        lambda work: work.look_ahead([path], [issue_id, f"i-{other}"]),
        lambda work: work.blobs.put(content),
        lambda work: work.audit.add_text(path, digest(content), ALICE, NOON),
        lambda work: work.documents.forget(issue_id),
    )
    if chance.random() < 0.8:
        return chance.choice(made)
    question = QUESTIONS[chance.choice(ASKED)]
    return lambda work: question(work, issue_id, path)


def played(portions: list[list[Step]]) -> tuple[list[Any], dict[str, Any]]:
    """The answers to what was asked, and what the tables hold after transactions of these *portions*."""
    store = InstantStore()
    try:
        answers = [
            answer
            for portion in portions
            for answer in store.look(lambda unit, portion=portion: [step(unit) for step in portion])  # type: ignore[misc]
        ]
        return answers, store.look(tables)
    finally:
        store.remove()


def tables(unit: UnitOfWork) -> dict[str, Any]:
    connection = unit._connection  # type: ignore[attr-defined]  # noqa: SLF001
    found: dict[str, Any] = {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in TABLES}  # noqa: S608
    # What was saved again has the number that came next: only the order is said to anybody.
    rows = connection.execute("SELECT * FROM documents ORDER BY number").fetchall()
    found["documents"] = [row[1:] for row in rows]
    return found


@pytest.mark.parametrize("seed", range(60))
def test_rows_that_wait_come_to_what_rows_put_one_by_one_do(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - samples, no secret
    portions = [[any_step(chance) for _ in range(chance.randrange(1, 60))] for _ in range(3)]
    assert played(portions) == played([[step] for portion in portions for step in portion])
