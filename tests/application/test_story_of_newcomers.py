"""A new file waits before it is adopted; from its first quiet moment its bytes are kept, whatever becomes of the folder."""

from dispatchd.application.newcomers import kept_newcomers
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.application.restoring import Restored, Unkept, restore_all
from dispatchd.application.strangers import note_strangers
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World
from tests.fakes.instant_store import run

NEW, OTHER = "issues/n.md", "issues/other.md"


def clean_and_restore(world: World, *paths: str) -> Restored:
    """The files go, the folder after them; an empty one is made anew, and everything is restored in it."""
    world.delete(*paths)
    world.round()
    folder, name = world.tree.disk.parent("/work/.dispatch")
    root = folder.entries[name]
    world.tree.remove_root()
    world.tree.disk.place(folder, name, root)
    restored = run(restore_all(world.session))
    world.scan()
    return restored


def kept(world: World) -> list[str]:
    return [*world.store.look(kept_newcomers)]


def test_it_comes_back_with_the_folder_and_is_adopted_then(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.advance(1.0)
    assert world.record(NEW) is None
    restored = clean_and_restore(world, NEW)
    assert restored.new == (NEW,)
    assert restored.files == 1
    assert world.read(NEW) == "Fix the login\n"
    world.settle()
    assert world.at(NEW).title == "n"
    assert len(world.happened("IssueOpened")) == 1
    assert kept(world) == []


def test_it_comes_back_as_it_was_saved_last(world: World) -> None:
    world.save(NEW, "Fix\n")
    world.advance(1.0)
    world.save(NEW, "Fix the login\n")
    world.advance(0.5)
    clean_and_restore(world, NEW)
    assert world.read(NEW) == "Fix the login\n"


def test_one_that_stood_while_the_process_was_away_comes_back_too(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.advance(1.0)
    world.crash()
    world.session = world.new_session()
    assert clean_and_restore(world, NEW).new == (NEW,)


def test_one_that_a_person_deletes_is_forgotten(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.advance(1.0)
    assert kept(world) == [NEW]
    world.delete(NEW)
    world.advance(10.0)
    assert kept(world) == []
    assert run(restore_all(world.session)) == Restored(files=0)
    assert NEW not in world.paths()


def test_one_deleted_while_nobody_watched_is_forgotten_at_the_next_round(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.advance(1.0)
    world.crash()
    world.tree.delete(NEW)
    world.start()
    world.save(OTHER, "Another\n")
    world.settle()
    assert kept(world) == []


def test_one_that_is_adopted_is_a_document_like_any_other(world: World) -> None:
    world.save(NEW, "Fix the login\n")
    world.settle()
    assert kept(world) == []
    world.save(OTHER, "Another\n")
    world.advance(1.0)
    assert clean_and_restore(world, NEW, OTHER).files == 2
    world.settle()
    assert world.at(OTHER).title == "other"


def test_a_file_that_was_too_large_to_be_read_is_said_not_to_be_back_as_it_was(world: World) -> None:
    large = "x" * (LARGEST_FILE + 1)
    world.save(NEW, "Fix the login\n")
    world.save(OTHER, "Another\n")
    world.settle()
    subject = world.at(NEW).id
    read_at = world.store.look(lambda work: work.documents.newest_agreed(subject))
    assert read_at is not None
    world.save(NEW, large)
    world.save("issues/huge.md", large)
    world.settle()
    world.scan()
    run(note_strangers(world.session))
    restored = clean_and_restore(world, NEW, OTHER, "issues/huge.md")
    assert restored.unkept == (
        Unkept(path=DocumentPath("issues/huge.md")),
        Unkept(path=DocumentPath(NEW), read_at=read_at.at),
    )
    world.settle()
    assert "Fix the login" in world.read(NEW)


def test_a_file_that_stands_there_as_large_as_it_was_is_not_said_to_be_lost(world: World) -> None:
    world.tree.save("issues/huge.md", b"x" * (LARGEST_FILE + 1))
    world.scan()
    run(note_strangers(world.session))
    assert run(restore_all(world.session)).unkept == ()
