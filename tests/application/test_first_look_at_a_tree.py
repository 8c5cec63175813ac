"""What a first look finds new and long at rest is read once, when it is taken in, and is no less certain for that."""

import pytest

from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World
from tests.fakes.instant_store import run

FIRST = "---\nid: i-bbbb\ntitle: The first text\n---\n\nWhat happens.\n"
A, B = DocumentPath("issues/a.md"), DocumentPath("issues/b.md")


@pytest.fixture
def begun(world: World) -> World:
    """A daemon that has just begun, and has looked at a file that was there long before and that nobody has told of."""
    world.crash()
    world.save(A, FIRST)
    world.pass_time(10)
    world.start()
    assert A in world.session.observing.unopened
    return world


def test_it_is_taken_in_at_once(begun: World) -> None:
    assert run(begun.session.take())
    assert begun.at(A).title == "The first text"
    assert not begun.session.observing.unopened


def test_what_is_saved_between_the_look_and_the_reading_is_a_save_like_any_other(begun: World) -> None:
    begun.is_deaf = True
    begun.save(A, FIRST.replace("first", "second"))
    run(begun.session.take())
    assert begun.entity("i-bbbb") is None
    begun.settle()
    assert begun.at(A).title == "The second text"


def test_a_hint_of_what_is_as_it_was_makes_no_save_of_it(begun: World) -> None:
    run(begun.session.look([A], stirred={A: None}))
    assert not begun.session.settling.is_autosaved(A, begun.clock.monotonic())
    assert run(begun.session.take())
    assert begun.at(A).title == "The first text"


def test_what_goes_before_it_is_read_is_forgotten(begun: World) -> None:
    begun.is_deaf = True
    begun.delete(A)
    begun.settle()
    assert begun.entity("i-bbbb") is None
    assert not begun.session.observing.unopened


def test_nothing_is_taken_for_deleted_while_a_new_file_may_be_it(begun: World) -> None:
    begun.settle()
    begun.crash()
    begun.rename(A, B)
    begun.pass_time(10)
    begun.start()
    assert B in begun.session.observing.unopened
    begun.tree.chmod(B, 0o000)
    begun.advance(3)
    assert not begun.entity("i-bbbb").removed
    begun.tree.chmod(B, 0o644)
    begun.scan()
    begun.settle()
    assert begun.at(B).title == "The first text"
