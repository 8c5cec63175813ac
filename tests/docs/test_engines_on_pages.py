"""Every engine that a card may name stands in the tables of both pages about agents, and no other does."""

import re
from pathlib import Path
from typing import Final

import pytest

from dispatchd.composition.agents import engines

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
FIRST_CELL: Final = re.compile(r"^\|([^|]+)\|", re.MULTILINE)


@pytest.mark.parametrize(
    ("page", "heading"), [("engines.md", "| `engine:` | needs"), ("agents.md", "| engine | what it is")]
)
def test_the_table_names_every_engine_and_no_other(page: str, heading: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    table = text[text.index(heading) :].partition("\n\n")[0]
    named = {name for cell in FIRST_CELL.findall(table)[1:] for name in re.findall(r"`([\w:]+)`", cell)}
    known = {f"{name}:NAME" if engine.abilities.commanded else name for name, engine in engines().items()}
    assert named == known
