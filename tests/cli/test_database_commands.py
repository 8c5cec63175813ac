"""`rebuild` and `backup`, as they read."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from tests.fakes.composition_double import CompositionDouble

Call = Callable[..., tuple[int, str, str]]


@dataclass(frozen=True)
class Made:
    kept: Path | None = Path("/work/.git/dispatchd/set-aside/state-20261121T120000Z.db")
    events: int = 15
    entities: int = 6
    differs: tuple[str, ...] | None = ()
    restarted: bool = True
    caught_up: int = 0


@dataclass(frozen=True)
class Copy:
    name: str = "state-20261121T120000Z.db"
    at: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)
    size: int = 192_512
    why: str = ""


def test_rebuild_says_what_came_of_it(composition: CompositionDouble, call: Call) -> None:
    composition.made = Made()
    code, out, err = call("rebuild")
    assert code == 0
    assert out == (
        "The database is made anew: 6 things, 15 events.\nIt says the same as the old one, in every fact.\n"
    )
    assert "The old one is kept: /work/.git/dispatchd/set-aside/state-20261121T120000Z.db" in err
    assert "runs again" in err


def test_rebuild_names_what_differs_and_is_silent_where_there_was_nothing(
    composition: CompositionDouble, call: Call
) -> None:
    composition.made = Made(differs=("log", "problems"))
    assert "It differs from the old one in: log, problems." in call("rebuild")[1]
    composition.made = Made(kept=None, differs=None, restarted=False, events=1, entities=1)
    assert call("rebuild")[1:] == ("The database is made anew: 1 thing, 1 event.\n", "")
    assert json.loads(call("rebuild", "--json")[1]) == {
        "events": 1,
        "entities": 1,
        "kept": None,
        "differs": None,
        "restarted": False,
    }


def test_backups_are_made_listed_and_put_back(composition: CompositionDouble, call: Call) -> None:
    assert "There is no backup yet." in call("backup", "list")[1]
    composition.copies = (
        Copy(),
        replace(Copy(), name="state-schema-1.db", why="before the migration from schema 1"),
    )
    composition.made = Made(caught_up=2, restarted=False)
    assert call("backup")[1] == "state-20261121T120000Z.db\n"
    listed = call("backup", "list")[1].splitlines()
    assert listed[0].split() == ["state-20261121T120000Z.db", "2026-11-21", "12:00Z", "188", "KiB"]
    assert listed[1].endswith("before the migration from schema 1")
    assert json.loads(call("backup", "list", "--json")[1])["items"][1] == {
        "name": "state-schema-1.db",
        "at": "2026-11-21T12:00:00Z",
        "bytes": 192_512,
        "why": "before the migration from schema 1",
    }
    code, out, _ = call("backup", "restore", "state-2026")
    assert (code, composition.said) == (0, ["state-2026"])
    assert "state-20261121T120000Z.db again, of 2026-11-21 12:00Z; 2 events since came from the branch" in out
