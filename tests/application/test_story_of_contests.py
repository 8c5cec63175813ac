"""Two changes of one thing: the person's stands, and one tick takes the other."""

import pytest

from dispatchd.application.contests import KEEP_WHAT_STANDS, TAKE_THE_OTHER
from dispatchd.application.requests.request import Verb
from dispatchd.domain.thread import ThreadStatus
from tests.application.world import BOB, World

A = "issues/a.md"
TEXT = "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n"


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(A, TEXT)
    world.settle()


def contest_of_lines(world: World) -> str:
    buffer = world.read(A)
    world.edit(A, "Second", "Second, by one")
    world.settle()
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=high",))
    world.settle()
    world.commit({A: world.read(A).replace("Second, by one", "Second, by Bob")}, BOB)
    world.settle()
    world.save(A, buffer.replace("Second", "Second, by another"))
    world.settle()
    (path,) = world.paths("inbox/")
    return path


def contest_of_facts(world: World) -> str:
    buffer = world.read(A)
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=high",))
    world.settle()
    world.save(A, buffer.replace("priority: medium", "priority: low"))
    world.settle()
    (path,) = world.paths("inbox/")
    return path


def test_the_other_lines_are_taken_by_a_tick_as_an_edit_of_whoever_ticks(world: World) -> None:
    path = contest_of_lines(world)
    assert "Second, by another" in world.read(A)
    assert f"- [ ] {TAKE_THE_OTHER}\n- [ ] {KEEP_WHAT_STANDS}\n" in world.read(path)
    thread = world.at(path).id
    world.edit(path, f"- [ ] {TAKE_THE_OTHER}", f"- [x] {TAKE_THE_OTHER}")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.ANSWERED
    assert "Second, by Bob\n" in world.read(A)
    assert "another" not in world.read(A)
    assert world.on_branch(A) == world.read(A)
    assert world.read(A).count("Third") == 1


def test_what_stands_is_kept_by_a_tick(world: World) -> None:
    path = contest_of_lines(world)
    before = world.read(A)
    world.edit(path, f"- [ ] {KEEP_WHAT_STANDS}", f"- [x] {KEEP_WHAT_STANDS}")
    world.settle()
    assert world.read(A) == before
    assert world.paths("inbox/") == []


def test_lines_that_have_changed_since_are_not_overwritten(world: World) -> None:
    path = contest_of_lines(world)
    world.edit(A, "Second, by another", "Second, by now quite different")
    world.settle()
    world.edit(path, f"- [ ] {TAKE_THE_OTHER}", f"- [x] {TAKE_THE_OTHER}")
    world.settle()
    assert "Second, by now quite different" in world.read(A)
    (notice,) = world.paths("inbox/")
    assert "Second, by Bob" in world.read(notice)


def test_the_others_fact_is_taken_by_a_tick(world: World) -> None:
    path = contest_of_facts(world)
    assert world.at(A).priority == "low"
    world.edit(path, f"- [ ] {TAKE_THE_OTHER}", f"- [x] {TAKE_THE_OTHER}")
    world.settle()
    assert world.at(A).priority == "high"
    assert world.field(A, "priority") == "high"


def test_a_choice_may_be_made_in_the_terminal(world: World) -> None:
    thread = world.at(contest_of_facts(world)).id
    world.ask(Verb.ANSWER, thread=thread, option="take")
    world.settle()
    assert world.field(A, "priority") == "high"
