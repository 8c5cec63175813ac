"""The settings of a workspace: which there are, what each is without being set, and where its value comes from.

They stand in `config.toml`. What a value does is left to those who read it; whether it can be read, to
`documents.config_document`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dispatchd.domain.errors import Rejected

BY_DEFAULT: Final = "default"
FILE: Final = "config.toml"
DEFAULTS: Final[Mapping[str, Any]] = {
    "workspace.home": "",
    "workspace.start_after": "30s",
    "workspace.archive_after": "14d",
    "workspace.approve_own": True,
    "workspace.require_signed": False,
    "workspace.types": [],
    "agents.max_running": 4,
    "budget.day_usd": 20,
}
OPEN_TABLES: Final = {"people": "a list of addresses", "commands": "a command"}
"""Tables whose keys people choose themselves."""
_TABLE: Final = re.compile(r"\s*\[\s*(?P<name>[^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"\s*(?P<key>[\w\"'.-]+(?:\s*\.\s*[\w\"'-]+)*)\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting, its value as JSON and TOML have it, and where that was said: `config.toml:12` or `default`."""

    key: str
    value: Any
    origin: str


def settings_in(config: str) -> tuple[Setting, ...]:
    """Every setting: those that the text of `config.toml` holds, and the defaults of the rest. Raises Rejected."""
    said = dict(_said(config))
    lines = _lines(config)
    known = [
        Setting(key=key, value=said.pop(key), origin=_origin(lines, key))
        if key in said
        else Setting(key=key, value=default, origin=BY_DEFAULT)
        for key, default in DEFAULTS.items()
    ]
    others = [Setting(key=key, value=value, origin=_origin(lines, key)) for key, value in said.items()]
    return tuple(
        sorted((*others, *known), key=lambda setting: setting.key.partition(".")[0] not in OPEN_TABLES)
    )


def _said(config: str) -> Iterator[tuple[str, Any]]:
    try:
        tables = tomllib.loads(config)
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"mend {FILE} first: it cannot be read ({error})") from None
    for name, content in tables.items():
        if isinstance(content, dict):
            yield from ((f"{name}.{key}", value) for key, value in content.items())
        else:
            yield name, content


def _lines(config: str) -> dict[str, int]:
    """On which line each key stands; keys inside long values are harmless, for nobody asks for them."""
    lines: dict[str, int] = {}
    table = ""
    for number, line in enumerate(config.split("\n"), start=1):
        if (header := _TABLE.match(line)) is not None:
            table = f"{_bare(header['name'])}."
        elif (entry := _KEY.match(line)) is not None:
            lines.setdefault(f"{table}{_bare(entry['key'])}", number)
    return lines


def _bare(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))


def _origin(lines: Mapping[str, int], key: str) -> str:
    return f"{FILE}:{lines[key]}" if key in lines else FILE
