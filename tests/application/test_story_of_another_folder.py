"""The tree's folder is another one when a process starts: what only the database held comes back into it."""

import pytest

from dispatchd.application.other_folder import FOLDER
from dispatchd.application.restoring import restore_all
from tests.application.world import World
from tests.fakes.instant_store import run

A, NEW = "issues/a.md", "issues/new.md"
TEXT = "---\nid: i-aaaa\ntitle: Issue a\n---\n\nThe form gives up.\n\nIt does so at night.\n"


@pytest.fixture(autouse=True)
def _issue(world: World) -> None:
    world.save(A, TEXT)
    world.settle()


def say(world: World, text: str) -> None:
    """A person adds to the issue's prose, which rests: no commit holds it yet."""
    world.edit(A, "It does so at night.\n", f"It does so at night.\n\n{text}\n")
    world.advance(0.9)


def another_folder(world: World) -> None:
    """The process is gone, and the tree is checked out anew from its branch."""
    world.crash()
    branch = {path: world.on_branch(path) for path in world.log.tree_at(world.log.head())}
    world.tree.remove_root()
    world.pass_time(1.0)
    for path, text in branch.items():
        world.tree.save(path, (text or "").encode(errors="surrogateescape"))
    world.tree.disk.flush_everything()
    world.tree = world.tree.restarted()
    world.session = world.new_session()


def test_a_text_that_no_commit_held_is_in_its_file_and_on_the_branch(world: World) -> None:
    say(world, "Only for guests.")
    assert "guests" not in (world.on_branch(A) or "")
    another_folder(world)
    assert "guests" not in world.read(A)
    world.start()
    world.settle()
    assert "Only for guests." in world.read(A)
    assert "Only for guests." in (world.on_branch(A) or "")


def test_a_new_file_comes_back_whether_it_was_adopted_or_not(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.advance(3.0)
    world.save("issues/newer.md", "Fix the logout\n")
    world.advance(0.9)
    assert world.record(NEW) is not None
    assert world.record("issues/newer.md") is None
    another_folder(world)
    world.start()
    world.settle()
    assert "Fix the login\n" in world.read(NEW)
    assert world.at("issues/newer.md").title == "newer"
    assert len(world.happened("IssueOpened")) == 3
    assert not world.happened("EntityRemoved")


def test_what_was_written_in_the_new_folder_stands_beside_it(world: World) -> None:
    say(world, "Only for guests.")
    another_folder(world)
    there = world.read(A)
    world.save(A, there.replace("The form gives up.", "The form gives up after two seconds."))
    world.start()
    world.settle()
    for where in (world.read(A), world.on_branch(A) or ""):
        assert "The form gives up after two seconds." in where
        assert "Only for guests." in where


def test_what_contradicts_it_is_asked_about_and_both_are_kept(world: World) -> None:
    world.edit(A, "It does so at night.", "It does so at noon.")
    world.advance(0.9)
    another_folder(world)
    world.save(A, world.read(A).replace("It does so at night.", "It does so at dawn."))
    world.start()
    world.settle()
    everything = "".join(world.read(path) for path in world.paths())
    assert "at noon." in everything
    assert "at dawn." in everything


def test_what_was_made_of_the_text_there_is_an_edit_as_on_any_day(world: World) -> None:
    say(world, "Only for guests.")
    copied = world.read(A)
    another_folder(world)
    world.save(A, copied.replace("The form gives up.", "The form hangs."))
    world.start()
    world.settle()
    assert world.read(A).count("Only for guests.") == 1
    assert "The form hangs." in world.read(A)


def test_a_file_that_could_not_be_read_comes_back_as_it_was(world: World) -> None:
    broken = b"---\nid: i-aaaa\ntitle: [\n<<<<<<< one\n"
    world.save(A, broken)
    world.advance(5.0)
    another_folder(world)
    world.start()
    assert world.tree.content(A) == broken


def test_a_file_deleted_there_stays_deleted_where_the_branch_holds_its_text(world: World) -> None:
    another_folder(world)
    world.delete(A)
    world.start()
    world.settle()
    assert world.entity("i-aaaa").removed


def test_the_same_folder_is_known_again(world: World) -> None:
    say(world, "Only for guests.")
    before = world.read(A)
    world.crash()
    world.save(A, (world.on_branch(A) or ""))
    world.start()
    world.settle()
    assert world.read(A) != before
    assert "guests" not in world.read(A)
    assert world.store.look(lambda work: work.note(FOLDER)) == world.tree.folder_mark()


def test_restoring_everything_joins_what_was_written_in_the_new_folder_too(world: World) -> None:
    say(world, "Only for guests.")
    another_folder(world)
    world.save(A, world.read(A).replace("The form gives up.", "The form hangs."))
    run(restore_all(world.session))
    world.start()
    world.settle()
    assert "Only for guests." in world.read(A)
    assert "The form hangs." in world.read(A)


def test_a_file_that_was_deleted_last_stays_deleted(world: World) -> None:
    world.delete(A)
    world.advance(3.0)
    another_folder(world)
    world.start()
    world.settle()
    assert world.entity("i-aaaa").removed
    assert A not in world.paths()


def test_another_new_file_of_the_same_name_keeps_both_texts(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.advance(2.1)
    assert world.record(NEW) is not None
    another_folder(world)
    assert world.on_branch(NEW) is None
    world.save(NEW, "Fix the logout\n")
    world.start()
    world.settle()
    everything = "".join(world.read(path) for path in world.paths())
    assert "Fix the login" in everything
    assert "Fix the logout" in everything
