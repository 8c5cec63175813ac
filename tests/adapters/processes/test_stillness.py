"""A program that waits for what never comes is ended soon, one that works is waited for; and all end with this process."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from dispatchd.adapters.processes.runner import (
    Finished,
    ProgramsEndedError,
    ProgramTimedOutError,
    hurry_programs,
    let_programs_run,
    run,
    run_for_tail,
)
from dispatchd.adapters.processes.stillness import Stillness

ENV = {"PATH": os.defpath}


@pytest.fixture(autouse=True)
def _taken_back() -> Iterator[None]:
    yield
    let_programs_run()


def test_a_program_that_waits_for_the_other_end_of_a_pipe_is_ended_though_it_has_minutes(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    began = time.monotonic()
    with pytest.raises(ProgramTimedOutError, match="nothing had moved in it for 2 s"):
        run(["sh", "-c", "(cat pipe)"], env=ENV, cwd=tmp_path, timeout=300, rest=2)
    assert time.monotonic() - began < 60


def test_a_program_that_works_and_one_that_naps_now_and_then_are_waited_for() -> None:
    code = "import time\nfor _ in range(20): time.sleep(0.2)\nprint('done')"
    assert run([sys.executable, "-c", code], env=ENV, timeout=300, rest=2).stdout == b"done\n"
    code = "import time\nend = time.process_time() + 3\nwhile time.process_time() < end: pass\nprint('done')"
    assert run([sys.executable, "-c", code], env=ENV, timeout=300, rest=2).stdout == b"done\n"


def test_what_a_program_prints_slowly_is_heard_and_what_it_is_given_arrives(tmp_path: Path) -> None:
    code = "import sys,time; time.sleep(1.5); d=sys.stdin.buffer.read(); sys.stdout.buffer.write(d); time.sleep(1.5)"
    given = b"x" * 3_000_000
    assert run([sys.executable, "-c", code], env=ENV, stdin=given, timeout=300, rest=30).stdout == given


def test_a_program_in_haste_is_not_waited_for_while_it_rests() -> None:
    hurry_programs(False)
    with pytest.raises(ProgramTimedOutError, match="nothing had moved"):
        run(["sleep", "600"], env=ENV, timeout=300, rest=200)


def test_what_is_told_to_end_puts_away_its_locks_first(tmp_path: Path) -> None:
    script = "touch lock; trap 'rm lock; exit 1' TERM; while :; do read x < pipe; done"
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ProgramTimedOutError):
        run(["sh", "-c", script], env=ENV, cwd=tmp_path, timeout=300, rest=1)
    assert not (tmp_path / "lock").exists()


@pytest.mark.parametrize("runs", [run, partial(run_for_tail, most=100)])
def test_all_that_runs_ends_with_this_process_and_nothing_is_begun(
    runs: Callable[..., Finished], tmp_path: Path
) -> None:
    met: list[BaseException] = []

    def wait() -> None:
        try:
            runs(["sh", "-c", "touch begun; sleep 600 & sleep 600"], env=ENV, cwd=tmp_path, timeout=300)
        except ProgramsEndedError as ended:
            met.append(ended)

    waits = Thread(target=wait)
    waits.start()
    while not (tmp_path / "begun").exists():
        assert waits.is_alive()
    hurry_programs(True)
    waits.join(60)
    assert len(met) == 1
    with pytest.raises(ProgramsEndedError):
        runs(["touch", "more"], env=ENV, cwd=tmp_path, timeout=300)
    assert not (tmp_path / "more").exists()


def test_of_a_program_that_is_gone_nothing_is_said() -> None:
    assert Stillness(2**22 + 1).seconds() < 60
