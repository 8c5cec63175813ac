"""What a check showed stays as dispatchd wrote it, while a person is asked by it and later."""

import hashlib

import pytest

from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread
from tests.application.flow_world import FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import InstantStore

CHECKED = """\
title = "Checked"

[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "verify"
check = "test"
otherwise = "build"
iterations = 2
gate = "Ship?"
refused = "build"
"""
MALLORY = ("Mallory", "mallory@evil.example")


@pytest.fixture
def page(world: World) -> str:
    """The page of a check whose gate is asked."""
    world.save("workflows/own.toml", CHECKED)
    way = FlowWorld(world, "own")
    way.hand_in("ash", {"code": "old new"})
    for _ in range(2):
        way.look()
        way.ask()
    evidence = way.flow.evidence
    assert evidence is not None
    return evidence.page


def threads(world: World, title: str) -> list[Thread]:
    found = world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    return [each for each in found if isinstance(each, Thread) and title in each.title]


def test_the_gate_says_which_page_is_meant_and_what_it_was(world: World, page: str) -> None:
    (question,) = threads(world, "Ship?")
    assert f"`{page}`" in question.turns[0].text
    assert hashlib.sha256(world.read(page).encode()).hexdigest() in question.turns[0].text


def test_106_a_strangers_commit_changes_no_evidence_and_people_are_told(world: World, page: str) -> None:
    before = world.read(page)
    world.commit({page: before.replace("ok", "better than ok")}, MALLORY)
    world.settle()
    assert world.read(page) == world.on_branch(page) == before
    (notice,) = threads(world, "is back as it was")
    assert "Mallory <mallory@evil.example>" in notice.turns[0].text


def test_a_save_changes_none_either_and_is_kept_as_its_writers(world: World, page: str) -> None:
    before = world.read(page)
    world.save(page, before + "\nall good\n")
    world.settle()
    assert world.read(page) == world.on_branch(page) == before
    assert len(threads(world, "is back as it was")) == 1


def test_deleted_evidence_comes_back_after_a_lost_database_too(world: World, page: str) -> None:
    before = world.read(page)
    world.store = InstantStore()
    world.restart()
    world.settle()
    world.delete(page)
    world.settle()
    assert world.read(page) == before
    world.commit({page: "# Nothing was found\n"}, MALLORY)
    world.settle()
    assert world.read(page) == before


def test_a_page_that_people_made_is_theirs(world: World) -> None:
    world.save("evidence/notes.md", "# Ours\n")
    world.settle()
    world.save("evidence/notes.md", "# Ours, and more\n")
    world.settle()
    assert world.read("evidence/notes.md") == "# Ours, and more\n"
    world.delete("evidence/notes.md")
    world.settle()
    assert world.paths("evidence") == []
