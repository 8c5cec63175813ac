"""Runs and those around them: whom a shim obeys, and that a lock which anybody can hold says nothing of its life."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dispatchd.adapters.runs.folder_run_room import FolderRunRoom
from dispatchd.application.ports.run_room import Life
from tests.adapters.runs.test_folder_run_room import RUN, WITHIN, ended, order, said, started, until


@pytest.fixture
def room(tmp_path: Path) -> FolderRunRoom:
    return FolderRunRoom(tmp_path / "runs")


def test_a_lock_that_somebody_else_holds_keeps_no_dead_run_alive_and_no_new_one_from_beginning(
    room: FolderRunRoom, tmp_path: Path
) -> None:
    room.prepare(RUN, order(tmp_path, "import time; print('up', flush=True); time.sleep(600)"))
    with (room.folders(RUN).run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        room.begin(RUN)
        until(lambda: said(room) == b"up\n")
        sight = room.look(RUN)
        assert sight.life is Life.ALIVE
        assert sight.pid is not None
        os.kill(sight.pid, signal.SIGKILL)
        until(lambda: room.look(RUN).life is Life.GONE)


def test_a_shim_of_an_earlier_version_lives_while_its_lock_is_held(
    room: FolderRunRoom, tmp_path: Path
) -> None:
    room.prepare(RUN, order(tmp_path, "pass"))
    run = room.folders(RUN).run
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    (run / "begun").write_text(json.dumps({"pid": os.getpid(), "boot": boot}), encoding="utf-8")
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert room.look(RUN).life is Life.ALIVE
    assert room.look(RUN).life is Life.GONE


GIVES_LEAVE = """
import os, socket, sys
with socket.socket(socket.AF_UNIX) as there:
    there.connect(os.path.join({run!r}, "in.sock"))
    try:
        there.sendall(b'{{"give": "eWVzCg==", "number": 1}}\\n')
        print(there.recv(10), flush=True)
    except ConnectionError:
        print(b"", flush=True)
print(sys.stdin.readline(), flush=True)
"""


def test_100_an_agent_gives_itself_no_leave(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, GIVES_LEAVE.format(run=str(room.folders(RUN).run)), keeps_reading=True)
    until(lambda: said(room) == b"b''\n")
    assert room.give(RUN, 1, b"no\n")
    until(lambda: ended(room))
    assert said(room) == b"b''\nno\n\n"


IN_A_TURN = """
import os, sys
from pathlib import Path
from dispatchd.adapters.runs.folder_run_room import FolderRunRoom
from dispatchd.application.ports.run_room import RunOrder
room, run = FolderRunRoom(Path(sys.argv[1])), "i-7k2m.1"
echo = ("sh", "-c", "echo up; read line; echo $line")
room.prepare(run, RunOrder(argv=echo, environment={"PATH": os.defpath}, folder=Path("/"), keeps_reading=True))
room.begin(run)
while not room.read(run, 0, 9):
    os.sched_yield()
print(room.give(run, 1, b"word\\n"))
"""


def test_a_daemon_that_an_agent_has_started_speaks_to_its_own_turns(tmp_path: Path) -> None:
    talk = str(tmp_path / "theirs" / "runs" / "i-1.1" / "work" / "talk.sock")
    given = {**os.environ, "DISPATCHD_TALK": talk}
    line = [sys.executable, "-c", IN_A_TURN, str(tmp_path / "runs")]
    told = subprocess.run(line, env=given, capture_output=True, text=True, check=False, timeout=WITHIN)
    assert told.stdout == "True\n", told.stderr
