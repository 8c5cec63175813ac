"""The settings of a workspace as `config list` tells them: each with its value, and where that comes from.

What a setting may be, and what it is when nobody says, stands in `documents.config_values`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from dispatchd.documents import setting_kinds
from dispatchd.documents.config_document import list_settings, read_config, shown
from dispatchd.documents.setting_kinds import write_duration
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.errors import Rejected

BY_DEFAULT: Final = "default"
_TABLE: Final = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"\s*(?P<key>[\w\"'.-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting; `value` is plain JSON, `words` what a person reads, `origin` `config.toml:12` or `default`."""

    key: str
    value: Any
    words: str
    origin: str


def settings_in(config: str) -> tuple[Setting, ...]:
    """Every setting of the text of `config.toml`, defaults included. Raises Rejected where it is no TOML."""
    reading = read_config(config)
    if reading.config is None:
        raise Rejected(f"mend {CONFIG} first: {'; '.join(str(each.at(CONFIG)) for each in reading.problems)}")
    lines = dict(_lines(config))
    unread = {problem.key for problem in reading.problems}
    return tuple(
        Setting(
            key=key,
            value=_plain(value),
            words=shown(value),
            origin=_origin(key, lines, is_read=key not in unread),
        )
        for key, value in list_settings(reading.config).items()
    )


def _origin(key: str, lines: Mapping[str, int], *, is_read: bool) -> str:
    if key not in lines:
        return CONFIG if key.startswith(("people.", "commands.")) else BY_DEFAULT
    place = f"{CONFIG}:{lines[key]}"
    return place if is_read else f"{BY_DEFAULT}; {place} cannot be read"


def _lines(config: str) -> Iterator[tuple[str, int]]:
    """On which line each key stands."""
    table = ""
    for number, line in enumerate(config.split("\n"), start=1):
        if (header := _TABLE.match(line)) is not None:
            table = f"{_bare(header['name'])}."
        elif (entry := _KEY.match(line)) is not None:
            yield f"{table}{_bare(entry['key'])}", number


def _bare(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _plain(value: setting_kinds.Setting) -> Any:
    match value:
        case timedelta():
            return write_duration(value)
        case tuple():
            return list(value)
        case _:
            return value
