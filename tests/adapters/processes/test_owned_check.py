"""A check for real: whatever it starts is the agents' for every workspace, and nothing of it outlives it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.processes.owned_check import end_marked, run_owned
from dispatchd.adapters.processes.process_kin import CHECK, ELSEWHERE, MARK, agent_above, is_agents
from dispatchd.adapters.processes.runner import ProgramMissingError, ProgramTimedOutError
from dispatchd.adapters.runs.bubblewrap import Bubblewrap
from dispatchd.application.ports.sandbox import Cell
from tests.system.patience import until

ENV = {"PATH": os.defpath, "GREETING": "hello"}
LEAVES = "env -i setsid -f /bin/sh -c 'echo $$ > pid; exec sleep 600'; until [ -s pid ]; do :; done; "


def run_here(folder: Path, script: str, timeout: float = 60) -> tuple[int, str]:
    ended = run_owned(
        ["/bin/sh", "-c", script], runs=folder / "runs", env=ENV, cwd=folder, timeout=timeout, most=1000
    )
    return ended.exit_code, ended.stdout.decode()


def is_there(pid: int) -> bool:
    """Whether it runs; one that is over may wait for somebody to ask how it ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def left_pid(folder: Path) -> int:
    until(lambda: (folder / "pid").exists() and (folder / "pid").read_text().strip(), "it does not begin")
    return int((folder / "pid").read_text())


def test_a_check_has_its_environment_and_ends_as_its_command_does(tmp_path: Path) -> None:
    script = "echo $GREETING $HOME; pwd; cat; echo err >&2; exit 3"
    assert run_here(tmp_path, script) == (3, f"hello\n{tmp_path}\nerr\n")
    assert run_here(tmp_path, "kill -KILL $$")[0] == -signal.SIGKILL
    assert run_here(tmp_path, "kill -TERM $$")[0] == -signal.SIGTERM
    with pytest.raises(ProgramMissingError):
        run_owned(["no-such-program"], runs=tmp_path, env=ENV, cwd=tmp_path, timeout=60, most=10)


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[int]:
    """A process that has shed its session, its parents and its environment, of a check that still runs."""
    script = LEAVES + "until [ -e go ]; do sleep 0.1; done"
    check = threading.Thread(target=run_here, args=(tmp_path, script))
    check.start()
    yield left_pid(tmp_path)
    (tmp_path / "go").touch()
    check.join()


def test_100_a_process_of_a_check_is_an_agents_however_it_forks(tmp_path: Path, at_work: int) -> None:
    assert agent_above(tmp_path / "runs", at_work) == CHECK
    assert agent_above(tmp_path / "others", at_work) == ELSEWHERE
    assert is_agents(at_work)
    assert agent_above(tmp_path / "runs", os.getpid()) is None


def test_100_the_variable_tells_it_where_the_owner_is_gone(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    with subprocess.Popen(["sleep", "600"], env={MARK: f"{runs}/dispatchd-checks/1", **ENV}) as process:
        assert agent_above(runs, process.pid) == CHECK
        assert agent_above(tmp_path / "others", process.pid) == ELSEWHERE
        end_marked(f"{tmp_path}/others/")
        assert process.poll() is None
        end_marked(f"{runs}/")
        assert process.wait() == -signal.SIGKILL


def test_nothing_outlives_a_check(tmp_path: Path) -> None:
    assert run_here(tmp_path, LEAVES + "exit 0") == (0, "")
    assert not is_there(left_pid(tmp_path))


def test_nothing_outlives_a_check_that_took_too_long(tmp_path: Path) -> None:
    with pytest.raises(ProgramTimedOutError) as told:
        run_here(tmp_path, LEAVES + "echo so far; exec sleep 600", timeout=2)
    assert told.value.said == b"so far\n"
    assert not is_there(left_pid(tmp_path))


def test_what_kills_its_owner_is_found_by_its_environment(tmp_path: Path) -> None:
    script = "setsid -f sh -c 'echo $$ > pid; exec sleep 600'; until [ -s pid ]; do :; done; kill -9 $PPID; sleep 9"
    assert run_here(tmp_path, script)[0] == -signal.SIGKILL
    assert not is_there(left_pid(tmp_path))


DIES = """
import os, sys, threading
from pathlib import Path
from dispatchd.adapters.processes.owned_check import run_owned
folder = Path(sys.argv[1])
run_owned(["/bin/sh", "-c", sys.argv[2]], runs=folder / "runs", env={"PATH": os.defpath}, cwd=folder, timeout=600, most=9)
"""


def test_a_check_ends_with_the_daemon_that_is_killed(tmp_path: Path) -> None:
    line = [sys.executable, "-c", DIES, str(tmp_path), LEAVES + "exec sleep 600"]
    with subprocess.Popen(line) as daemon:
        left = left_pid(tmp_path)
        assert is_there(left)
        daemon.kill()
    until(lambda: not is_there(left), "it lives on")


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
def test_100_a_check_in_its_cell_is_an_agents_for_another_workspace() -> None:
    # Not below /tmp, which is empty inside.
    with tempfile.TemporaryDirectory(prefix="dispatchd-check-", dir=Path(__file__).parent) as made:
        folder = Path(made)
        cell = Cell(writable=(folder,), readable=(), hidden=(), home=folder, folder=folder)
        # The command line shows outside which of the processes it is: what it calls itself within says nothing there.
        script = (
            f"env -i setsid -f sleep 86{os.getpid():07}; touch began; until [ -e go ]; do sleep 0.1; done"
        )
        words = Bubblewrap(folder).wrap(("/bin/sh", "-c", script), ENV, cell)
        check = threading.Thread(
            target=run_owned,
            args=(words,),
            kwargs={"runs": folder / "runs", "env": ENV, "cwd": folder, "timeout": 60, "most": 1000},
        )
        check.start()
        try:
            until((folder / "began").exists, "the check does not begin")
            (inside,) = until(lambda: called(f"sleep\0 86{os.getpid():07}\0".replace(" ", "")), "no process")
            assert agent_above(folder / "others", inside) == ELSEWHERE
            assert agent_above(folder / "runs", inside) == CHECK
            assert is_agents(inside)
        finally:
            (folder / "go").touch()
            check.join()
        assert not is_there(inside)


def called(words: str) -> list[int]:
    """The processes with this command line."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if (place / "cmdline").read_bytes() == words.encode():
                found.append(int(place.name))
        except OSError:
            continue
    return found
