"""What commits of others may do, and what of them waits for somebody here."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from dispatchd.application.config_in_force import KEEP_OLD, PUT_IN_FORCE
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.request import Verb
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.thread import Thread, ThreadStatus
from tests.application.test_story_of_ticks import EPIC, EPIC_TEXT, stage
from tests.application.world import BOB, World

T = TypeVar("T")
A = "issues/a.md"
MALLORY = ("Mallory", "mallory@evil.example")


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.settle()


def look(world: World, read: Callable[[UnitOfWork], T]) -> T:
    return world.store.look(read)


def takes_over(world: World) -> None:
    config = world.read("config.toml").replace(
        '"alice@example.com"', '"alice@example.com", "mallory@evil.example"'
    )
    assert "mallory" in config
    world.commit({"config.toml": config}, MALLORY)
    world.settle()


def question(world: World) -> Thread:
    (thread,) = (
        each
        for each in look(world, lambda work: list(work.entities(EntityKind.THREAD)))
        if isinstance(each, Thread) and "changed config.toml" in each.title
    )
    return thread


def people(world: World) -> tuple[str, ...]:
    return look(world, lambda work: work.rules.people["alice"])


def test_106_a_strangers_settings_are_asked_about_before_they_count(world: World) -> None:
    takes_over(world)
    assert people(world) == ("alice@example.com",)
    assert question(world).status is ThreadStatus.OPEN


@pytest.mark.parametrize(("answer", "in_force"), [(PUT_IN_FORCE, True), (KEEP_OLD, False)])
def test_a_person_here_decides_whether_they_count(world: World, answer: str, *, in_force: bool) -> None:
    takes_over(world)
    world.ask(Verb.ANSWER, thread=question(world).id, option=answer)
    world.settle()
    assert ("mallory@evil.example" in people(world)) is in_force


def test_settings_changed_by_somebody_of_people_count_at_once(world: World) -> None:
    config = world.read("config.toml") + '\n[commands]\ntest = "true"\n'
    world.commit({"config.toml": config}, BOB)
    world.settle()
    assert look(world, lambda work: dict(work.rules.commands)) == {"test": "true"}


def test_commits_that_go_there_and_back_and_there_again_end_there(world: World) -> None:
    at_first = world.read(A)
    queued = at_first.replace("unassigned", "queued")
    world.commit({A: queued}, BOB)
    world.settle()
    world.commit({A: at_first}, BOB)
    world.commit({A: queued}, BOB)
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert world.read(A) == queued


def test_a_name_that_is_no_text_is_passed_over(world: World) -> None:
    world.commit(
        {A: world.read(A).replace("unassigned", "queued"), "issues/bad\udcff.md": "x"},
        BOB,
        writes_files=False,
    )
    world.save(A, world.read(A).replace("unassigned", "queued"))
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED


def test_a_strangers_tick_is_answered_on_its_line_and_the_box_is_free_again_for_who_may(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()
    for reason in ("first", "again"):
        text = world.on_branch(EPIC) or ""
        assert "- [ ] Approve\n" in text, reason
        world.commit({EPIC: text.replace("- [ ] Approve\n", "- [x] Approve\n", 1)}, MALLORY)
        world.settle()
    (asked,) = look(
        world, lambda work: [each for each in work.entities(EntityKind.THREAD) if isinstance(each, Thread)]
    )
    section = stage(world, "Design")
    assert (
        f"- [ ] Approve\n  > dispatchd: @alice or @bob can answer it; they are asked already, in {asked.id}."
        in section
    )
    world.ask(Verb.ANSWER, thread=asked.id, option="Leave it")
    world.settle()
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert "- [x] Approved (Alice Doe, " in stage(world, "Design")
    assert "dispatchd:" not in stage(world, "Design")
