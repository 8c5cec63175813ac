"""What every DispatchTree promises of displaced saves: none is lost, each comes back until it is settled."""

import pytest

from dispatchd.application.ports.dispatch_tree import (
    Written,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.tree_worlds import LOGIN, NEW, OLD, THEIRS, World, displace, swept, write


@pytest.mark.parametrize("how", ["save", "save_by_rename"])
def test_029_a_save_between_the_look_and_the_exchange_comes_back_as_displaced(world: World, how: str) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.degraded() is None
    world.before_next("exchange", lambda: getattr(world, how)(LOGIN, THEIRS))
    outcome = write(world)
    assert isinstance(outcome, Written)
    assert outcome.displaced is not None
    assert (outcome.displaced.content, outcome.displaced.expected) == (THEIRS, digest(OLD))
    assert world.content(LOGIN) == NEW
    assert swept(world) == [(LOGIN, THEIRS, digest(OLD))]
    world.restart()
    assert swept(world) == [(LOGIN, THEIRS, digest(OLD))]


def test_030_a_writer_that_opened_the_file_before_the_exchange_is_heard(world: World) -> None:
    world.save(LOGIN, OLD)
    hand = world.open_for_writing(LOGIN)
    write(world)
    assert swept(world) == []
    hand.write(THEIRS)
    assert swept(world) == []
    hand.close()
    assert swept(world) == [(LOGIN, THEIRS, digest(OLD))]


def test_031_a_file_that_a_writer_holds_stays_in_quarantine_however_long(world: World) -> None:
    world.save(LOGIN, OLD)
    hand = world.open_for_writing(LOGIN)
    write(world)
    world.pass_time(600)
    assert swept(world) == []
    (held,) = world.tree.held_in_quarantine()
    assert (held.row, held.path) == (7, LOGIN)
    assert "open for writing" in held.why
    hand.close()
    assert swept(world) == []
    assert world.tree.held_in_quarantine() == ()


def test_a_displaced_file_that_is_as_expected_goes_after_ten_seconds(world: World) -> None:
    world.save(LOGIN, OLD)
    write(world)
    world.pass_time(9)
    assert swept(world) == []
    assert world.private_contents("quarantine") == [OLD]
    world.pass_time(2)
    assert swept(world) == []
    assert world.private_contents("quarantine") == []


def test_a_displaced_save_stays_until_it_is_settled(world: World) -> None:
    displaced = displace(world)
    assert world.tree.sweep_quarantine() == (displaced,)
    world.tree.settle(displaced)
    assert swept(world) == []
    world.pass_time(11)
    assert swept(world) == []
    assert world.private_contents("quarantine") == []
    world.tree.settle(displaced)


def test_a_writer_that_goes_on_after_its_save_was_ingested_is_heard_again(world: World) -> None:
    world.save(LOGIN, OLD)
    first = world.open_for_writing(LOGIN)
    write(world)
    first.write(THEIRS)
    late = world.open_for_writing(LOGIN)
    late.close()
    first.close()
    (displaced,) = world.tree.sweep_quarantine()
    world.tree.settle(displaced)
    assert swept(world) == []


def test_what_lies_in_quarantine_is_never_overwritten_by_the_same_row(world: World) -> None:
    displace(world)
    world.save(LOGIN, OLD)
    world.before_next("exchange", lambda: world.save(LOGIN, b"another save\n"))
    write(world)
    assert {content for _, content, _ in swept(world)} == {THEIRS, b"another save\n"}


def test_a_path_too_long_for_a_name_comes_back_whole(world: World) -> None:
    path = DocumentPath("issues/" + "deep%2Ffolder/" * 6 + "é" * 110 + ".md")
    world.save(path, OLD)
    assert world.tree.degraded() is None
    world.before_next("exchange", lambda: world.save(path, THEIRS))
    write(world, path=path)
    world.restart()
    assert swept(world) == [(path, THEIRS, digest(OLD))]


def test_recovery_does_nothing_where_nothing_was_left(world: World) -> None:
    assert world.tree.recover() == ()
    assert world.tree.recover() == ()
    assert world.tree.degraded() is None
