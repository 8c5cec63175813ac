"""What every DispatchTree promises of writing: compare and swap."""

import pytest

from dispatchd.application.ports.dispatch_tree import (
    AlreadyThere,
    Changed,
    Refused,
    Trouble,
    Unreadable,
    WriteRequest,
    Written,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.tree_worlds import LOGIN, NEW, OLD, OTHER, THEIRS, World, write


@pytest.mark.parametrize(
    "path", ["../x.md", "issues/../../x.md", "/etc/passwd", ".git/config", "issues//x.md", "a\0.md"]
)
def test_080_a_path_out_of_the_tree_is_refused(world: World, path: str) -> None:
    outcome = write(world, expected=None, path=DocumentPath(path))
    assert isinstance(outcome, Refused)
    assert outcome.trouble is Trouble.BAD_NAME
    with pytest.raises(Unreadable):
        world.tree.read(DocumentPath(path))


def test_082_a_name_too_long_is_refused_with_a_reason(world: World) -> None:
    outcome = write(world, expected=None, path=DocumentPath(f"issues/{'n' * 300}.md"))
    assert isinstance(outcome, Refused)
    assert outcome.trouble is Trouble.NAME_TOO_LONG
    assert outcome.hint


def test_a_new_file_is_written_with_its_folders(world: World) -> None:
    outcome = write(world, expected=None, path=OTHER)
    assert isinstance(outcome, Written)
    assert world.content(OTHER) == NEW
    assert outcome.stamp == world.tree.stamp(OTHER)
    assert world.private_contents("tmp") == []


def test_a_file_as_expected_is_replaced_and_keeps_its_mode(world: World) -> None:
    world.save(LOGIN, OLD)
    world.chmod(LOGIN, 0o640)
    outcome = write(world)
    assert isinstance(outcome, Written)
    assert outcome.displaced is None
    assert world.content(LOGIN) == NEW
    assert outcome.stamp.mode & 0o777 == 0o640
    assert outcome.stamp == world.tree.stamp(LOGIN)


def test_006_a_row_replayed_after_its_write_finds_it_done(world: World) -> None:
    world.save(LOGIN, OLD)
    write(world)
    world.restart()
    assert isinstance(write(world), AlreadyThere)
    assert world.content(LOGIN) == NEW


def test_a_file_that_is_not_as_expected_is_left_alone(world: World) -> None:
    world.save(LOGIN, THEIRS)
    outcome = write(world)
    assert isinstance(outcome, Changed)
    assert outcome.found is not None
    assert outcome.found.content == THEIRS
    assert world.content(LOGIN) == THEIRS


def test_a_file_that_should_not_be_there_is_left_alone(world: World) -> None:
    world.save(LOGIN, THEIRS)
    outcome = write(world, expected=None)
    assert isinstance(outcome, Changed)
    assert world.content(LOGIN) == THEIRS


def test_035_a_deleted_file_is_not_resurrected(world: World) -> None:
    assert write(world) == Changed(found=None)
    assert world.content(LOGIN) is None


def test_035_a_file_deleted_during_the_write_is_not_resurrected(world: World) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.degraded() is None
    world.before_next("exchange", lambda: world.delete(LOGIN))
    assert write(world) == Changed(found=None)
    assert world.content(LOGIN) is None
    assert world.private_contents("tmp") == []


def test_036_a_file_created_during_the_write_is_not_overwritten(world: World) -> None:
    assert world.tree.degraded() is None
    world.before_next("rename_new", lambda: None)  # naming the temporary file
    world.before_next("rename_new", lambda: world.save(LOGIN, THEIRS))
    outcome = write(world, expected=None)
    assert isinstance(outcome, Changed)
    assert outcome.found is not None
    assert outcome.found.content == THEIRS
    assert world.content(LOGIN) == THEIRS


def test_081_a_file_with_two_links_is_read_and_never_written(world: World) -> None:
    world.save(LOGIN, OLD)
    world.hard_link(LOGIN, "issues/twin.md")
    assert world.tree.read(LOGIN) is not None
    outcome = write(world)
    assert isinstance(outcome, Refused)
    assert outcome.trouble is Trouble.HARD_LINKS
    assert world.content("issues/twin.md") == OLD


def test_many_writes_have_an_outcome_each_in_order(world: World) -> None:
    paths = [DocumentPath(f"issues/{number:03}.md") for number in range(20)]
    for path in paths[:10]:
        world.save(path, OLD)
    world.save(paths[3], THEIRS)
    world.save(paths[4], NEW)
    requests = [
        WriteRequest(row=row, path=path, expected=digest(OLD) if row < 10 else None, content=NEW)
        for row, path in enumerate(paths)
    ]
    outcomes = world.tree.write_many(requests)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [Written, Written, Written, Changed, AlreadyThere, *[Written] * 15]
    assert {world.content(path) for path in paths} == {NEW, THEIRS}
    assert world.tree.write_many([]) == ()


def test_one_path_twice_in_a_batch_is_written_in_order(world: World) -> None:
    requests = [
        WriteRequest(row=1, path=LOGIN, expected=None, content=OLD),
        WriteRequest(row=2, path=LOGIN, expected=digest(OLD), content=NEW),
    ]
    assert [type(outcome) for outcome in world.tree.write_many(requests)] == [Written, Written]
    assert world.content(LOGIN) == NEW
