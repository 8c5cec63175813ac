"""Databases as earlier schemas kept them, each made by the program of its time, and read by this one.

A new migration leaves a new dump behind, so that every schema there ever was stays readable.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatchd.adapters.sqlite.backup import backups_of
from dispatchd.adapters.sqlite.migrator import latest_version
from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.workspace_facts import facts_of

KEPT = Path(__file__).parent / "kept"
VERSIONS = range(1, latest_version() + 1)


def load(version: int, folder: Path) -> Path:
    """A database as schema *version* kept it."""
    path = folder / "state.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((KEPT / f"schema-{version}.sql").read_text(encoding="utf-8"))
        assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    return path


def facts(path: Path) -> dict[str, Any]:
    with sync_store(path) as store:
        return store.run(facts_of)


def by_kind(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entity for entity in found["entities"].values() if entity["entity"] == kind]


def test_every_schema_there_was_has_left_a_database() -> None:
    assert sorted(file.name for file in KEPT.iterdir()) == [f"schema-{version}.sql" for version in VERSIONS]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_earlier_database_keeps_everything_it_knew(version: int, tmp_path: Path) -> None:
    path = load(version, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        told = [row[0] for row in connection.execute("SELECT told FROM events ORDER BY position")]
    found = facts(path)
    assert [event["told"] for event in found["log"]] == told
    assert {issue["title"]: issue["status"] for issue in by_kind(found, "Issue")} == {
        "timeout": "unassigned",
        "other": "unassigned",
        "gone": "cancelled",
    }
    (epic,) = by_kind(found, "Epic")
    assert [stage.get("gate", {}).get("state", "pending") for stage in epic["stages"]] == [
        "approved",
        "pending",
    ]
    (proposal,) = by_kind(found, "Proposal")
    assert {vote["voter"]: vote["choice"] for vote in proposal["votes"]} == {
        "coder": "approve",
        "@alice": "approve",
    }
    assert any("purple" in problem[2] for problem in found["problems"])
    assert "[people]" in found["settings"]
    assert facts(path) == found


@pytest.mark.parametrize("version", VERSIONS)
def test_it_is_copied_as_it_was_before_each_step(version: int, tmp_path: Path) -> None:
    path = load(version, tmp_path)
    facts(path)
    why = {f"before the migration from schema {left}" for left in range(version, latest_version())}
    assert {each[2] for each in backups_of(path)} == why


@pytest.mark.parametrize("version", VERSIONS)
def test_a_look_reads_it_when_it_was_brought_up_to_date(version: int, tmp_path: Path) -> None:
    path = load(version, tmp_path)
    facts(path)
    with closing(open_read_only(path)) as model:
        assert len(model.log()) == len(facts(path)["log"])
