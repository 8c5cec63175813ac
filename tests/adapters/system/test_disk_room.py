from pathlib import Path

from dispatchd.adapters.system.disk_room import room_left


def test_the_room_where_a_folder_lies_is_told(tmp_path: Path) -> None:
    room = room_left(tmp_path)
    assert room is not None
    assert room.bytes > 0
    assert room.files is None or room.files > 0


def test_a_file_system_without_a_size_and_a_folder_that_is_not_there_tell_nothing(tmp_path: Path) -> None:
    assert room_left(Path("/proc")) is None
    assert room_left(tmp_path / "nowhere") is None
