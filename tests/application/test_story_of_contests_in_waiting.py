"""Two edits that met are waited for like anything else: the choice is offered in WAITING.md, and may be made there."""

from collections.abc import Iterator

import pytest

from dispatchd.application.contest_words import TAKE_THE_OTHER
from dispatchd.application.requests.request import Verb
from tests.application.waiting_world import WAITING, WaitingWorld
from tests.application.world import BOB

A = "issues/a.md"
TITLE = "A: the same lines, changed twice"


@pytest.fixture
def waiting() -> Iterator[WaitingWorld]:
    world = WaitingWorld()
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n")
    world.settle()
    buffer = world.read(A)
    world.ask(Verb.SET, noun="issue", id="i-aaaa", changes=("priority=high",))
    world.settle()
    world.commit({A: world.read(A).replace("Second", "Second, by Bob")}, BOB)
    world.settle()
    world.save(A, buffer.replace("Second", "Second, by Alice"))
    world.settle()
    yield world
    world.store.remove()


def test_the_page_shows_both_texts_and_the_boxes(waiting: WaitingWorld) -> None:
    item = waiting.item(TITLE)
    assert "> Second, by Alice\n" in item
    assert "> Second, by Bob\n" in item
    assert f"- [ ] {TAKE_THE_OTHER}\n" in item
    assert "- [ ] Send\n" in item


def test_a_tick_there_takes_the_other(waiting: WaitingWorld) -> None:
    waiting.tick(TITLE, TAKE_THE_OTHER)
    waiting.settle()
    assert "Second, by Bob\n" in waiting.read(A)
    assert TITLE not in waiting.page()
    assert waiting.paths("inbox/") == []


def test_what_is_written_there_and_sent_stands_instead(waiting: WaitingWorld) -> None:
    page = waiting.page().replace(f"- [ ] {TAKE_THE_OTHER}", f"Second, of both\n\n- [ ] {TAKE_THE_OTHER}")
    waiting.save(WAITING, page)
    waiting.settle()
    assert "Second, by Alice\n" in waiting.read(A)
    waiting.tick(TITLE, "Send")
    waiting.settle()
    assert "First\n\nSecond, of both\n\nThird\n" in waiting.read(A)
    assert TITLE not in waiting.page()
