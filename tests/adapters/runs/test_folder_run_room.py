"""Real processes in run folders: started once, written down whole, spoken to, and ended to the last grandchild."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dispatchd.adapters.processes.process_facts import below
from dispatchd.adapters.runs.folder_run_room import FolderRunRoom
from dispatchd.application.ports.run_room import Life, RunOrder
from dispatchd.domain.agent_run import RunId

RUN = RunId("i-7k2m.1")
WITHIN = 30.0


@pytest.fixture
def room(tmp_path: Path) -> FolderRunRoom:
    return FolderRunRoom(tmp_path / "runs")


def order(
    tmp_path: Path, script: str, *, keeps_reading: bool = False, lines: tuple[bytes, ...] = ()
) -> RunOrder:
    return RunOrder(
        argv=(sys.executable, "-I", "-S", "-c", script),
        environment={"PATH": os.environ["PATH"]},
        folder=tmp_path,
        first_lines=lines,
        keeps_reading=keeps_reading,
    )


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end, "it did not come to be"
        os.sched_yield()


def started(room: FolderRunRoom, tmp_path: Path, script: str, *, keeps_reading: bool = False) -> None:
    room.prepare(RUN, order(tmp_path, script, keeps_reading=keeps_reading))
    room.begin(RUN)


def ended(room: FolderRunRoom) -> bool:
    return room.look(RUN).life is Life.EXITED


def said(room: FolderRunRoom) -> bytes:
    return room.read(RUN, 0, 1 << 24)


def test_a_run_goes_from_absent_to_exited(room: FolderRunRoom, tmp_path: Path) -> None:
    assert room.look(RUN).life is Life.ABSENT
    room.prepare(RUN, order(tmp_path, "print('done')"))
    assert room.look(RUN).life is Life.PREPARED
    room.begin(RUN)
    until(lambda: ended(room))
    sight = room.look(RUN)
    assert sight.exit is not None
    assert (sight.exit.code, sight.exit.signal, sight.exit.error) == (0, None, "")
    assert said(room) == b"done\n"


def test_beginning_twice_starts_one_process(room: FolderRunRoom, tmp_path: Path) -> None:
    room.prepare(RUN, order(tmp_path, f"open({str(tmp_path / 'count')!r}, 'a').write('x')"))
    for _ in range(5):
        room.begin(RUN)
    until(lambda: ended(room))
    assert (tmp_path / "count").read_text() == "x"
    room.begin(RUN)
    assert (tmp_path / "count").read_text() == "x"


def test_a_program_that_is_missing_is_told(room: FolderRunRoom, tmp_path: Path) -> None:
    room.prepare(RUN, RunOrder(argv=("no-such-agent",), environment={}, folder=tmp_path))
    room.begin(RUN)
    until(lambda: ended(room))
    left = room.look(RUN).exit
    assert left is not None
    assert left.code is None
    assert "no-such-agent could not be started" in left.error


def test_lines_are_given_once_and_in_order(room: FolderRunRoom, tmp_path: Path) -> None:
    started(
        room,
        tmp_path,
        "import sys\nfor line in sys.stdin: print('got', line, end='', flush=True)",
        keeps_reading=True,
    )
    until(lambda: room.look(RUN).life is Life.ALIVE and room.give(RUN, 1, b"one\n"))
    assert room.give(RUN, 1, b"one\n")
    assert room.give(RUN, 2, b"two\n")
    room.end_input(RUN)
    until(lambda: ended(room))
    assert said(room) == b"got one\ngot two\n"


def test_after_the_end_nobody_takes_a_line(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "pass", keeps_reading=True)
    until(lambda: ended(room))
    assert not room.give(RUN, 1, b"late\n")


def test_a_line_of_many_megabytes_is_kept_whole(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "import sys; sys.stdout.write('x' * 12_000_000 + '\\n')")
    until(lambda: ended(room))
    assert len(said(room)) == 12_000_001


def test_errors_are_kept_apart(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "import sys; print('out'); print('no credentials', file=sys.stderr); sys.exit(3)")
    until(lambda: ended(room))
    sight = room.look(RUN)
    assert sight.exit is not None
    assert sight.exit.code == 3
    assert sight.stderr_tail == "no credentials\n"
    assert said(room) == b"out\n"


def test_a_run_that_is_asked_to_stop_says_by_what_it_ended(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "import time; print('up', flush=True); time.sleep(600)")
    until(lambda: said(room) == b"up\n")
    room.stop(RUN, force=False)
    until(lambda: ended(room))
    left = room.look(RUN).exit
    assert left is not None
    assert left.signal == signal.SIGTERM


GRANDCHILD = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
os.wait()
"""


def test_a_grandchild_in_a_session_of_its_own_ends_with_the_run(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, GRANDCHILD)
    until(lambda: ended(room))
    pid = int(said(room))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_what_ignores_every_word_is_ended_by_force(room: FolderRunRoom, tmp_path: Path) -> None:
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    started(room, tmp_path, script)
    until(lambda: said(room) == b"up\n")
    room.stop(RUN, force=False)
    room.stop(RUN, force=True)
    until(lambda: ended(room))
    left = room.look(RUN).exit
    assert left is not None
    assert left.signal == signal.SIGKILL


def test_a_run_whose_shim_was_killed_is_gone(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "import time; print('up', flush=True); time.sleep(20)")
    until(lambda: said(room) == b"up\n")
    pid = room.look(RUN).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: room.look(RUN).life is Life.GONE)
    room.begin(RUN)
    assert room.look(RUN).life is Life.GONE


def test_106_what_a_run_was_started_with_is_nowhere_once_it_has_begun(
    room: FolderRunRoom, tmp_path: Path
) -> None:
    started(room, tmp_path, "pass")
    until(lambda: ended(room))
    kept = room.folders(RUN).run / "order.json"
    assert not kept.exists()
    room.prepare(RUN, order(tmp_path, "pass"))
    assert not kept.exists()
    kept.write_text("{}", encoding="utf-8")  # as an earlier version left it
    room.forget_orders()
    assert not kept.exists()


def test_a_run_whose_folder_is_gone_is_ended_by_force(room: FolderRunRoom, tmp_path: Path) -> None:
    script = "import time; print('up', flush=True); time.sleep(600)"
    talk = str(room.folders(RUN).work / "talk.sock")
    given = replace(order(tmp_path, script), environment={"PATH": os.defpath, "DISPATCHD_TALK": talk})
    room.prepare(RUN, given)
    room.begin(RUN)
    until(lambda: said(room) == b"up\n")
    shim = room.look(RUN).pid
    assert shim is not None
    agents = list(below(shim))
    room.folders(RUN).run.rename(tmp_path / "moved")
    assert room.look(RUN).life is Life.ABSENT
    room.stop(RUN, force=True)
    until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in (*agents, shim)))


def test_another_room_sees_the_same_run(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "import sys; print(sys.stdin.readline(), end='')", keeps_reading=True)
    again = FolderRunRoom(tmp_path / "runs")
    until(lambda: again.look(RUN).life is Life.ALIVE and again.give(RUN, 1, b"hello\n"))
    until(lambda: ended(again))
    assert said(again) == b"hello\n"
    assert again.standing() == (RUN,)


def test_what_is_laid_is_for_this_user_alone(room: FolderRunRoom, tmp_path: Path) -> None:
    home = tmp_path / "home"
    laid = RunOrder(
        argv=("true",), environment={}, folder=tmp_path, lays={home / "conf" / "a.json": b"{}"}, makes=(home,)
    )
    room.prepare(RUN, laid)
    assert (home / "conf" / "a.json").read_bytes() == b"{}"
    assert (home / "conf" / "a.json").stat().st_mode & 0o777 == 0o600
    assert room.folders(RUN).run.stat().st_mode & 0o777 == 0o700


def test_an_order_that_stands_is_not_changed(room: FolderRunRoom, tmp_path: Path) -> None:
    room.prepare(RUN, order(tmp_path, "print('first')"))
    room.prepare(RUN, order(tmp_path, "print('second')"))
    stood = json.loads((room.folders(RUN).run / "order.json").read_bytes())
    assert stood["argv"][-1] == "print('first')"


def test_a_discarded_run_keeps_what_tells_of_it(room: FolderRunRoom, tmp_path: Path) -> None:
    started(room, tmp_path, "print('done')")
    until(lambda: ended(room))
    room.discard(RUN)
    assert said(room) == b"done\n"
    assert ended(room)
    assert not room.folders(RUN).work.exists()
