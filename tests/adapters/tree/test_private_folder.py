"""Where displaced files lie, what their names say, and what a poorer mount makes of it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.adapters.tree.held_names import HeldName, abbreviated_key, parse_held_name
from dispatchd.adapters.tree.local_tree import open_tree
from dispatchd.adapters.tree.mounts import is_remote, mount_kind
from dispatchd.application.ports.dispatch_tree import Refused, WriteRequest, Written
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.fake_tree import PRIVATE, FakeTree

PATH = DocumentPath("issues/a.md")
OLD, NEW, THEIRS = b"old", b"new", b"theirs"
REQUEST = WriteRequest(row=1, path=PATH, expected=digest(OLD), content=NEW)

digests = st.one_of(st.none(), st.binary(max_size=20).map(digest))
names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=60)
paths = st.lists(names, min_size=1, max_size=8).map(lambda parts: DocumentPath("/".join(parts)))


@given(row=st.integers(0, 2**63), since=st.integers(0, 2**63), expected=digests, arriving=digests, path=paths)
def test_a_held_name_says_all_its_parts(
    row: int, since: int, expected: None, arriving: None, path: DocumentPath
) -> None:
    held = HeldName(row=row, since_ns=since, expected=expected, arriving=arriving, path=path)
    name = held.text()
    assert len(name.encode()) <= 255
    assert "/" not in name
    kept = path if abbreviated_key(name) else None
    assert parse_held_name(name, kept) == held


@pytest.mark.parametrize("name", ["probe-7", "3.part", "1.2.3", "x.0.-.-.a.md", "1.0.?.-.a.md", ""])
def test_a_name_that_was_not_made_here_says_nothing(name: str) -> None:
    assert parse_held_name(name) is None


def test_a_file_nobody_put_there_is_listed_and_left_alone() -> None:
    tree = FakeTree({PATH: OLD})
    tree.write(REQUEST)
    tree.disk.parent(f"{PRIVATE}/quarantine/x")
    folder, name = tree.disk.parent(f"{PRIVATE}/quarantine/notes.txt")
    tree.disk.place(folder, name, tree.disk.node(0o100644, device=1, content=b"mine"))
    tree.pass_time(11)
    assert tree.sweep_quarantine() == ()
    (held,) = tree.held_in_quarantine()
    assert (held.held_as, held.why) == ("notes.txt", "dispatchd did not put it there")


def test_a_private_folder_on_another_file_system_gives_way_to_a_hidden_one_in_the_tree() -> None:
    tree = FakeTree({PATH: OLD})
    tree.disk.find(PRIVATE).device = 2
    assert "another file system" in (tree.degraded() or "")
    assert isinstance(tree.write(REQUEST), Written)
    assert tree.content(".dispatchd/.gitignore") == b"*\n"
    assert set(tree.scan().files) == {PATH}


def test_a_mount_without_exchange_says_so_and_writes() -> None:
    tree = FakeTree({PATH: OLD})
    tree.system.lacks |= {"exchange", "leases"}
    assert "cannot swap" in (tree.degraded() or "")
    assert "open for writing" in (tree.degraded() or "")
    assert isinstance(tree.write(REQUEST), Written)
    tree.pass_time(11)
    assert tree.sweep_quarantine() == ()
    assert tree.private_contents("quarantine") == []


def test_a_mount_without_exchange_and_links_writes_nothing_over_anything() -> None:
    tree = FakeTree({PATH: OLD})
    tree.system.lacks |= {"exchange", "link"}
    assert "not written at all" in (tree.degraded() or "")
    assert isinstance(tree.write(REQUEST), Refused)
    assert tree.content(PATH) == OLD
    assert isinstance(
        tree.write(WriteRequest(row=2, path=DocumentPath("issues/b.md"), expected=None, content=NEW)), Written
    )


def test_without_leases_a_different_file_is_handed_out_only_after_ten_seconds() -> None:
    tree = FakeTree({PATH: OLD})
    tree.system.lacks.add("leases")
    hand = tree.open_for_writing(PATH)
    tree.write(REQUEST)
    hand.write(THEIRS)
    assert tree.sweep_quarantine() == ()
    tree.pass_time(11)
    assert [displaced.content for displaced in tree.sweep_quarantine()] == [THEIRS]


def test_a_folder_put_in_the_files_place_in_the_last_instant_is_put_back() -> None:
    tree = FakeTree({PATH: OLD})
    assert tree.degraded() is None

    def swap_for_a_folder() -> None:
        tree.delete(PATH)
        tree.folder(PATH)
        tree.save(f"{PATH}/inner.md", THEIRS)

    tree.before_next("exchange", swap_for_a_folder)
    assert isinstance(tree.write(REQUEST), Refused)
    assert tree.content(f"{PATH}/inner.md") == THEIRS
    assert tree.private_names("tmp") == []


def test_019_where_nothing_can_be_written_reading_goes_on() -> None:
    tree = FakeTree({PATH: OLD})
    tree.disk.find(PRIVATE).mode = 0o040555
    assert set(tree.scan().files) == {PATH}
    refused = tree.write(REQUEST)
    assert isinstance(refused, Refused)
    assert "writable" in (tree.degraded() or "")
    assert tree.sweep_quarantine() == ()
    (held,) = tree.held_in_quarantine()
    assert "cannot be listed" in held.why


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    tree = FakeTree({PATH: OLD})
    tree.write(REQUEST)
    tree.read(PATH)
    tree.scan()
    tree.hand_on(PATH)
    list(tree.read_many([PATH, DocumentPath("issues/absent.md")]))
    tree.close()
    assert tree.system.descriptors_open() == 0


MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /mnt/share rw - nfs4 server:/x rw
31 22 0:41 / /mnt/with\\040space rw - 9p host rw
32 30 0:42 / /mnt/share/local rw shared:1 - xfs /dev/vdb rw
33 22 0:43 / /mnt/share/local rw shared:1 - fuse.sshfs host: rw
"""


@pytest.mark.parametrize(
    ("folder", "kind", "remote"),
    [
        ("/work", "ext4", False),
        ("/mnt/share/tree", "nfs4", True),
        ("/mnt/shared", "ext4", False),
        ("/mnt/with space/tree", "9p", True),
        ("/mnt/share/local/tree", "fuse.sshfs", True),
    ],
)
def test_the_mount_a_folder_is_on_is_found_in_the_kernels_table(folder: str, kind: str, remote: bool) -> None:
    assert mount_kind(Path(folder), MOUNTS) == kind
    assert is_remote(kind) is remote


def test_this_machines_own_table_can_be_read(tmp_path: Path) -> None:
    assert mount_kind(tmp_path)
    (tmp_path / "tree").mkdir()
    open_tree(tmp_path / "tree", tmp_path / "private").close()
