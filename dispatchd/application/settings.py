"""The settings of a workspace as `config list` tells them: each with its value, and where that comes from.

What a setting may be, and what it is when nobody says, stands in `documents.config_values`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from dispatchd.documents import setting_kinds
from dispatchd.documents.config_document import list_settings, read_config, shown
from dispatchd.documents.config_merge import differing, with_last_good
from dispatchd.documents.setting_kinds import write_duration
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected

BY_DEFAULT: Final = "default"
BEFORE: Final = "as before"
WAITS: Final = "which waits for a word in inbox/"
_TABLE: Final = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"\s*(?P<key>[\w\"'.-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting; `value` is plain JSON, `words` what a person reads, `origin` `config.toml:12` or `default`."""

    key: str
    value: Any
    words: str
    origin: str


def settings_in(config: str, in_force: str | None = None) -> tuple[Setting, ...]:
    """Every setting of the text of `config.toml`, defaults included; what cannot be read there as *in_force* has it.

    Raises Rejected where it is no TOML and nothing is in force.
    """
    reading = read_config(config)
    if reading.config is None and in_force is not None:
        return tuple(
            replace(each, origin=f"{BEFORE}; {CONFIG} cannot be read") for each in settings_in(in_force)
        )
    holds = read_config(with_last_good(config, in_force)).config
    if holds is None:
        raise Rejected(f"mend {CONFIG} first: {'; '.join(str(each.at(CONFIG)) for each in reading.problems)}")
    lines = dict(_lines(config))
    kept = BY_DEFAULT if in_force is None else BEFORE
    return tuple(
        Setting(
            key=key,
            value=_plain(value),
            words=shown(value),
            origin=_origin(key, lines, kept if key in reading.unread else None),
        )
        for key, value in list_settings(holds).items()
    )


def settings_while_waiting(config: str, in_force: str) -> tuple[Setting, ...]:
    """The settings of *in_force*; where the file says otherwise, its words stand beside as what waits."""
    written = {each.key: each for each in settings_in(config)}
    waiting = set(differing(config, in_force))
    shown_now = [
        replace(each, origin=_waits(written.get(each.key)) if each.key in waiting else _place(written, each))
        for each in settings_in(in_force)
    ]
    known = {each.key for each in shown_now}
    only_written = (each for each in written.values() if each.key not in known)
    return (
        *shown_now,
        *(
            Setting(key=each.key, value=None, words="not in force", origin=_waits(each))
            for each in only_written
        ),
    )


def _place(written: Mapping[str, Setting], setting: Setting) -> str:
    return written[setting.key].origin if setting.key in written else setting.origin


def _waits(written: Setting | None) -> str:
    if written is None:
        return f"in force; taken out of {CONFIG}, {WAITS}"
    return f'in force; {written.origin} says "{written.words}", {WAITS}'


def _origin(key: str, lines: Mapping[str, int], kept: str | None) -> str:
    if key not in lines:
        return CONFIG if key.startswith(("people.", "commands.")) else BY_DEFAULT
    place = f"{CONFIG}:{lines[key]}"
    return place if kept is None else f"{kept}; {place} cannot be read"


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
