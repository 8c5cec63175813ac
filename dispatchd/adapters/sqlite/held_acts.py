"""Keeps acts that count only once a person has confirmed them, oldest first."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from dispatchd.adapters.sqlite.columns import from_json, to_json
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.unit_of_work import HeldAct, HeldActs
from dispatchd.application.wire import dump_circumstance, dump_command, load_circumstance, load_command


class SqliteHeldActs:
    """An act is kept whole: the command as it was meant, and who gave it when and how."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("held_acts")

    def add(self, act: HeldAct) -> None:
        """Keep *act*."""
        row = (
            act.id,
            to_json(dump_command(act.command)),
            to_json(dump_circumstance(act.circumstance)),
            act.why,
            act.thread,
        )
        self._connection.execute(self._sql["act_add"], row)

    def get(self, act_id: str) -> HeldAct | None:
        """The act of that id."""
        row = self._connection.execute(self._sql["act_by_id"], (act_id,)).fetchone()
        return None if row is None else _act(row)

    def all(self) -> Sequence[HeldAct]:
        """All of them."""
        return [_act(row) for row in self._connection.execute(self._sql["acts_all"]).fetchall()]

    def drop(self, act_id: str) -> None:
        """Forget it: confirmed, or turned down."""
        self._connection.execute(self._sql["act_drop"], (act_id,))


def _act(row: tuple[Any, ...]) -> HeldAct:
    act_id, command, circumstance, why, thread = row
    return HeldAct(
        id=act_id,
        command=load_command(from_json(command)),
        circumstance=load_circumstance(from_json(circumstance)),
        why=why,
        thread=thread,
    )


_port: type[HeldActs] = SqliteHeldActs
