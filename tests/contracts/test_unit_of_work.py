"""What every unit of work promises, shown on the SQLite one."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.dispatch_tree import FileStamp
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    HeldAct,
    ProblemRecord,
    TextSource,
    UnitOfWork,
    WriteReason,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import Circumstance, MoveIssue
from dispatchd.domain.epic import Epic
from dispatchd.domain.event import IssueMoved
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EntityKind, EventPosition
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")
BY_ALICE = Circumstance(actor=ALICE, at=NOON, provenance=Provenance(channel=Channel.SAVE))
STAMP = FileStamp(1, 2, 3, 4, 5, 0o100644, 1, True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SyncStore]:
    with sync_store(tmp_path / "state.db") as opened:
        yield opened


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
    unit.held_acts.add(
        HeldAct(
            id="h1",
            command=MoveIssue(issue=EntityId("i-2222"), to=IssueStatus.DONE),
            circumstance=BY_ALICE,
            why="it could have been an agent",
        )
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
        unit.held_acts.all(),
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


def test_bytes_taken_from_a_save_are_known_from_that_time_on(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[bool]:
        unit.documents.agree(text(1, NOON, source=TextSource.INGESTED))
        unit.documents.agree(text(2, NOON))
        was = unit.documents.was_ingested
        one, two, second = digest(b"1"), digest(b"2"), timedelta(seconds=1)
        return [was("i-2222", one, NOON), was("i-2222", one, NOON + second), was("i-2222", two, NOON)]

    assert store.run(work) == [True, False, False]


def test_the_log_counts_on_and_every_event_waits_for_its_commit(store: SyncStore) -> None:
    moved = IssueMoved(issue=EntityId("i-2222"), before=IssueStatus.QUEUED, after=IssueStatus.DONE)

    def work(unit: UnitOfWork) -> None:
        first = unit.append(moved, BY_ALICE, "Alice Doe finishes i-2222", "e1")
        unit.audit.add_text(
            DocumentPath("a.md"),
            DocumentDigest("d1"),
            ALICE,
            NOON,
            prose=True,
            since=NOON - timedelta(minutes=1),
        )
        second = unit.append(moved, BY_ALICE, "again", "e2")
        assert first.position < second.position
        assert unit.event_at(first.position) == (first, "Alice Doe finishes i-2222")
        rows = unit.audit.waiting()
        assert [(row.event, row.path, row.prose) for row in rows] == [
            (first.position, None, False),
            (None, "a.md", True),
            (second.position, None, False),
        ]
        assert rows[1].since == NOON - timedelta(minutes=1)
        unit.audit.drop([row.sequence for row in rows])
        unit.audit.mark([first.position], "abc")
        unit.audit.add_text(DocumentPath("b.md"), None, ALICE, NOON)
        (last,) = unit.audit.waiting()
        assert last.sequence > rows[-1].sequence
        assert unit.audit.committed(["e2", "e3"]) == {"e2": second.position}
        with pytest.raises(KeyError):
            unit.event_at(EventPosition(99))

    store.run(work)


def test_what_is_owed_comes_oldest_first_and_parked_files_are_left_alone(store: SyncStore) -> None:
    old, new = DocumentDigest("old"), DocumentDigest("new")

    def work(unit: UnitOfWork) -> list[str]:
        unit.documents.save(record("agreed", seen=old, current=old))
        unit.documents.save(record("absent"))
        unit.documents.save(record("second", seen=old, current=new, owed_since=NOON + timedelta(seconds=1)))
        unit.documents.save(record("create", current=new, owed_since=NOON + timedelta(seconds=2)))
        unit.documents.save(record("remove", seen=old, owed_since=NOON + timedelta(seconds=3)))
        unit.documents.save(
            record("moving", seen=old, current=old, wanted_path=DocumentPath("archive/x.md"), owed_since=NOON)
        )
        unit.documents.save(
            record("parked", seen=old, current=new, parked="conflict markers", owed_since=NOON)
        )
        return [one.subject for one in unit.documents.owed()]

    assert store.run(work) == ["i-moving", "i-second", "i-create", "i-remove"]


def test_a_subject_has_one_document_and_so_has_a_path(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.documents.save(record("one"))
        unit.documents.save(record("one", path=DocumentPath("issues/other.md")))
        assert unit.documents.at(DocumentPath("issues/one.md")) is None
        unit.documents.save(record("two", path=DocumentPath("issues/other.md")))
        assert unit.documents.of("i-one") is None
        assert [one.subject for one in unit.documents.all()] == ["i-two"]
        unit.documents.forget("i-two")
        assert list(unit.documents.all()) == []

    store.run(work)


def test_only_files_on_disk_have_stamps_to_compare_with(store: SyncStore) -> None:
    seen = DocumentDigest("seen")

    def work(unit: UnitOfWork) -> object:
        unit.documents.save(record("stamped", seen=seen, stamp=STAMP))
        unit.documents.save(record("unstamped", seen=seen))
        unit.documents.save(record("owed", current=seen))
        return unit.documents.stamps()

    assert store.run(work) == {"issues/stamped.md": STAMP, "issues/unstamped.md": None}


def test_of_equal_revs_the_newest_agreed_text_counts(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> tuple[AgreedText | None, ...]:
        unit.documents.agree(text(1, NOON, rev="ra"))
        unit.documents.agree(text(2, NOON, rev="rb", source=TextSource.INGESTED))
        # The clock stepped back; the order of agreement counts all the same.
        unit.documents.agree(text(3, NOON - timedelta(hours=1), rev="ra"))
        agreed = unit.documents.agreed_with
        return agreed("i-2222", "ra"), agreed("i-2222", "rb"), agreed("i-2222", "rc"), agreed("i-3333", "ra")

    newest = text(3, NOON - timedelta(hours=1), rev="ra")
    assert store.run(work) == (newest, text(2, NOON, rev="rb", source=TextSource.INGESTED), None, None)
    assert store.run(lambda unit: unit.documents.newest_agreed("i-2222")) == newest


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=st.lists(st.tuples(st.integers(0, 5), st.sampled_from(TextSource)), min_size=1, max_size=60))
def test_the_last_twenty_texts_and_those_of_a_day_are_kept(
    store: SyncStore, hours: list[tuple[int, TextSource]]
) -> None:
    texts: list[AgreedText] = []
    at = NOON
    for number, (pause, source) in enumerate(hours):
        at += timedelta(hours=pause)
        texts.append(text(number, at, rev=f"r{number}", source=source))

    def work(unit: UnitOfWork) -> set[AgreedText]:
        for one in texts:
            unit.documents.agree(one)
        found = {unit.documents.agreed_with("i-2222", one.rev or "") for one in texts}
        raise _Seen({one for one in found if one is not None})

    with pytest.raises(_Seen) as seen:
        store.run(work)
    rendered = [one for one in texts if one.source is TextSource.RENDERED]
    young = {one for one in texts if one.at > texts[-1].at - timedelta(hours=24)}
    kept = seen.value.found
    assert kept >= young | set(texts[-20:]) | set(rendered[-20:])
    assert len(kept - young) <= 40


class _Seen(Exception):  # noqa: N818 - rolls the example back and brings out what it saw
    def __init__(self, found: set[AgreedText]) -> None:
        self.found = found


def test_problems_are_replaced_as_a_whole_and_keep_their_order(store: SyncStore) -> None:
    def problem(subject: str, line: int) -> ProblemRecord:
        path = DocumentPath(f"issues/{subject}.md")
        return ProblemRecord(
            subject=subject,
            path=path,
            anchor="key:status",
            what="?",
            hint="!",
            line=line,
            refusal=True,
            since=NOON,
        )

    def work(unit: UnitOfWork) -> None:
        unit.problems.replace("b", [problem("b", 9), problem("b", 3)])
        unit.problems.replace("a", [problem("a", 1)])
        assert unit.problems.of("b") == [problem("b", 9), problem("b", 3)]
        assert unit.problems.all() == [problem("a", 1), problem("b", 3), problem("b", 9)]
        unit.problems.replace("b", [problem("b", 4)])
        unit.problems.replace("a", [])
        assert unit.problems.all() == [problem("b", 4)]

    store.run(work)


def test_held_acts_are_kept_whole_until_dropped(store: SyncStore) -> None:
    acts = [
        HeldAct(
            id=f"h{number}",
            command=MoveIssue(issue=EntityId("i-2222"), to=IssueStatus.DONE, forced=True),
            circumstance=BY_ALICE,
            why="unconfirmed",
            thread=EntityId("t-2222"),
        )
        for number in (2, 1)
    ]

    def work(unit: UnitOfWork) -> None:
        for act in acts:
            unit.held_acts.add(act)
        assert unit.held_acts.all() == acts
        assert unit.held_acts.get("h1") == acts[1]
        unit.held_acts.drop("h2")
        assert unit.held_acts.all() == acts[1:]
        assert unit.held_acts.get("h2") is None

    store.run(work)


def test_a_blob_is_kept_once_under_its_digest(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[bytes]:
        names = [unit.blobs.put(content) for content in (b"", b"\x00\xff", b"\x00\xff")]
        assert names == [digest(b""), digest(b"\x00\xff"), digest(b"\x00\xff")]
        return [unit.blobs.get(name) for name in names]

    assert store.run(work) == [b"", b"\x00\xff", b"\x00\xff"]


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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seen=st.none() | st.just(DocumentDigest("a")),
    numbers=st.tuples(*[st.integers(0, 2**64 - 1)] * 2, *[st.integers(0, 2**62)] * 5, st.booleans()),
    because=st.none() | st.sampled_from(WriteReason),
    by=st.none() | st.just(ALICE),
    parked=st.none() | st.text(),
)
def test_a_document_comes_back_as_it_was_saved(
    store: SyncStore,
    seen: DocumentDigest | None,
    numbers: tuple[int, int, int, int, int, int, int, bool],
    because: WriteReason | None,
    by: Actor | None,
    parked: str | None,
) -> None:
    saved = record(
        "one",
        seen=seen,
        stamp=FileStamp(*numbers),
        owed_because=because,
        owed_by=by,
        parked=parked,
        attempts=3,
    )

    def work(unit: UnitOfWork) -> DocumentRecord | None:
        unit.documents.save(saved)
        assert unit.documents.at(saved.path) == saved
        return unit.documents.of("i-one")

    assert store.run(work) == saved
