"""The brake's box on WAITING.md: the same as the file PAUSE, by whoever ticks it, once."""

from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.waiting_world import WAITING, WaitingWorld
from tests.application.world import BOB

PULL, LET_GO = "- [ ] Pause", "- [ ] Go on"
STRANGER = ("Mallory", "m@elsewhere.example")


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld()
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def stands(world: WaitingWorld, path: str) -> bool:
    return path in world.paths()


def tick(world: WaitingWorld, box: str, words: str = "") -> str:
    assert box in world.page()
    saved = world.page().replace(box, box.replace("[ ]", "[x]") + words)
    world.save(WAITING, saved)
    world.settle()
    return saved


def test_a_tick_pauses_everything_and_another_lets_it_go_on(world: WaitingWorld) -> None:
    tick(world, PULL, ": The tests are red")
    assert world.read("PAUSE") == "The tests are red\n"
    assert world.told()[-1] == "Alice Doe pauses all work: The tests are red"
    assert "## Paused\n\n### All work is paused\n\n`PAUSE` · by Alice Doe · since 2026-11-21 " in world.page()
    assert "> The tests are red\n\n- [ ] Go on\n" in world.page()
    assert PULL not in world.page()
    tick(world, LET_GO)
    assert not stands(world, "PAUSE")
    assert world.told()[-1] == "Alice Doe lets work go on"
    assert "Go on" not in world.page()
    assert PULL in world.page()
    assert len(world.happened("WorkPaused")) == len(world.happened("WorkResumed")) == 1


def test_a_buffer_that_is_saved_again_does_nothing_again(world: WaitingWorld) -> None:
    pulled = tick(world, PULL)
    let_go = tick(world, LET_GO)
    for buffer in (pulled, let_go, pulled + "\n"):
        world.save(WAITING, buffer)
        world.settle()
    assert len(world.happened("WorkPaused")) == len(world.happened("WorkResumed")) == 1


@pytest.mark.parametrize("seconds", [90, 1])
def test_a_stale_page_lets_go_of_no_later_brake(world: WaitingWorld, seconds: int) -> None:
    tick(world, PULL, ": The tests are red")
    stale = world.page()
    world.ask(Verb.RESUME)
    world.advance(seconds)
    world.ask(Verb.PAUSE, reason="The disk is full")
    world.settle()
    world.save(WAITING, stale.replace(LET_GO, "- [x] Go on"))
    world.settle()
    assert stands(world, "PAUSE")
    assert len(world.happened("WorkResumed")) == 1
    assert "> dispatchd: tick it once more if work is to go on" in world.page()
    tick(world, LET_GO)
    assert not stands(world, "PAUSE")


def test_on_a_published_page_it_is_the_act_of_whoever_committed_it(world: WaitingWorld) -> None:
    page = world.page()
    world.commit({WAITING: page.replace(PULL, "- [x] Pause: on my way")}, BOB)
    world.settle()
    assert world.told()[-1] == "Bob Roe pauses all work: on my way"
    page = world.page()
    world.commit({WAITING: page.replace(LET_GO, "- [x] Go on")}, STRANGER)
    world.settle()
    assert stands(world, "PAUSE")
    assert not world.happened("WorkResumed")


def test_the_box_is_there_when_work_was_paused_by_the_file_or_a_command(world: WaitingWorld) -> None:
    world.save("pause.txt", "Fire\n")
    world.settle()
    assert "> Fire" in world.page()
    tick(world, LET_GO)
    assert not stands(world, "pause.txt")
    assert world.told()[-1] == "Alice Doe lets work go on"
