"""What is asked is nobody else's to word: it is put back, and a tick below other words decides nothing."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.thread import ThreadStatus
from tests.application.world import World

MALLORY = ("Mallory", "m@evil.example")
LONG = "Drop the production database?\n\nThere is no backup of it, I have looked for one."


@pytest.fixture(params=["Drop the production database?", LONG], ids=["in its title", "in its words"])
def asked(world: World, request: pytest.FixtureRequest) -> tuple[str, str]:
    """The thread and its file."""
    world.save("agents/ash/agent.md", "---\nname: ash\nrole: coder\n---\n\nHi\n")
    world.settle()
    done = world.ask(Verb.ASK, speaker="ash", question=request.param, options=("yes", "no"))
    world.settle()
    (path,) = world.paths("inbox/")
    return done["subject"], path


def reworded(text: str) -> str:
    changed = text.replace("Drop the production database?", "Feed the dog?")
    return changed.replace("There is no backup of it, I have looked for one.", "It is hungry.")


def test_a_strangers_other_words_are_put_back(world: World, asked: tuple[str, str]) -> None:
    _, path = asked
    before = world.read(path)
    world.commit({path: reworded(before)}, by=MALLORY)
    world.settle()
    assert world.read(path) == before


def test_a_tick_below_other_words_answers_nothing(world: World, asked: tuple[str, str]) -> None:
    thread, path = asked
    before = world.read(path)
    world.commit({path: reworded(before)}, by=MALLORY)
    world.save(path, reworded(before).replace("- [ ] yes", "- [x] yes"))
    world.settle()
    assert world.entity(thread).status is ThreadStatus.OPEN
    assert "Feed the dog" not in world.read(path)
    assert "read it and tick again" in world.read(path)
    world.edit(path, "- [ ] yes", "- [x] yes")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.ANSWERED


def test_a_buffer_from_before_a_later_turn_still_answers(world: World, asked: tuple[str, str]) -> None:
    thread, path = asked
    buffer = world.read(path)
    world.save(path, buffer.replace("- [ ] no", "- [ ] no\n\nFirst tell me why."))
    world.settle()
    world.save(path, buffer.replace("- [ ] yes", "- [x] yes"))
    world.settle()
    assert world.entity(thread).status is ThreadStatus.ANSWERED


@pytest.mark.parametrize(
    "title", ["# a `b` *c* #", "1. One [x](y) <b>", "\\_ _x_ ~~no~~ &amp; |", "Is it é … “so”?"]
)
def test_a_title_of_any_kind_is_the_one_that_was_asked(world: World, title: str) -> None:
    world.save("agents/ash/agent.md", "---\nname: ash\nrole: coder\n---\n\nHi\n")
    world.settle()
    thread = world.ask(Verb.ASK, speaker="ash", question=title, options=("yes", "no"))["subject"]
    world.settle()
    (path,) = world.paths("inbox/")
    world.edit(path, "- [ ] yes", "- [x] yes")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.ANSWERED
