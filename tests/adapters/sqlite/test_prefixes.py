from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.read_rows import Resolved
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.domain.agent import Agent
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind
from tests.adapters.sqlite.read_samples import EPIC, issue, look


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[SyncStore]:
    with sync_store(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("i-7k2m", None, Resolved("i-7k2m", ("i-7k2m",))),
        (" #I-7K2 ", None, Resolved("i-7k2m", ("i-7k2m",))),
        ("7k2", None, Resolved("i-7k2m", ("i-7k2m",))),
        ("i-7", None, Resolved(None, ("i-7k2m", "i-7x2m"))),
        ("7", "epic", Resolved("e-7777", ("e-7777",))),
        ("i-7k2m", "epic", Resolved(None, ())),
        ("i-gone", None, Resolved("i-gone", ("i-gone",))),
        ("i-go", None, Resolved("i-go22", ("i-go22",))),
        ("@ash", None, Resolved("ash", ("ash",))),
        ("as", "agent", Resolved("ash", ("ash",))),
        ("Elm", None, Resolved("Elm", ("Elm",))),
        (".dispatch/issues/a b.md", None, Resolved("i-7k2m", ("i-7k2m",))),
        ("backlog-md:TASK-12", None, Resolved("i-7x2m", ("i-7x2m",))),
        ("BACKLOG-md:task-12", None, Resolved("i-7x2m", ("i-7x2m",))),
        ("task-12", None, Resolved("i-7x2m", ("i-7x2m",))),
        ("task-1", None, Resolved(None, ())),
        ("bd-7BS4", None, Resolved(None, ("i-bbbb", "i-cccc"))),
        ("beads:bd-7bs4", None, Resolved("i-bbbb", ("i-bbbb",))),
        ("#9", None, Resolved("i-dddd", ("i-dddd",))),
        ("9", None, Resolved(None, ())),
        ("%", None, Resolved(None, ())),
        ("a B", None, Resolved("i-7k2m", ("i-7k2m",))),
        ("a", "issue", Resolved(None, ())),
        ("login form", "issue", Resolved("i-fff1", ("i-fff1",))),
        ("Twice", None, Resolved(None, ("i-eee1", "i-eee2"))),
        (" ", None, Resolved(None, ())),
    ],
)
def test_what_is_typed_finds_the_one_thing_it_can_mean(
    store: SyncStore, path: Path, typed: str, kind: str | None, expected: Resolved
) -> None:
    def work(unit: UnitOfWork) -> None:
        for one in (
            issue("7k2m"),
            issue("7x2m", source="backlog-md:TASK-12"),
            issue("bbbb", source="beads:bd-7bs4"),
            issue("cccc", source="task-master:bd-7bs4"),
            issue("dddd", source="github:o/r#9"),
            issue("gone", removed=True),
            issue("go22"),
            issue("fff1", title="Login Form"),
            issue("eee1", title="Twice"),
            issue("eee2", title="Twice"),
        ):
            unit.save(one)
        unit.save(replace(EPIC, id=EntityId("e-7777")))
        for name in ("ash", "Elm"):
            unit.save(Agent(name=name))
        unit.documents.save(
            DocumentRecord(
                path=DocumentPath("issues/a b.md"),
                subject="i-7k2m",
                kind=EntityKind.ISSUE,
                seen=None,
                current=None,
            )
        )

    store.run(work)
    with look(path) as model:
        assert model.resolve(typed, kind) == expected
