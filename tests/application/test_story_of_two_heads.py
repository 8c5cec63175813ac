"""A stale buffer saved over newer lines of the front matter: what it did not touch comes over, what met is shown."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import Priority
from tests.application.world import World

A = DocumentPath("issues/a.md")


@pytest.fixture
def buffer(world: World) -> str:
    """What an editor read before the daemon, and then somebody else, changed the file."""
    world.save(A, "---\ntitle: stale\nstatus: unassigned\nestimate: 1\n---\n\nBody\n")
    world.settle()
    stale = world.read(A)
    world.ask(Verb.SET, id=world.at(A).id, changes=("priority=high",))
    world.settle()
    world.edit(A, "title: stale\n", "title: stale\n# ask bob first\n")
    world.edit(A, "status: unassigned", "status: unassigned # because of bob")
    world.edit(A, "estimate: 1", "estimate: 2")
    world.settle()
    return stale


def test_a_stale_buffer_keeps_comments_and_own_keys_it_did_not_touch(world: World, buffer: str) -> None:
    world.save(A, buffer.replace("Body", "Body, longer"))
    world.settle()
    text = world.read(A)
    assert "title: stale\n# ask bob first\n" in text
    assert "status: unassigned # because of bob\n" in text
    assert "estimate: 2\n" in text
    assert "Body, longer" in text
    assert world.at(A).priority is Priority.HIGH
    assert not world.happened("ThreadOpened")


def test_an_own_key_changed_twice_keeps_the_persons_and_shows_the_other(world: World, buffer: str) -> None:
    world.save(A, buffer.replace("estimate: 1", "estimate: 3"))
    world.settle()
    assert "estimate: 3\n" in world.read(A)
    assert "# ask bob first\n" in world.read(A)
    (thread,) = world.happened("ThreadOpened")
    assert "estimate: 2" in thread.thread.turns[0].text


def test_a_comment_written_twice_keeps_the_persons_and_shows_the_other(world: World, buffer: str) -> None:
    world.save(A, buffer.replace("status: unassigned", "status: unassigned # mine"))
    world.settle()
    assert "status: unassigned # mine\n" in world.read(A)
    (thread,) = world.happened("ThreadOpened")
    assert "# because of bob" in thread.thread.turns[0].text


def test_a_changed_fact_keeps_the_comment_somebody_put_behind_it(world: World, buffer: str) -> None:
    world.save(A, buffer.replace("status: unassigned", "status: queued"))
    world.settle()
    assert "status: queued # because of bob\n" in world.read(A)
    assert not world.happened("ThreadOpened")


def test_a_second_save_of_the_same_stale_buffer_undoes_nothing_either(world: World, buffer: str) -> None:
    for more in ("once", "twice"):
        world.save(A, buffer.replace("Body", f"Body, {more}"))
        world.settle()
        assert world.field(A, "rev") not in buffer
        assert "# ask bob first\n" in world.read(A)
        assert "estimate: 2\n" in world.read(A)
        assert f"Body, {more}" in world.read(A)
