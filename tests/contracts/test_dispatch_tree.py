"""What every DispatchTree promises, asked of the one on disk and of the one in memory."""

from pathlib import Path

import pytest

from dispatchd.application.ports.dispatch_tree import (
    LARGEST_FILE,
    AlreadyGone,
    AlreadyThere,
    Changed,
    Displaced,
    Hand,
    Moved,
    MoveOutcome,
    Occupied,
    Refused,
    Removed,
    TreeGone,
    Trouble,
    Unreadable,
    WriteOutcome,
    WriteRequest,
    Written,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from tests.fakes.tree_worlds import FakeWorld, RealWorld, World

LOGIN = DocumentPath("issues/login timeout.md")
OTHER = DocumentPath("archive/2026/11/login.md")
OLD, NEW, THEIRS = b"old text\n", b"new text\n", b"what a person wrote\n"


@pytest.fixture(params=["real", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return RealWorld(tmp_path) if request.param == "real" else FakeWorld()


def write(
    world: World, content: bytes = NEW, expected: bytes | None = OLD, path: DocumentPath = LOGIN, row: int = 7
) -> WriteOutcome:
    base = None if expected is None else digest(expected)
    return world.tree.write(WriteRequest(row=row, path=path, expected=base, content=content))


def refusals(world: World) -> dict[str, Trouble]:
    return {entry.path: entry.trouble for entry in world.tree.scan().refused}


def swept(world: World) -> list[tuple[str, bytes, DocumentDigest | None]]:
    return [(found.path, found.content, found.expected) for found in world.tree.sweep_quarantine()]


def test_a_scan_lists_what_has_a_role_and_nothing_else(world: World) -> None:
    for path in (
        "README.md",
        "config.toml",
        "issues/a.md",
        "issues/deep/b.md",
        "agents/ash/agent.md",
        ".gitignore",
    ):
        world.save(path, b"x")
    for path in (
        "issues/.a.md.swp",
        "issues/4913",
        "issues/a.md~",
        ".git/HEAD",
        ".obsidian/x.md",
        "issues/a.png",
    ):
        world.save(path, b"x")
    assert set(world.tree.scan().files) == {
        "README.md",
        "config.toml",
        "issues/a.md",
        "issues/deep/b.md",
        "agents/ash/agent.md",
        ".gitignore",
    }


def test_a_scan_and_a_read_stamp_a_file_alike(world: World) -> None:
    world.save(LOGIN, OLD)
    read = world.tree.read(LOGIN)
    assert read is not None
    assert read.content == OLD
    assert read.stamp == world.tree.scan().files[LOGIN] == world.tree.stamp(LOGIN)


def test_a_stamp_is_settled_only_when_two_seconds_old(world: World) -> None:
    world.save(LOGIN, OLD)
    young = world.tree.scan().files[LOGIN]
    world.pass_time(3)
    old = world.tree.scan().files[LOGIN]
    assert not young.settled
    assert old.settled
    assert old.proves_unchanged_since(old)
    assert not old.proves_unchanged_since(young)
    assert not old.proves_unchanged_since(None)


def test_041_a_save_that_restores_size_and_time_still_shows_in_the_stamp(
    world: World, tmp_path: Path
) -> None:
    world.save(LOGIN, OLD)
    world.pass_time(3)
    before = world.tree.scan().files[LOGIN]
    world.save_by_rename(LOGIN, OLD[::-1])
    assert not world.tree.scan().files[LOGIN].proves_unchanged_since(before)


def test_039_a_chmod_shows_in_the_stamp_and_not_in_the_content(world: World) -> None:
    world.save(LOGIN, OLD)
    world.pass_time(3)
    before = world.tree.scan().files[LOGIN]
    world.chmod(LOGIN, 0o600)
    after = world.tree.read(LOGIN)
    assert after is not None
    assert not after.stamp.proves_unchanged_since(before)
    assert after.content == OLD


def test_078_a_symlink_is_reported_and_never_followed(world: World) -> None:
    world.save("issues/a.md", OLD)
    world.symlink("issues/x.md", "a.md")
    assert refusals(world) == {"issues/x.md": Trouble.SYMLINK}
    assert "issues/x.md" not in world.tree.scan().files
    with pytest.raises(Unreadable) as caught:
        world.tree.read(DocumentPath("issues/x.md"))
    assert caught.value.trouble is Trouble.SYMLINK
    outcome = write(world, expected=OLD, path=DocumentPath("issues/x.md"))
    assert isinstance(outcome, Refused)
    assert world.content("issues/a.md") == OLD


def test_079_a_linked_folder_is_not_entered_and_what_it_hid_is_unknown_not_deleted(world: World) -> None:
    world.save("issues/a.md", OLD)
    world.symlink("more", "issues")
    scan = world.tree.scan()
    assert set(scan.files) == {"issues/a.md"}
    assert scan.unseen == ("more",)
    assert not scan.accounts_for(DocumentPath("more/a.md"))
    assert scan.accounts_for(DocumentPath("issues/b.md"))
    with pytest.raises(Unreadable):
        world.tree.read(DocumentPath("more/a.md"))
    assert isinstance(write(world, expected=None, path=DocumentPath("more/new.md")), Refused)
    assert world.content("issues/new.md") is None


def test_064_a_pipe_is_reported_and_never_waited_for(world: World) -> None:
    world.pipe("issues/x.md")
    assert refusals(world) == {"issues/x.md": Trouble.NOT_A_FILE}
    with pytest.raises(Unreadable) as caught:
        world.tree.read(DocumentPath("issues/x.md"))
    assert caught.value.trouble is Trouble.NOT_A_FILE
    assert isinstance(write(world, expected=OLD, path=DocumentPath("issues/x.md")), Refused)


def test_a_folder_named_like_a_document_is_no_document(world: World) -> None:
    world.folder("issues/x.md")
    assert world.tree.scan().files == {}
    assert isinstance(write(world, expected=OLD, path=DocumentPath("issues/x.md")), Refused)


def test_063_a_file_over_a_mebibyte_is_reported_and_not_read(world: World) -> None:
    world.save(LOGIN, b"x" * (LARGEST_FILE + 1))
    assert refusals(world) == {LOGIN: Trouble.TOO_LARGE}
    with pytest.raises(Unreadable, match="1 MiB"):
        world.tree.read(LOGIN)
    world.save(LOGIN, b"x" * LARGEST_FILE)
    assert LOGIN in world.tree.scan().files


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


def test_an_absent_file_reads_as_none(world: World) -> None:
    assert world.tree.read(LOGIN) is None
    assert world.tree.stamp(LOGIN) is None
    assert world.tree.hand_on(LOGIN) is None


def test_049_a_tree_that_is_gone_is_no_empty_tree(world: World) -> None:
    world.save(LOGIN, OLD)
    world.remove_root()
    for look in (
        world.tree.scan,
        lambda: world.tree.read(LOGIN),
        lambda: world.tree.stamp(LOGIN),
        lambda: write(world),
    ):
        with pytest.raises(TreeGone, match="restore"):
            look()


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
    displaced = _displace(world)
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
    _displace(world)
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


def move(world: World) -> MoveOutcome:
    return world.tree.move(LOGIN, OTHER, digest(OLD))


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


def test_a_file_open_for_writing_has_a_hand_on_it(world: World) -> None:
    world.save(LOGIN, OLD)
    assert world.tree.hand_on(LOGIN) is None
    hand = world.open_for_writing(LOGIN)
    assert world.tree.hand_on(LOGIN) is Hand.OPEN_FOR_WRITING
    hand.close()
    assert world.tree.hand_on(LOGIN) is None


def swap_file(*, modified: bool, pid: int = 1, host: str = "elsewhere") -> bytes:
    block = bytearray(4096)
    block[0:2] = b"b0"
    block[24:28] = pid.to_bytes(4, "little")
    block[68 : 68 + len(host)] = host.encode()
    block[1007] = 0x55 if modified else 0
    return bytes(block)


def test_vim_has_a_hand_on_a_file_only_with_unsaved_changes(world: World) -> None:
    world.save(LOGIN, OLD)
    world.save("issues/.login timeout.md.swp", swap_file(modified=False))
    assert world.tree.hand_on(LOGIN) is None
    world.save("issues/.login timeout.md.swo", swap_file(modified=True))
    assert world.tree.hand_on(LOGIN) is Hand.VIM_MODIFIED


def test_emacs_has_a_hand_on_a_file_while_its_lock_stands(world: World) -> None:
    world.save(LOGIN, OLD)
    world.symlink("issues/.#login timeout.md", "alice@elsewhere.4242:1700000000")
    assert world.tree.hand_on(LOGIN) is Hand.EMACS_LOCK


def test_recovery_does_nothing_where_nothing_was_left(world: World) -> None:
    assert world.tree.recover() == ()
    assert world.tree.recover() == ()
    assert world.tree.degraded() is None


def _displace(world: World) -> Displaced:
    world.save(LOGIN, OLD)
    assert world.tree.degraded() is None
    world.before_next("exchange", lambda: world.save(LOGIN, THEIRS))
    outcome = write(world)
    assert isinstance(outcome, Written)
    assert outcome.displaced is not None
    return outcome.displaced
