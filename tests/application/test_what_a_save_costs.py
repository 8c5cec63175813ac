"""What one changed file among many costs, counted: how often the database is asked and a text is read, never the clock."""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType

import pytest

from tests.application.world import World

FILES = 12
STATEMENTS = 13
"""For one file of which only a word of prose changed: each row is read once, and what is new is written once."""
ISSUE = """---
id: i-{number:04}
title: Login times out on slow networks
status: queued
priority: high
labels: [auth, network]
created: 2026-11-21T07:12:00Z
customer: Acme
---

The login form gives up after two seconds.

- [ ] waits thirty seconds
"""


@pytest.fixture
def world() -> World:
    """A workspace in which every file has just been saved with another word."""
    made = World({_path(number): ISSUE.format(number=number) for number in range(FILES)})
    made.settle()
    for number in range(FILES):
        made.edit(_path(number), "two seconds", f"{number} seconds")
    made.round()
    made.pass_time(made.session.times.settle + 0.1)
    return made


def _path(number: int) -> str:
    return f"issues/{number}.md"


def _statements_of(world: World, work: Callable[[], object]) -> int:
    """How many statements the database was given by *work*."""
    asked: list[str] = []
    with world.store.traced(asked.append):
        work()
    return len(asked)


def _calls_of(work: Callable[[], object]) -> Counter[str]:
    """How often *work* calls functions of each name."""
    called: Counter[str] = Counter()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called[frame.f_code.co_name] += 1

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return called


def test_a_changed_word_asks_the_database_for_each_row_once(world: World) -> None:
    asked = _statements_of(world, world.round)

    assert all(b" seconds" in (world.tree.content(_path(number)) or b"") for number in range(FILES))
    assert not list(world.session.settling.waiting())
    assert asked <= FILES * STATEMENTS + 40  # and what one round costs, however many files there are


def test_facts_that_a_save_left_alone_are_read_once_for_all_its_texts(world: World) -> None:
    called = _calls_of(world.round)

    assert called["_take_text"] == FILES
    assert called["split_keys"] == FILES


def test_the_blocks_of_an_issue_in_which_nothing_is_offered_are_not_looked_for(world: World) -> None:
    assert _calls_of(world.round)["outline"] == 0
