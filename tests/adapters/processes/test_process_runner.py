import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from dispatchd.adapters.processes.background import spawn_detached
from dispatchd.adapters.processes.environment import inherited, without_git
from dispatchd.adapters.processes.runner import (
    Finished,
    ProgramMissingError,
    ProgramTimedOutError,
    run,
    run_for_tail,
)

ENV = {"PATH": os.defpath, "GREETING": "hello"}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_program_gets_its_bytes_and_nothing_of_our_environment(tmp_path: Path) -> None:
    code = "import os,sys; sys.stdout.buffer.write(sys.stdin.buffer.read()); print(sorted(os.environ), os.getcwd())"
    ended = run(python(code), env=ENV, cwd=tmp_path, stdin=b"\x00\xff" * 200_000, timeout=30)
    assert ended.exit_code == 0
    assert ended.stdout.startswith(b"\x00\xff" * 200_000)
    assert b"GREETING" in ended.stdout
    assert b"HOME" not in ended.stdout
    assert str(tmp_path).encode() in ended.stdout


def test_a_failure_is_told_with_what_was_said() -> None:
    ended = run(python("import sys; sys.exit('no')"), env=ENV, timeout=30)
    assert (ended.exit_code, ended.stderr) == (1, b"no\n")


def test_a_program_that_is_slow_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    script = f"sleep 600 & echo $! > '{tmp_path / 'pid'}'; wait"
    with pytest.raises(ProgramTimedOutError, match="stopped after"):
        run(["sh", "-c", script], env=ENV, timeout=0.5)
    with contextlib.suppress(ProcessLookupError):
        grandchild = os.pidfd_open(int((tmp_path / "pid").read_text()))
        assert select.select([grandchild], [], [], 30)[0], "it lives on"
        os.close(grandchild)


LEFT_BEHIND = "setsid sh -c 'echo $$ > pid; exec sleep 600' & until [ -s pid ]; do :; done; echo ready; "


def end_what_was_left_behind(folder: Path) -> None:
    os.kill(int((folder / "pid").read_text()), signal.SIGKILL)


@pytest.mark.parametrize("runs", [run, partial(run_for_tail, most=100)])
def test_a_program_that_is_slow_is_not_waited_for_because_of_what_left_its_session(
    runs: Callable[..., Finished], tmp_path: Path
) -> None:
    began = time.monotonic()
    with pytest.raises(ProgramTimedOutError, match="stopped after 2 s"):
        runs(["sh", "-c", LEFT_BEHIND + "wait"], env=ENV, cwd=tmp_path, timeout=2)
    assert time.monotonic() - began < 60
    end_what_was_left_behind(tmp_path)


def test_of_much_that_is_printed_the_end_is_kept_and_who_left_the_session_is_not_waited_for(
    tmp_path: Path,
) -> None:
    script = f"{LEFT_BEHIND} head -c 50000000 /dev/zero; echo; echo err >&2; echo out; exit 3"
    ended = run_for_tail(["sh", "-c", script], env=ENV, cwd=tmp_path, timeout=60, most=20)
    end_what_was_left_behind(tmp_path)
    assert (ended.exit_code, ended.stdout) == (3, b"\0" * 11 + b"\nerr\nout\n")


def test_the_last_words_of_a_program_that_was_stopped_are_told(tmp_path: Path) -> None:
    with pytest.raises(ProgramTimedOutError) as slow:
        run_for_tail(["sh", "-c", "echo so far; exec sleep 600"], env=ENV, cwd=tmp_path, timeout=1, most=100)
    assert slow.value.said == b"so far\n"


def test_a_program_that_closes_what_it_says_is_waited_for(tmp_path: Path) -> None:
    ended = run_for_tail(
        ["sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 4"], env=ENV, cwd=tmp_path, timeout=60, most=9
    )
    assert ended.exit_code == 4


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissingError, match="no-such-program"):
        run(["no-such-program"], env=ENV, timeout=1)
    with pytest.raises(ProgramMissingError, match="no-such-program"):
        spawn_detached(["no-such-program"], env=ENV, cwd=tmp_path, output=tmp_path / "log")


def test_a_detached_program_leads_its_own_session_and_appends_to_its_log(tmp_path: Path) -> None:
    log = tmp_path / "logs/daemon.log"
    log.parent.mkdir()
    log.write_text("before\n")
    code = (
        "import os; print(os.getsid(0) == os.getpid(), flush=True); import sys; sys.stderr.write('said\\n')"
    )
    started = spawn_detached(python(code), env=ENV, cwd=tmp_path, output=log)
    assert started.wait(30) == 0
    assert started.exit_code() == 0
    assert log.read_text() == "before\nTrue\nsaid\n"


def test_a_detached_program_that_runs_has_no_exit_code_yet(tmp_path: Path) -> None:
    started = spawn_detached(["sleep", "600"], env=ENV, cwd=tmp_path, output=tmp_path / "log")
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600
    assert started.exit_code() is None
    assert started.wait(0.01) is None
    os.kill(started.pid, signal.SIGKILL)
    assert started.wait(30) == -signal.SIGKILL


def test_what_a_hook_says_of_its_repository_is_left_out_and_what_is_the_persons_own_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_CONFIG_GLOBAL", "GIT_SSH_COMMAND"):
        monkeypatch.setenv(name, "x")
    found = without_git()
    assert not found.keys() & {"GIT_DIR", "GIT_INDEX_FILE"}
    assert (found["GIT_CONFIG_GLOBAL"], found["GIT_SSH_COMMAND"]) == ("x", "x")
    assert inherited()["GIT_DIR"] == "x"
