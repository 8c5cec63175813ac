import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dispatchd.application.garbage import searched_later
from dispatchd.documents.front_matter import forget_readings, read_front_matter
from tests.application.world import World
from tests.fakes.instant_store import run


def fail() -> None:
    assert not gc.isenabled()
    raise KeyError


def test_garbage_is_searched_for_again_afterwards_also_after_a_failure() -> None:
    with pytest.raises(KeyError), searched_later():
        fail()
    assert gc.isenabled()


def test_who_put_it_off_already_goes_on_doing_so() -> None:
    with searched_later():
        with searched_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


@contextmanager
def searched_at_once(searches: list[int]) -> Iterator[None]:
    """Search at every chance, and note how many readings were kept when a search began."""

    def note(phase: str, _: object) -> None:
        if phase == "start":
            searches.append(read_front_matter.cache_info().currsize)

    before = gc.get_threshold()
    gc.callbacks.append(note)
    gc.set_threshold(1)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.callbacks.remove(note)


def test_what_was_read_for_a_portion_is_let_go_of_before_garbage_is_searched_for(world: World) -> None:
    for number in range(20):
        world.save(f"issues/{number}.md", f"---\ntitle: Case {number}\n---\n\nWhat happens.\n")
    world.round()
    searches: list[int] = []
    forget_readings()  # what others have read is none of this portion's
    with searched_at_once(searches):
        run(world.session.take(hurry=True))
    assert searches
    assert max(searches) == 0
