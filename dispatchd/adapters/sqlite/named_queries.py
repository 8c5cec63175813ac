"""Finds SQL by name: every statement stands in a file under `queries/`, after a line `-- name: issue_by_id`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_FOLDER: Final = Path(__file__).parent / "queries"
_NAME: Final = "-- name: "


@cache
def queries(topic: str) -> Mapping[str, str]:
    """The statements of `queries/TOPIC.sql` by their names."""
    text = (_FOLDER / f"{topic}.sql").read_text(encoding="utf-8")
    named: dict[str, str] = {}
    for part in f"\n{text}".split(f"\n{_NAME}")[1:]:
        name, _, statement = part.partition("\n")
        if name.strip() in named:
            raise ValueError(f"{topic}.sql names {name.strip()} twice")
        named[name.strip()] = statement.strip().removesuffix(";")
    return MappingProxyType(named)
