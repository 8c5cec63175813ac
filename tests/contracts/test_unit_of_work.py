"""What every unit of work promises, shown on the SQLite one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.unit_of_work import (
    ProblemRecord,
    UnitOfWork,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.agent import Agent
from dispatchd.domain.epic import Epic
from dispatchd.domain.event import IssueMoved
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from tests.contracts.store_samples import ALICE, BY_ALICE, NOON, issue, record, text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SyncStore]:
    with sync_store(tmp_path / "state.db") as opened:
        yield opened


def test_what_a_work_wrote_is_seen_by_the_next(store: SyncStore) -> None:
    store.run(lambda work: work.save(issue("2222")))
    assert store.run(lambda work: work.issue(EntityId("i-2222"))) == issue("2222")


def test_a_work_sees_its_own_writes(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> Issue | None:
        unit.save(issue("2222"))
        return unit.issue(EntityId("i-2222"))

    assert store.run(work) == issue("2222")


def _touch_everything(unit: UnitOfWork) -> None:
    unit.save(issue("2222", labels=("a",), depends_on=(EntityId("i-3333"),)))
    unit.save(Agent(name="ash"))
    unit.append(
        IssueMoved(issue=EntityId("i-2222"), before=IssueStatus.QUEUED, after=IssueStatus.DONE),
        BY_ALICE,
        "…",
        "e1",
    )
    unit.blobs.put(b"text")
    unit.documents.save(record("2222", current=digest(b"text"), owed_since=NOON))
    unit.documents.agree(text(1, NOON, rev="r1"))
    unit.audit.add_text(DocumentPath("README.md"), None, ALICE, NOON)
    unit.problems.replace(
        "i-2222",
        [ProblemRecord(subject="i-2222", path=DocumentPath("issues/2222.md"), anchor="file", what="bad")],
    )
    unit.set_note("head", "abc")
    unit.set_rules_from('[people]\nbob = ["bob@example.com"]\n')


def _everything(unit: UnitOfWork) -> tuple[object, ...]:
    return (
        [list(unit.entities(kind)) for kind in EntityKind],
        unit.population(),
        unit.audit.waiting(),
        unit.audit.committed(["e1"]),
        list(unit.documents.all()),
        unit.documents.newest_agreed("i-2222"),
        unit.problems.all(),
        unit.note("head"),
        unit.rules,
        list(unit.dependants_of(EntityId("i-3333"))),
    )


@pytest.mark.parametrize("end", [ValueError, KeyboardInterrupt, StopIteration, GeneratorExit])
def test_a_work_that_raises_leaves_nothing(store: SyncStore, end: type[BaseException]) -> None:
    before = store.run(_everything)

    def work(unit: UnitOfWork) -> None:
        _touch_everything(unit)
        assert _everything(unit) != before
        raise end

    with pytest.raises((end, RuntimeError)):
        store.run(work)
    assert store.run(_everything) == before
    with pytest.raises(KeyError):
        store.run(lambda unit: unit.blobs.get(digest(b"text")))


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    with sync_store(tmp_path / "state.db") as store:
        store.run(_touch_everything)
        before = store.run(_everything)
    with sync_store(tmp_path / "state.db") as store:
        assert store.run(_everything) == before


def test_relations_leave_removed_issues_out_and_keep_age(store: SyncStore) -> None:
    epic, first = EntityId("e-2222"), EntityId("i-3333")

    def work(unit: UnitOfWork) -> tuple[list[str], ...]:
        for name, hours, removed in (("young", 2, False), ("older", 1, False), ("gone0", 0, True)):
            at = NOON + timedelta(hours=hours)
            unit.save(issue(name, created=at, epic=epic, depends_on=(first,), parent=first, removed=removed))
        found = (unit.issues_of(epic), unit.dependants_of(first), unit.children_of(first))
        return tuple([one.id for one in each] for each in found)

    assert store.run(work) == (["i-older", "i-young"],) * 3


def test_a_dependency_taken_away_is_no_longer_found(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[list[EntityId]]:
        found = []
        for depends_on in (("i-3333", "i-4444"), ("i-4444",), ()):
            unit.save(issue("2222", depends_on=tuple(map(EntityId, depends_on))))
            found.append([one.id for one in unit.dependants_of(EntityId("i-3333"))])
        return found

    assert store.run(work) == [["i-2222"], [], []]


def test_removed_entities_are_found_by_id_and_listed_nowhere(store: SyncStore) -> None:
    epic = Epic(id=EntityId("e-2222"), title="Gone", created=NOON, removed=True)

    def work(unit: UnitOfWork) -> tuple[object, ...]:
        unit.save(issue("2222", removed=True))
        unit.save(epic)
        unit.save(Agent(name="ash", removed=True))
        listed = [list(unit.entities(kind)) for kind in EntityKind]
        return unit.entity("i-2222"), unit.entity("e-2222"), unit.entity("ash"), listed, list(unit.agents())

    found = store.run(work)
    assert found[:3] == (issue("2222", removed=True), epic, Agent(name="ash", removed=True))
    assert found[3:] == ([[]] * len(EntityKind), [])


def test_the_population_counts_every_entity_once_and_never_shrinks(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> int:
        for removed in (False, True, False):
            unit.save(issue("2222", removed=removed))
            unit.save(Agent(name="ash", removed=removed))
        return unit.population()

    assert store.run(work) == 2


def test_an_id_of_another_system_leads_to_what_came_from_it(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[EntityId | None]:
        unit.save(issue("2222", source="github:123", removed=True))
        unit.save(issue("3333", source="github:123"))
        unit.save(Epic(id=EntityId("e-2222"), title="E", created=NOON, source="github:7"))
        return [unit.id_of_source(source) for source in ("github:123", "github:7", "github:1")]

    assert store.run(work) == ["i-3333", "e-2222", None]


def test_one_open_thread_stands_for_its_cause(store: SyncStore) -> None:
    thread = Thread(
        id=EntityId("t-2222"), title="T", created=NOON, kind=ThreadKind.PROBLEM, sender="dispatchd", cause="c"
    )

    def work(unit: UnitOfWork) -> list[Thread | None]:
        unit.save(thread)
        found = [unit.open_thread_about("c"), unit.open_thread_about("d"), unit.open_thread_about("")]
        unit.save(replace(thread, status=ThreadStatus.DISMISSED))
        return [*found, unit.open_thread_about("c")]

    assert store.run(work) == [thread, None, None, None]


def test_the_threads_of_an_issue_come_oldest_first_and_removed_ones_not(store: SyncStore) -> None:
    def thread(name: str, hours: int, **facts: object) -> Thread:
        at = NOON + timedelta(hours=hours)
        made = Thread(id=EntityId(name), title="T", created=at, kind=ThreadKind.QUESTION, sender="ash")
        return replace(made, **{"issue": EntityId("i-2222"), **facts})  # type: ignore[arg-type]

    def work(unit: UnitOfWork) -> list[str]:
        unit.save(thread("t-young", 2))
        unit.save(thread("t-older", 1, status=ThreadStatus.ANSWERED))
        unit.save(thread("t-gone0", 0, removed=True))
        unit.save(thread("t-other", 0, issue=None))
        return [one.id for one in unit.threads_of(EntityId("i-2222"))]

    assert store.run(work) == ["t-older", "t-young"]


def test_rules_come_from_the_last_good_config(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> Callable[[], object]:
        assert unit.rules.people == {}
        unit.set_rules_from('[people]\nalice = ["alice@example.com"]\n')
        assert unit.rules.people == {"alice": ("alice@example.com",)}
        return lambda: None

    store.run(work)
    assert store.run(lambda unit: unit.rules.people) == {"alice": ("alice@example.com",)}
    store.run(lambda unit: unit.set_rules_from(None))
    assert store.run(lambda unit: unit.rules.people) == {}


def test_a_note_is_remembered_replaced_and_forgotten(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[str | None]:
        found = []
        for value in ("a", "b", None, None):
            unit.set_note("head", value)
            found.append(unit.note("head"))
        return found

    assert store.run(work) == ["a", "b", None, None]
