"""Every step that a script can have stands in the page about agents."""

import re
from pathlib import Path

from dispatchd.adapters.agents.scripted_player import Player

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")


def test_the_page_names_every_step_and_no_other() -> None:
    told = set(re.findall(r"^\| `(\w+) = ", PAGE, re.MULTILINE))
    assert told == {name.removeprefix("do_") for name in dir(Player) if name.startswith("do_")}
