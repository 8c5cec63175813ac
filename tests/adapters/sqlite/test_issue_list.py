from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.read_rows import IssueFilter
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.dependency_graph import by_urgency, waiting_on
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from tests.adapters.sqlite.read_samples import EPIC, NOON, issue, look


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[SyncStore]:
    with sync_store(path) as opened:
        yield opened


NAMES = [f"{number:04}" for number in range(2222, 2228)]


SOME = st.lists(st.sampled_from(["a", "B", "c"]), max_size=2, unique=True).map(tuple)


ISSUES = st.fixed_dictionaries(
    {},
    optional={
        "created": st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours)),
        "status": st.sampled_from(IssueStatus),
        "priority": st.sampled_from(Priority),
        "type": st.sampled_from(["bug", "feature"]),
        "role": st.sampled_from([Role.CODER, Role.PM]),
        "assignee": st.sampled_from(["ash", "alice"]),
        "labels": SOME,
        "depends_on": st.lists(st.sampled_from([f"i-{n}" for n in [*NAMES, "none"]]), max_size=2).map(tuple),
        "epic": st.just("e-2222"),
        "parent": st.just("i-2222"),
        "stage": st.sampled_from(["build", "Release ", "Gone"]),
        "removed": st.booleans(),
    },
)


FILTERS = st.builds(
    IssueFilter,
    status=st.just(()) | st.just(("queued",)) | st.just(("queued", "blocked", "done")),
    type=st.just(()) | st.just(("bug",)),
    priority=st.just(()) | st.just(("high", "low")),
    role=st.just(()) | st.just(("coder",)),
    assignee=st.just(()) | st.just(("ash",)),
    labels=st.just(()) | st.just(("b",)) | st.just(("A", "c")),
    epic=st.none() | st.just("e-2222"),
    stage=st.none() | st.just("release"),
    parent=st.none() | st.just("i-2222"),
    text=st.none() | st.just("222"),
    ready=st.booleans(),
    waiting=st.booleans(),
    blocked=st.booleans(),
    limit=st.none() | st.integers(0, 3),
)


def fits(unit: UnitOfWork, one: Issue, wanted: IssueFilter) -> bool:
    waits = waiting_on(unit, one)
    labels = {label.lower() for label in one.labels}
    return (
        all(
            not given or getattr(one, name) in given
            for name in ("status", "type", "priority", "role", "assignee")
            for given in [getattr(wanted, name)]
        )
        and {label.lower() for label in wanted.labels} <= labels
        and wanted.epic in {None, one.epic}
        and wanted.parent in {None, one.parent}
        and (wanted.stage is None or (one.stage or "").strip().lower() == wanted.stage)
        and (wanted.text is None or wanted.text in one.title)
        and (not wanted.ready or (one.status is IssueStatus.QUEUED and not waits))
        and (not wanted.waiting or bool(waits))
        and (not wanted.blocked or one.status is IssueStatus.BLOCKED)
    )


def test_the_list_is_what_the_rules_say_under_every_filter(store: SyncStore, path: Path) -> None:
    @settings(max_examples=80)
    @given(st.lists(ISSUES, min_size=len(NAMES), max_size=len(NAMES)), FILTERS)
    def check(facts: list[dict[str, object]], wanted: IssueFilter) -> None:
        made = [issue(name, **each) for name, each in zip(NAMES, facts, strict=True)]
        # Deleting an open issue cancels it.
        made = [replace(one, status=IssueStatus.CANCELLED) if one.removed else one for one in made]

        def work(unit: UnitOfWork) -> list[tuple[str, tuple[str, ...]]]:
            unit.save(EPIC)
            for each in made:
                unit.save(each)
            standing = [one for one in by_urgency(made) if not one.removed and fits(unit, one, wanted)]
            return [(one.id, tuple(dict.fromkeys(w.on for w in waiting_on(unit, one)))) for one in standing]

        expected = store.run(work)[: wanted.limit]
        with look(path) as model:
            rows = model.issues(wanted)
            assert [(row.id, tuple(dict.fromkeys(row.waiting_on))) for row in rows] == expected

    check()
