"""Turns whose repository is moved or copied under them: known as such, never begun by an order for another place."""

import json
import os
import shutil
import signal
from pathlib import Path

from dispatchd.adapters.runs.folder_run_room import FolderRunRoom
from dispatchd.application.ports.run_room import Life
from tests.adapters.runs.test_folder_run_room import RUN, ended, order, started, until

SLEEPS = "import time; print('here', flush=True); time.sleep(600)"


def moved(tmp_path: Path) -> FolderRunRoom:
    return FolderRunRoom((tmp_path / "runs").rename(tmp_path / "moved"))


def test_an_order_for_another_place_is_written_anew(tmp_path: Path) -> None:
    room = FolderRunRoom(tmp_path / "runs")
    room.prepare(RUN, order(tmp_path, "print('old')"))
    room.prepare(RUN, order(tmp_path, "print('second')"))
    there = moved(tmp_path)
    there.prepare(RUN, order(tmp_path, "print('new')"))
    assert not there.look(RUN).moved
    there.begin(RUN)
    until(lambda: ended(there))
    assert there.read(RUN, 0, 100) == b"new\n"


def test_a_turn_that_runs_lives_on_and_is_known_to_have_been_moved(tmp_path: Path) -> None:
    room = FolderRunRoom(tmp_path / "runs")
    started(room, tmp_path, SLEEPS)
    until(lambda: room.look(RUN).transcript_bytes > 0)
    assert not room.look(RUN).moved
    there = moved(tmp_path)
    assert (there.look(RUN).life, there.look(RUN).moved) == (Life.ALIVE, True)
    there.stop(RUN, force=True)
    until(lambda: ended(there))
    assert there.look(RUN).moved


def test_a_copy_sees_no_turn_of_its_own_in_the_originals_and_ends_none(tmp_path: Path) -> None:
    room = FolderRunRoom(tmp_path / "runs")
    started(room, tmp_path, SLEEPS)
    until(lambda: room.look(RUN).transcript_bytes > 0)
    shutil.copytree(tmp_path / "runs", tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))
    copy = FolderRunRoom(tmp_path / "copy")
    assert (copy.look(RUN).life, copy.look(RUN).moved) == (Life.GONE, True)
    copy.stop(RUN, force=True)
    copy.discard(RUN)
    assert room.look(RUN).life is Life.ALIVE
    shim = json.loads((tmp_path / "runs" / RUN / "begun").read_bytes())["pid"]
    os.kill(shim, signal.SIGKILL)
