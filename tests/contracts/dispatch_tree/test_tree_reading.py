"""What every DispatchTree promises of looking: scans, reads, stamps."""

from pathlib import Path

import pytest

from dispatchd.application.ports.dispatch_tree import (
    LARGEST_FILE,
    Refused,
    TreeGone,
    Trouble,
    Unreadable,
)
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.tree_worlds import LOGIN, OLD, World, write


def refusals(world: World) -> dict[str, Trouble]:
    return {entry.path: entry.trouble for entry in world.tree.scan().refused}


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
    assert young.proof is None
    assert old.proof == young[:6]


def test_a_file_that_is_proved_unchanged_is_listed_and_no_more(world: World) -> None:
    places = ("issues/a.md", "issues/b c.md", "config.toml", "notes/lost.md")
    for path in places:
        world.save(path, OLD)
    world.pass_time(3)
    known = {path: stamp.proof for path, stamp in world.tree.scan().files.items()}
    world.save("issues/new.md", OLD)
    world.save("config.toml", OLD + OLD)
    scan = world.tree.scan(known)
    assert scan.files.keys() == {"issues/new.md", "config.toml"}
    assert scan.unchanged == {"issues/a.md", "issues/b c.md", "notes/lost.md"}
    assert scan.misplaced == {"notes/lost.md"}
    nothing_proved = world.tree.scan(dict.fromkeys(known))
    assert nothing_proved.files.keys() == {*places, "issues/new.md"}
    assert nothing_proved.unchanged == set()


def test_041_a_save_that_restores_size_and_time_still_shows_in_the_stamp(
    world: World, tmp_path: Path
) -> None:
    world.save(LOGIN, OLD)
    world.pass_time(3)
    before = world.tree.scan().files[LOGIN]
    world.save_by_rename(LOGIN, OLD[::-1])
    assert LOGIN in world.tree.scan({LOGIN: before.proof}).files


def test_039_a_chmod_shows_in_the_stamp_and_not_in_the_content(world: World) -> None:
    world.save(LOGIN, OLD)
    world.pass_time(3)
    before = world.tree.scan().files[LOGIN]
    world.chmod(LOGIN, 0o600)
    after = world.tree.read(LOGIN)
    assert after is not None
    assert after.stamp[:6] != before.proof
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
