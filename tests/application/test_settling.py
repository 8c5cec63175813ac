import asyncio
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dispatchd.application.settling import ABSENT, SettleTimes, Settling
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World

PATH = DocumentPath("issues/a.md")


@given(st.floats(min_value=0, max_value=1e6), st.floats(min_value=0, max_value=300))
def test_what_is_due_again_has_been_quiet_for_as_long_as_was_asked(saved: float, quiet: float) -> None:
    settling = Settling(SettleTimes())
    settling.note(PATH, "bytes", saved)
    settling.took(PATH, look_again_at_quiet=quiet)
    assert settling.quiet_for(PATH, settling.due_at(PATH, 0.0)) >= quiet


def test_a_file_that_went_after_one_save_was_not_saved_by_an_editor_itself() -> None:
    settling = Settling(SettleTimes())
    settling.note(PATH, "one", 0.0)
    settling.note(PATH, ABSENT, 1.0)
    settling.wrote(PATH, "brought back")
    assert not settling.is_autosaved(PATH, 2.0)
    settling.note(PATH, "two", 3.0)
    assert settling.is_autosaved(PATH, 4.0)


def test_a_file_is_quiet_since_its_save_was_heard_of_however_late_it_is_looked_at() -> None:
    settling = Settling(SettleTimes())
    settling.note(PATH, "saved", 10.2, since=10.0)
    assert settling.due_at(PATH, 0.25) == 10.25


def test_a_file_is_not_quiet_since_before_a_look_that_found_something_else() -> None:
    settling = Settling(SettleTimes())
    settling.note(PATH, "one", 10.0)
    settling.note(PATH, "one", 11.0)
    settling.note(PATH, "two", 12.0, since=10.5)
    assert settling.quiet_for(PATH, 12.0) == 1.0


def test_what_is_forgotten_is_given_back_to_the_system() -> None:
    world, released = World(), list[str]()
    world.session.ports = replace(world.session.ports, release_memory=lambda: released.append("free memory"))
    asyncio.run(world.session.prune())
    world.store.remove()
    assert released == ["free memory"]
