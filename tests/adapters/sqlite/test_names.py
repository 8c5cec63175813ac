from contextlib import closing
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.read_only import SqliteReadModel, open_read_only
from dispatchd.adapters.sqlite.read_only_work import read_only_work
from dispatchd.application.ports.store_failures import DatabaseMissing, StoreFailure
from dispatchd.domain.identifiers import EntityId
from tests.fakes import small_workspace as small

EVERY = ("issue", "epic", "proposal", "thread", "agent")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    small.fill(tmp_path)
    return tmp_path / ".git" / "dispatchd" / "state.db"


@pytest.fixture
def model(database: Path) -> "closing[SqliteReadModel]":
    return closing(open_read_only(database))


def test_names_are_found_by_the_beginning_of_an_id_or_a_part_of_a_title(
    model: "closing[SqliteReadModel]",
) -> None:
    with model as looking:
        assert [row.id for row in looking.names("I-7", EVERY, 9)] == ["i-7k2m"]
        assert {row.id for row in looking.names("LOGIN", ("issue",), 9)} == {"i-7k2m", "i-8p3q"}
        assert {row.kind for row in looking.names("", ("epic", "agent"), 9)} == {"epic", "agent"}
        assert len(looking.names("", EVERY, 2)) == 2


def test_what_is_finished_comes_last(model: "closing[SqliteReadModel]") -> None:
    with model as looking:
        assert [row.status for row in looking.names("", ("issue",), 99)][-1] == "done"


def test_a_name_says_where_its_file_is_and_whose_it_is(model: "closing[SqliteReadModel]") -> None:
    with model as looking:
        row = looking.name_of("i-7k2m")
        assert row is not None
        assert (row.title, row.assignee, row.status) == (small.LOGIN.title, "ash", "in_progress")
        assert looking.name_of("i-7k2") is None


def test_the_most_used_labels_come_first(model: "closing[SqliteReadModel]") -> None:
    with model as looking:
        assert set(looking.labels()) == {"auth", "network"}


def test_a_unit_of_work_that_only_reads_refuses_to_write(database: Path) -> None:
    with read_only_work(database) as work:
        issue = work.issue(EntityId("i-7k2m"))
        assert issue is not None
        with pytest.raises(StoreFailure), read_only_work(database) as other:
            other.save(issue)


def test_a_missing_database_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing), read_only_work(tmp_path / "state.db"):
        raise AssertionError
    assert not (tmp_path / "state.db").exists()
