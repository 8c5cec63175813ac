"""What may be written next in config.toml: its tables, and the settings of a table with the values they have unsaid."""

import json
import re
from collections.abc import Iterator
from typing import Final

from dispatchd.application.settings import settings_in
from dispatchd.lsp.page import Page, Span, Spot
from dispatchd.lsp.proposal import Proposal

_HEADER: Final = re.compile(r"^\s*\[\s*([\w-]+)\s*\]")
_KEY: Final = re.compile(r"^\s*([\w-]+)\s*=")
_BEGUN: Final = re.compile(r"^\s*(?P<word>\[?[\w-]*)$")
_OPEN_TABLES: Final = ("people", "commands")


def settings_at(page: Page, spot: Spot) -> Iterator[Proposal]:
    """The tables and settings that are not there yet, where one may begin."""
    begun = _BEGUN.match(page.lines[spot.line][: spot.column])
    if begun is None or page.lines[spot.line][spot.column :].strip():
        return
    span = Span(spot.line, begun.start("word"), spot.column)
    table, known = _table_of(page, spot.line)
    unsaid = [(*each.key.partition(".")[::2], each) for each in settings_in("")]
    for inside, key, setting in unsaid:
        if inside == table and key not in known:
            # Texts, numbers, truths and lists are written in TOML as they are in JSON.
            value = "" if setting.value is None else json.dumps(setting.value)
            yield Proposal(f"{key} = {value}", span, f"unsaid: {setting.words}")
    headers = {match[1] for line in page.lines if (match := _HEADER.match(line))}
    for name in dict.fromkeys((*_OPEN_TABLES, *(inside for inside, _, _ in unsaid))):
        if name not in headers:
            yield Proposal(f"[{name}]", span, "table", rank=1)


def _table_of(page: Page, line: int) -> tuple[str, set[str]]:
    """The table that *line* stands in, and the keys that it holds."""
    table, known = "", set[str]()
    for number, text in enumerate(page.lines):
        header = _HEADER.match(text)
        if header and number > line:
            break
        if header:
            table, known = header[1], set()
        elif (key := _KEY.match(text)) is not None:
            known.add(key[1])
    return table, known
