"""What every DispatchTree promises of removing and moving."""

from dispatchd.application.ports.dispatch_tree import (
    AlreadyGone,
    AlreadyThere,
    Changed,
    Moved,
    MoveOutcome,
    Occupied,
    Removed,
)
from dispatchd.documents.digest import digest
from tests.fakes.tree_worlds import LOGIN, OLD, OTHER, THEIRS, World, swept


def move(world: World) -> MoveOutcome:
    return world.tree.move(LOGIN, OTHER, digest(OLD))


def test_a_removed_file_lies_in_quarantine_for_a_while(world: World) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.remove(1, LOGIN, digest(OLD)) == Removed(displaced=None)
    assert world.content(LOGIN) is None
    assert world.private_contents("quarantine") == [OLD]
    assert world.tree.remove(1, LOGIN, digest(OLD)) == AlreadyGone()
    world.pass_time(11)
    assert swept(world) == []
    assert world.private_contents("quarantine") == []


def test_a_changed_file_is_not_removed(world: World) -> None:
    world.save(LOGIN, THEIRS)
    outcome = world.tree.remove(1, LOGIN, digest(OLD))
    assert isinstance(outcome, Changed)
    assert world.content(LOGIN) == THEIRS


def test_a_save_between_the_look_and_the_removal_comes_back_as_displaced(world: World) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.degraded() is None
    world.before_next("rename_new", lambda: world.save(LOGIN, THEIRS))
    outcome = world.tree.remove(1, LOGIN, digest(OLD))
    assert isinstance(outcome, Removed)
    assert outcome.displaced is not None
    assert outcome.displaced.content == THEIRS


def test_a_moved_file_keeps_its_inode(world: World) -> None:
    world.save(LOGIN, OLD)
    before = world.tree.stamp(LOGIN)
    outcome = move(world)
    assert isinstance(outcome, Moved)
    assert outcome.as_expected
    assert before is not None
    assert outcome.stamp.inode == before.inode
    assert (world.content(LOGIN), world.content(OTHER)) == (None, OLD)


def test_a_move_replayed_finds_itself_done(world: World) -> None:
    world.save(LOGIN, OLD)
    move(world)
    assert isinstance(move(world), AlreadyThere)


def test_a_move_overwrites_nothing(world: World) -> None:
    world.save(LOGIN, OLD)
    world.save(OTHER, THEIRS)
    assert move(world) == Occupied(target=OTHER)
    assert (world.content(LOGIN), world.content(OTHER)) == (OLD, THEIRS)


def test_a_changed_or_absent_file_is_not_moved(world: World) -> None:
    assert move(world) == Changed(found=None)
    world.save(LOGIN, THEIRS)
    assert isinstance(move(world), Changed)
    assert world.content(LOGIN) == THEIRS


def test_a_save_during_a_move_comes_along_and_is_told(world: World) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.degraded() is None
    world.before_next("rename_new", lambda: world.save(LOGIN, THEIRS))
    outcome = move(world)
    assert isinstance(outcome, Moved)
    assert not outcome.as_expected
    assert world.content(OTHER) == THEIRS
