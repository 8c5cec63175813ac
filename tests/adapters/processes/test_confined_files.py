"""Files below a folder that an agent may have prepared."""

import os
from pathlib import Path, PurePath

import pytest

from dispatchd.adapters.processes.confined_files import (
    NotConfinedError,
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
