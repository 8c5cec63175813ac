import os
import socket
from pathlib import Path

import pytest

from dispatchd.adapters.system.foreign_files import DEEPEST, folders_in, read_folder, read_ledger
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.documents.foreign.item import ForeignFile
from dispatchd.domain.errors import WorkspaceError


def found_in(place: Path) -> dict[str, ForeignFile]:
    return {file.name: file for file in read_folder(place)}


def test_files_are_read_with_their_place_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "a.md").write_bytes(b"A")
    (tmp_path / "b.md").write_bytes(b"B")
    found = found_in(tmp_path)
    assert {name: file.content for name, file in found.items()} == {"b.md": b"B", "tasks/a.md": b"A"}
    assert found["tasks/a.md"].path == f"{tmp_path}/tasks/a.md"


def test_no_link_is_followed_and_each_is_named(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.md").write_bytes(b"secret")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "file.md").symlink_to(tmp_path / "outside" / "secret.md")
    (inside / "folder").symlink_to(tmp_path / "outside")
    (inside / "nowhere.md").symlink_to("nowhere")
    found = found_in(inside)
    assert set(found) == {"file.md", "folder", "nowhere.md"}
    assert {(file.content, file.refused) for file in found.values()} == {
        (b"", "it is a link, and links are not followed")
    }


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with socket.socket(socket.AF_UNIX) as listening:
        here = os.open(tmp_path, os.O_RDONLY)
        try:
            listening.bind(f"/proc/self/fd/{here}/socket.md")
        finally:
            os.close(here)
        assert [file.refused for file in read_folder(tmp_path)] == ["it is no regular file"] * 2


def test_a_file_that_is_too_large_is_refused_with_its_size(tmp_path: Path) -> None:
    (tmp_path / "fits.md").write_bytes(b"x" * LARGEST_FILE)
    with (tmp_path / "large.md").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    found = found_in(tmp_path)
    assert len(found["fits.md"].content) == LARGEST_FILE
    assert found["large.md"].refused == "it has more than 1,048,576 bytes"


def test_folders_are_gone_into_so_deep_and_no_deeper(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*(["d"] * (DEEPEST + 2)))
    deep.mkdir(parents=True)
    (deep / "a.md").write_bytes(b"A")
    assert [file.refused for file in read_folder(tmp_path)] == ["it lies too deep"]


def test_a_name_that_is_no_text_is_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.md")).write_bytes(b"A")
    (file,) = read_folder(tmp_path)
    assert (file.name, file.content) == ("caf\ufffd.md", b"A")


def test_what_may_not_be_read_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.md").write_bytes(b"A")
    (tmp_path / "b.md").write_bytes(b"B")
    really = os.open

    def refusing(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == "a.md":
            raise PermissionError(13, "Permission denied", path)
        return really(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", refusing)
    found = found_in(tmp_path)
    assert (found["a.md"].refused, found["b.md"].content) == ("Permission denied", b"B")


def test_a_ledger_is_one_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "issues.jsonl").write_bytes(b"{}")
    assert read_ledger(tmp_path / "issues.jsonl").content == b"{}"
    with pytest.raises(WorkspaceError, match="is no file"):
        read_ledger(tmp_path)
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(600 * 1024 * 1024)
    with pytest.raises(WorkspaceError, match="import it in parts"):
        read_ledger(tmp_path / "huge")
    with pytest.raises(WorkspaceError, match="is no folder"):
        list(read_folder(tmp_path / "issues.jsonl"))


def test_only_real_folders_count_as_such(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").touch()
    assert folders_in(tmp_path) == {"tasks"}
    assert folders_in(tmp_path / "file") == folders_in(tmp_path / "none") == set()
