"""WAITING.md says what is so now: what it said before is nobody's words."""

from collections.abc import Iterator

import pytest

from tests.application.invariants import check_all
from tests.application.waiting_world import WAITING, WaitingWorld

LOGIN = "issues/login.md"


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({LOGIN: "Login times out\n"})
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def write(world: WaitingWorld, **facts: str) -> None:
    lines = world.read(LOGIN).split("\n")
    for key, value in facts.items():
        lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in lines]
    world.save(LOGIN, "\n".join(lines))
    world.settle()


def test_a_refusal_that_was_mended_leaves_nothing_on_the_page(world: WaitingWorld) -> None:
    write(world, status="in_review", priority="hihg")
    assert "in_review" in world.page()
    assert "hihg" in world.page()
    write(world, status="unassigned")
    assert "in_review" not in world.page()
    assert "hihg" in world.page()
    write(world, priority="soon")
    assert "hihg" not in world.page()


def test_words_typed_into_what_the_page_says_stay_when_it_says_something_else(world: WaitingWorld) -> None:
    write(world, status="in_review", priority="hihg")
    said = next(line for line in world.page().split("\n") if "hihg" in line)
    world.save(WAITING, world.page().replace(said, f"{said} I meant high"))
    world.settle()
    write(world, status="unassigned")
    assert "\nI meant high\n" in world.page()
    assert "in_review" not in world.page()
