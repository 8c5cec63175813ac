"""The examples of pages in `docs/` are played: what the page says to save is saved, and what it shows is compared.

A fence's info string says which: `save=PATH` puts the block there, `edit=PATH` is a script for `sed` on that file,
`reads=PATH` is the whole file afterwards, `shows=PATH` some lines of it. Ids, times and revs differ from run to run.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.application.invariants import check_all
from tests.application.world import World

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
BLOCK: Final = re.compile(r"^```\w+ (?P<act>\w+)=(?P<path>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
DRAWN: Final = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?Z"), "NOW"),
    (re.compile(r"\br[0-9a-f]{8}\b"), "REV"),
    (re.compile(r"\b([iepdt])-(?!zzzz)[0-9a-hjkmnp-tv-z]{4}\b"), r"\1-ID"),
)


def tidy(text: str) -> str:
    for pattern, word in DRAWN:
        text = pattern.sub(word, text)
    return text


def examples(page: str) -> Iterator[tuple[str, str, str]]:
    for block in BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")):
        yield block["act"], block["path"], block["text"]


@pytest.mark.parametrize(("page", "least"), [("files.md", 11), ("epics.md", 4), ("governance.md", 1)])
def test_every_example_does_what_the_page_shows(page: str, least: int) -> None:
    world, played = World(), 0
    for act, path, text in examples(page):
        played += 1
        match act:
            case "save":
                world.save(path, text)
                world.settle()
            case "edit":
                world.save(path, edited(world.read(path), text.strip()))
                world.settle()
            case "reads":
                assert tidy(world.read(path)) == tidy(text), path
            case "shows":
                assert tidy(text.strip()) in tidy(world.read(path)), path
            case _:
                pytest.fail(f"docs/{page} has a block that says {act}={path}")
    assert played >= least
    check_all(world)
    world.store.remove()


def edited(text: str, script: str) -> str:
    """*text* as `sed` with *script* leaves it."""
    done = subprocess.run(["sed", script], input=text, capture_output=True, text=True, check=True)
    assert done.stdout != text, f"{script} changes nothing in\n{text}"
    return done.stdout
