"""The whole schema and all migrations in order are the same database."""

import re
import sqlite3
from contextlib import closing

from dispatchd.adapters.sqlite.migrator import migrate, migrations, schema, version_of


def _described(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    rows = connection.execute(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
    )
    return [
        (kind, name, table, " ".join(re.sub(r"--[^\n]*", "", sql).split())) for kind, name, table, sql in rows
    ]


def test_the_migrations_in_order_make_the_whole_schema() -> None:
    with closing(sqlite3.connect(":memory:")) as stepped, closing(sqlite3.connect(":memory:")) as whole:
        for step in migrations():
            stepped.executescript(step)
        whole.executescript(schema())
        assert _described(stepped) == _described(whole)


def test_a_new_database_needs_no_step_and_no_backup() -> None:
    left: list[int] = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, left.append)
        assert version_of(connection) == len(migrations())
        migrate(connection, left.append)
    assert left == []


def test_every_table_is_strict() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema())
        tables = connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"
        ).fetchall()
    assert [name for name, strict in tables if not strict and not name.startswith("sqlite_")] == []
