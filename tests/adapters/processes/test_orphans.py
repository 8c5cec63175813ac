"""What a killed daemon has left running is ended by the next one, and nothing else is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dispatchd.adapters.processes import orphans
from dispatchd.adapters.processes.orphans import OWNER, own_programs, owners_mark

STUBBORN = "trap '' TERM; sleep 3600 & echo ready; wait; while :; do sleep 3600; done"
CLEARS_UP = "trap 'rm lock; exit 0' TERM; touch lock; echo ready; while :; do sleep 0.05; done"


@pytest.fixture(autouse=True)
def _owns_nothing() -> Iterator[None]:
    yield
    orphans._owner.mark = ""  # noqa: SLF001 -- of the whole process


@pytest.fixture
def begun() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def begin(begun: ExitStack, folder: Path, script: str, mark: str | None) -> subprocess.Popen[bytes]:
    env = {"PATH": os.environ["PATH"]} | ({OWNER: mark} if mark is not None else {})
    process = subprocess.Popen(
        ["sh", "-c", script], cwd=folder, env=env, stdout=subprocess.PIPE, start_new_session=True
    )
    begun.callback(end, process)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, 9)
    process.communicate()


def test_what_an_earlier_owner_has_left_is_told_to_end_and_clears_up(
    begun: ExitStack, tmp_path: Path
) -> None:
    left = begin(begun, tmp_path, CLEARS_UP, f"{tmp_path}/a:17.4")
    own_programs(tmp_path / "a")
    assert left.wait(5) == 0
    assert not (tmp_path / "lock").exists()


def test_what_does_not_listen_is_killed_with_all_that_it_has_started(
    begun: ExitStack, tmp_path: Path
) -> None:
    left = begin(begun, tmp_path, STUBBORN, f"{tmp_path}/a:17.4")
    own_programs(tmp_path / "a")
    assert left.wait(5) == -9
    assert left.stdout is not None
    assert left.stdout.read() == b"", "what it has started holds its output"


def test_what_is_ours_anothers_or_nobodys_goes_on(begun: ExitStack, tmp_path: Path) -> None:
    own_programs(tmp_path / "a")
    marks = [owners_mark()[OWNER], f"{tmp_path}/ab:17.4", f"{tmp_path}/a/b:17.4", None]
    going = [begin(begun, tmp_path, STUBBORN, mark) for mark in marks]
    own_programs(tmp_path / "a")
    assert [each.poll() for each in going] == [None] * len(marks)


def test_a_process_that_owns_nothing_marks_nothing() -> None:
    told = "from dispatchd.adapters.processes.orphans import owners_mark; print(owners_mark())"
    done = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)
    assert done.stdout == "{}\n"
