"""Files below a folder that an agent may have prepared."""

import os
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

import pytest

from dispatchd.adapters.processes.confined_files import (
    NotConfinedError,
    copy_confined,
    make_confined,
    read_confined,
    strange_entry,
    write_confined,
)

PLACE = PurePath("refs/onto")


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "thesis.txt"
    file.write_text("my thesis", encoding="utf-8")
    return file


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    (folder / "refs").mkdir(parents=True)
    return folder


def test_what_is_written_can_be_read_and_folders_are_made(theirs: Path) -> None:
    write_confined(theirs, PurePath("a/b/c"), b"text")
    assert read_confined(theirs, PurePath("a/b/c")) == b"text"
    assert [each.name for each in (theirs / "a/b").iterdir()] == ["c"]


def test_a_link_in_the_place_is_replaced_and_not_followed(theirs: Path, precious: Path) -> None:
    (theirs / PLACE).symlink_to(precious)
    assert read_confined(theirs, PLACE) is None
    write_confined(theirs, PLACE, b"x")
    assert precious.read_text(encoding="utf-8") == "my thesis"
    assert read_confined(theirs, PLACE) == b"x"


def test_a_link_that_waits_under_the_name_beside_is_not_followed(theirs: Path, precious: Path) -> None:
    (theirs / "refs" / f".onto.{os.getpid()}.new").symlink_to(precious)
    write_confined(theirs, PLACE, b"x")
    assert precious.read_text(encoding="utf-8") == "my thesis"


def test_a_link_on_the_way_ends_it(theirs: Path, tmp_path: Path) -> None:
    (theirs / "away").symlink_to(tmp_path)
    with pytest.raises(NotConfinedError, match="away"):
        write_confined(theirs, PurePath("away/new"), b"x")
    with pytest.raises(NotConfinedError, match="away"):
        make_confined(theirs, PurePath("away/new"))
    assert read_confined(theirs, PurePath("away/thesis.txt")) is None
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("place", ["../thesis.txt", "refs/../../thesis.txt", "/etc/hostname"])
def test_a_place_that_leads_out_is_none(theirs: Path, precious: Path, place: str) -> None:
    assert precious.exists()
    assert read_confined(theirs, PurePath(place)) is None
    with pytest.raises(NotConfinedError):
        write_confined(theirs, PurePath(place), b"x")


@pytest.mark.timeout(20)
def test_a_pipe_is_no_file_and_keeps_nobody_waiting(theirs: Path) -> None:
    os.mkfifo(theirs / PLACE)
    assert read_confined(theirs, PLACE) is None
    assert strange_entry(theirs, PurePath("refs")) == theirs / PLACE
    write_confined(theirs, PLACE, b"x")
    assert strange_entry(theirs, PurePath("refs")) is None


def test_what_is_longer_than_asked_for_is_not_read(theirs: Path) -> None:
    write_confined(theirs, PLACE, b"12345")
    assert read_confined(theirs, PLACE, 4) is None
    assert read_confined(theirs, PLACE, 5) == b"12345"


def test_a_link_anywhere_below_is_strange(theirs: Path, precious: Path) -> None:
    (theirs / "refs" / "deep").mkdir()
    (theirs / "refs" / "deep" / "head").symlink_to(precious)
    assert strange_entry(theirs, PurePath("refs")) is not None
    assert strange_entry(theirs, PurePath("none")) == theirs / "none"


def test_only_files_of_a_folder_are_copied_and_those_that_fit(
    theirs: Path, precious: Path, tmp_path: Path
) -> None:
    place, into = PurePath("objects/ab"), tmp_path / "into"
    into.mkdir()
    folder = theirs / place
    folder.mkdir(parents=True)
    (folder / "one").write_bytes(b"1234")
    (folder / "two").write_bytes(b"56")
    (folder / "large").write_bytes(b"x" * 100)
    (folder / "link").symlink_to(precious)
    (folder / "inside").mkdir()
    os.mkfifo(folder / "pipe")
    wanted = ["one", "link", "inside", "pipe", "gone", "two", "large"]
    found = list(copy_confined(theirs, place, wanted, into, 8))
    assert found == [("one", 4), ("two", 2), ("large", 100)]
    assert {each.name: each.read_bytes() for each in into.iterdir()} == {"one": b"1234", "two": b"56"}
    (folder / "one").write_bytes(b"9999")
    assert (into / "one").read_bytes() == b"1234"


def test_a_folder_that_is_a_link_has_no_files_to_copy(theirs: Path, precious: Path, tmp_path: Path) -> None:
    (theirs / "objects").symlink_to(precious.parent)
    assert list(copy_confined(theirs, PurePath("objects"), [precious.name], tmp_path, 100)) == []


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="no second file system to write to")  # noqa: S108
def test_what_lies_on_another_file_system_is_copied_whole(tmp_path: Path) -> None:
    content = bytes(range(256)) * 9000
    with TemporaryDirectory(dir="/dev/shm") as elsewhere:
        (Path(elsewhere) / "large").write_bytes(content)
        (found,) = copy_confined(Path(elsewhere), PurePath(), ["large"], tmp_path, len(content))
        assert found == ("large", len(content))
    assert (tmp_path / "large").read_bytes() == content
