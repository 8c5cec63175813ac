"""Scans of trees that are not as they should be."""

import errno
import os
from pathlib import Path

import pytest

from dispatchd.adapters.tree.local_tree import open_tree
from dispatchd.application.ports.dispatch_tree import TreeGone, Trouble, Unreadable
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.fake_tree import FakeTree


def test_a_folder_that_may_not_be_entered_makes_its_files_unknown_not_deleted() -> None:
    tree = FakeTree({"issues/deep/a.md": b"x", "issues/b.md": b"x"})
    tree.chmod("issues/deep", 0)
    scan = tree.scan()
    assert set(scan.files) == {"issues/b.md"}
    assert scan.unseen == ("issues/deep",)
    assert [(entry.path, entry.trouble) for entry in scan.refused] == [("issues/deep", Trouble.NOT_ALLOWED)]
    assert not scan.accounts_for(DocumentPath("issues/deep/a.md"))
    assert scan.accounts_for(DocumentPath("issues/deeper.md"))


def test_a_disk_error_in_one_folder_leaves_the_others_seen() -> None:
    tree = FakeTree({"issues/a.md": b"x", "epics/b.md": b"x"})
    tree.step(3, lambda: (_ for _ in ()).throw(OSError(errno.EIO, "bad")))
    scan = tree.scan()
    assert len(scan.files) == 1
    assert len(scan.unseen) == 1


def test_a_root_that_cannot_be_listed_is_no_empty_tree() -> None:
    tree = FakeTree({"issues/a.md": b"x"})
    tree.fail("entries", errno.EIO)
    with pytest.raises(Unreadable, match="disk"):
        tree.scan()


def test_018_a_file_without_permission_is_reported_when_read() -> None:
    tree = FakeTree({"issues/a.md": b"x"})
    tree.chmod("issues/a.md", 0)
    with pytest.raises(Unreadable) as caught:
        tree.read(DocumentPath("issues/a.md"))
    assert caught.value.trouble is Trouble.NOT_ALLOWED
    ((_, problem),) = tree.read_many([DocumentPath("issues/a.md")])
    assert isinstance(problem, Unreadable)


def test_050_a_root_replaced_by_another_folder_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    tree = open_tree(root, tmp_path / "private")
    root.rename(tmp_path / "elsewhere")
    root.mkdir()
    with pytest.raises(TreeGone, match="another folder"):
        tree.scan()


def test_050_a_root_replaced_by_a_link_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    tree = open_tree(root, tmp_path / "private")
    root.rename(tmp_path / "elsewhere")
    root.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TreeGone, match="symbolic link"):
        tree.scan()
    with pytest.raises(TreeGone):
        open_tree(root, tmp_path / "private")


def test_050_a_root_replaced_by_a_file_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.write_bytes(b"x")
    with pytest.raises(TreeGone, match="not a folder"):
        open_tree(root, tmp_path / "private")


def test_a_name_that_is_no_utf8_is_reported(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    (root / "issues").mkdir(parents=True)
    Path(os.fsdecode(bytes(root) + b"/issues/caf\xe9.md")).write_bytes(b"x")
    scan = open_tree(root, tmp_path / "private").scan()
    assert scan.files == {}
    assert [(entry.path, entry.trouble) for entry in scan.refused] == [
        ("issues/caf\\xe9.md", Trouble.BAD_NAME)
    ]


def test_links_and_locked_folders_with_such_names_are_reported_under_names_that_can_be_kept() -> None:
    tree = FakeTree({"issues/locked\udcff/a.md": b"x", "issues/a.md": b"x", "issues/caf\udce8.md": b"1"})
    tree.save("issues/caf\udce9.md", b"2")
    tree.chmod("issues/locked\udcff", 0)
    tree.symlink("issues/link\udcff", "/")
    scan = tree.scan()
    assert set(scan.files) == {"issues/a.md"}
    told = {entry.path: entry.trouble for entry in scan.refused}
    assert told == {
        "issues/locked\\xff": Trouble.NOT_ALLOWED,
        "issues/link\\xff": Trouble.SYMLINK,
        "issues/caf\\xe8.md": Trouble.BAD_NAME,
        "issues/caf\\xe9.md": Trouble.BAD_NAME,
    }
    for path in (*told, *scan.unseen):
        path.encode()


def test_folders_within_folders_without_end_are_reported() -> None:
    tree = FakeTree()
    tree.save("issues/" + "d/" * 60 + "a.md", b"x")
    scan = tree.scan()
    assert scan.files == {}
    assert len(scan.unseen) == 1


def test_042_two_saves_of_one_size_in_one_tick_are_never_taken_for_one() -> None:
    tree = FakeTree({"issues/a.md": b"one"})
    recorded = tree.scan().files[DocumentPath("issues/a.md")]
    tree.save("issues/a.md", b"two")
    now = tree.scan().files[DocumentPath("issues/a.md")]
    assert now[:6] == recorded[:6]
    path = DocumentPath("issues/a.md")
    assert path in tree.scan({path: recorded.proof}).files


def test_041_a_time_set_back_shows_in_the_other_time() -> None:
    tree = FakeTree({"issues/a.md": b"one"})
    tree.pass_time(5)
    recorded = tree.scan().files[DocumentPath("issues/a.md")]
    tree.save("issues/a.md", b"two")
    tree.touch_back("issues/a.md", recorded.mtime_ns)
    path = DocumentPath("issues/a.md")
    assert path in tree.scan({path: recorded.proof}).files


def test_a_file_that_changes_while_it_is_read_is_never_settled() -> None:
    tree = FakeTree({"issues/a.md": b"0"})
    tree.pass_time(5)
    saves = iter(range(1, 100))
    tree.system.script.on_every_call = lambda call: (
        tree.save("issues/a.md", b"%d" % next(saves)) if call == "read" else None
    )
    found = tree.read(DocumentPath("issues/a.md"))
    assert found is not None
    assert not found.stamp.settled


def test_054_a_clock_set_back_settles_nothing() -> None:
    tree = FakeTree({"issues/a.md": b"x"})
    tree.pass_time(-3600)
    assert not tree.scan().files[DocumentPath("issues/a.md")].settled


def test_083_a_folder_swapped_for_a_link_between_two_calls_leads_nowhere() -> None:
    for ahead in range(6):
        tree = FakeTree({"issues/a.md": b"mine"})
        secret, name = tree.disk.parent("/etc/secret/a.md")
        tree.disk.place(secret, name, tree.disk.node(0o100644, device=1, content=b"secret"))

        def swap(tree: FakeTree = tree) -> None:
            tree.rename("issues", "issues.away")
            tree.symlink("issues", "/etc/secret")

        tree.step(ahead, swap)
        try:
            found = tree.read(DocumentPath("issues/a.md"))
        except Unreadable:
            continue
        assert found is None or found.content == b"mine"
