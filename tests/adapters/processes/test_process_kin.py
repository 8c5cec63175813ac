"""Whose a process is: an agent's of this workspace, of another one, or nobody's."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dispatchd.adapters.processes.process_kin import (
    ELSEWHERE,
    NURSERY,
    TALK,
    agent_above,
    is_agents,
    run_around,
)

ASKS = """
import os, subprocess, sys
from dispatchd.adapters.processes.process_kin import agent_above
with subprocess.Popen(["sleep", "60"]) as other:
    print(agent_above(sys.argv[1], os.getpid()), agent_above(sys.argv[1], other.pid))
    other.kill()
"""


SAYS_WHO = (sys.executable, "-c", "import os, signal; print(os.getpid(), flush=True); signal.pause()")


def called_a_shim(runs: Path, *words: str) -> list[str]:
    return ["sh", "-c", f"{shlex.join(words)} & wait", NURSERY, str(runs)]


def below_a_shim(runs: Path, *words: str, cwd: Path | None = None) -> subprocess.Popen[str]:
    """*words* as a child of a process that is called as a shim of the folder *runs* is."""
    return subprocess.Popen(called_a_shim(runs, *words), stdout=subprocess.PIPE, text=True, cwd=cwd)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


def test_an_agent_of_another_workspace_is_nobodys_person_here(runs: Path, tmp_path: Path) -> None:
    with below_a_shim(tmp_path / "theirs", *SAYS_WHO) as shim:
        assert shim.stdout is not None
        pid = int(shim.stdout.readline())
        assert agent_above(runs, pid) == ELSEWHERE
        assert is_agents(pid)
        subprocess.run(["kill", str(pid)], check=True)
    assert not is_agents(1)


def test_what_an_agent_starts_to_try_something_is_its_own(runs: Path, tmp_path: Path) -> None:
    with below_a_shim(tmp_path / "theirs", sys.executable, "-c", ASKS, str(runs)) as shim:
        out, _ = shim.communicate(timeout=60)
    assert out.split() == ["None", "None"]


@pytest.mark.parametrize(("ours", "found"), [("", ELSEWHERE), ("same", None)])
def test_a_variable_of_another_run_tells_it_too_unless_it_is_shared(
    runs: Path, monkeypatch: pytest.MonkeyPatch, ours: str, found: str | None
) -> None:
    talk = "/elsewhere/runs/i-7k2m.1/work/talk.sock"
    if ours:
        monkeypatch.setenv("DISPATCHD_TALK", talk)
    with subprocess.Popen(["sleep", "60"], env={"DISPATCHD_TALK": talk, "PATH": "/usr/bin:/bin"}) as process:
        assert agent_above(runs, process.pid) == found
        process.kill()


def test_what_cannot_be_looked_at_is_an_agents() -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    assert is_agents(gone.pid)
    assert is_agents(0)


@pytest.fixture
def ours(runs: Path) -> Path:
    run = runs / "i-7k2m.1"
    run.mkdir()
    return run


def test_103_who_is_below_the_shim_of_a_run_speaks_for_it(runs: Path, ours: Path) -> None:
    with below_a_shim(runs, *SAYS_WHO, cwd=ours) as shim:
        assert shim.stdout is not None
        pid = int(shim.stdout.readline())
        assert run_around(runs, pid) == ours.name
        assert run_around(runs.parent, pid) is None
        subprocess.run(["kill", str(pid)], check=True)
    assert run_around(runs, os.getpid()) is None
    assert run_around(runs, 0) is None


def test_103_nobody_speaks_for_a_run_by_a_variable_or_by_what_it_calls_itself(
    runs: Path, ours: Path, tmp_path: Path
) -> None:
    posing = ["env", f"{TALK}={ours}/work/talk.sock", *called_a_shim(runs, *SAYS_WHO)]
    with below_a_shim(tmp_path / "theirs", *posing, cwd=ours) as shim:
        assert shim.stdout is not None
        pid = int(shim.stdout.readline())
        assert agent_above(runs, pid) == ours.name, "what it says of itself makes it an agent's"
        assert run_around(runs, pid) is None, "and no agent of ours"
        subprocess.run(["kill", str(pid)], check=True)
