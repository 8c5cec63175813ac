"""Shims forked by a nursery: each is what a shim that was started by itself is, and misses nobody who dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatchd.adapters.processes import run_shim, shims
from dispatchd.adapters.processes.process_kin import ELSEWHERE, agent_above
from dispatchd.adapters.processes.shims import Shims

WITHIN = 30.0
LISTENS = "import sys\nprint('up', flush=True)\nfor line in sys.stdin: print('got', line, end='', flush=True)"


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end, "it did not come to be"
        os.sched_yield()


def ordered(runs: Path, name: str, script: str, *, keeps_reading: bool = False) -> Path:
    run = runs / name
    run.mkdir(parents=True)
    order = {
        "argv": [sys.executable, "-I", "-S", "-c", script],
        "environment": {"PATH": "/usr/bin:/bin"},
        "folder": str(runs),
        "first_lines": [],
        "keeps_reading": keeps_reading,
        "limits": {},
    }
    (run / "order.json").write_text(json.dumps(order), encoding="utf-8")
    return run


def said(run: Path) -> str:
    transcript = run / "stdout.ndjson"
    return transcript.read_text(encoding="utf-8") if transcript.exists() else ""


def pid_of(run: Path) -> int:
    return int(json.loads((run / "begun").read_text(encoding="utf-8"))["pid"])


def code_of(run: Path) -> int | None:
    until((run / "exit.json").exists)
    code: int | None = json.loads((run / "exit.json").read_text(encoding="utf-8"))["code"]
    return code


def is_gone(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def nursery_of(starting: Shims) -> int:
    assert starting.nursery is not None
    return starting.nursery


def end(run: Path) -> None:
    os.killpg(os.getpgid(pid_of(run)), signal.SIGKILL)


def what_is_known_of(pid: int) -> dict[str, object]:
    place = Path(f"/proc/{pid}")
    status = dict(
        line.split(":\t", 1) for line in (place / "status").read_text().splitlines() if ":\t" in line
    )
    facts = [int(each) for each in (place / "stat").read_text().rpartition(")")[2].split()[2:5]]
    group, session, terminal = facts
    return {
        "leads its group and session": (group == pid, session == pid),
        "terminal": terminal,
        "signals": {name: status[name] for name in ("SigBlk", "SigIgn", "SigCgt", "ShdPnd")},
        "umask": status["Umask"],
        "threads": status["Threads"],
        "folder": (place / "cwd").readlink().parent,
        "limits": (place / "limits").read_text(),
        "environment": (place / "environ").read_bytes(),
        "descriptors": sorted(
            (int(each.name), each.readlink().name.partition("[")[0]) for each in (place / "fd").iterdir()
        ),
    }


def test_a_forked_shim_is_what_one_started_by_itself_is(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    forked, alone = (ordered(runs, name, LISTENS, keeps_reading=True) for name in ("i-1.1", "i-2.1"))
    starting = Shims(runs)
    starting.start(forked)
    with (alone / "shim.txt").open("ab") as says:
        by_itself = subprocess.Popen(
            [sys.executable, "-I", "-S", run_shim.__file__, str(alone)],
            stdin=subprocess.DEVNULL,
            stdout=says,
            stderr=says,
            env={name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ},
            start_new_session=True,
        )
    until(lambda: said(forked) and said(alone))
    assert Path(f"/proc/{pid_of(forked)}/cmdline").read_bytes().split(b"\0")[-3:-1] == [
        b"dispatchd-shims",
        os.fsencode(runs),
    ]
    assert what_is_known_of(pid_of(forked)) == what_is_known_of(by_itself.pid)
    for run in (forked, alone):
        end(run)
    by_itself.wait()


def test_what_it_could_not_do_is_written_beside_its_run(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "i-1.1"
    run.mkdir(parents=True)
    Shims(run.parent).start(run)
    until(lambda: "order.json" in (run / "shim.txt").read_text(encoding="utf-8"))
    assert (run / "shim.txt").stat().st_mode & 0o777 == 0o600


def test_a_killed_nursery_takes_no_turn_with_it_and_is_followed_by_another(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    waits = f"import os\nprint('up', flush=True)\nwhile not os.path.exists({str(tmp_path / 'go')!r}): pass\nprint('on')"
    first, second = ordered(runs, "i-1.1", waits), ordered(runs, "i-2.1", "print('too')")
    starting = Shims(runs)
    starting.start(first)
    killed = nursery_of(starting)
    until(lambda: said(first) == "up\n")
    os.kill(killed, signal.SIGKILL)
    until(lambda: is_gone(killed))
    starting.start(second)
    assert code_of(second) == 0
    (tmp_path / "go").touch()
    assert code_of(first) == 0
    assert (said(first), said(second)) == ("up\non\n", "too\n")
    third = ordered(runs, "i-3.1", "print('again')")
    starting.start(third)
    assert code_of(third) == 0
    assert nursery_of(starting) != killed


DAEMON = """
import sys
from pathlib import Path
from dispatchd.adapters.processes.shims import Shims
starting = Shims(Path(sys.argv[1]).parent)
starting.start(Path(sys.argv[1]))
print(starting.nursery, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, None])
def test_a_nursery_ends_with_its_daemon_and_a_turn_does_not(
    tmp_path: Path, how: signal.Signals | None
) -> None:
    go = tmp_path / "go"
    script = f"import os\nprint('up', flush=True)\nwhile not os.path.exists({str(go)!r}): pass\nprint('on')"
    run = ordered(tmp_path / "runs", "i-1.1", script)
    command = [sys.executable, "-c", DAEMON, str(run)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None
        nursery = int(daemon.stdout.readline())
        until(lambda: said(run) == "up\n")
        if how is not None:
            daemon.send_signal(how)
    until(lambda: is_gone(nursery))
    assert not (run / "exit.json").exists()
    go.touch()
    assert code_of(run) == 0
    assert said(run) == "up\non\n"


def test_a_nursery_that_cannot_begin_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shims, "_BEGIN", "raise SystemExit('no')")
    run = ordered(tmp_path / "runs", "i-1.1", "print('done')")
    Shims(run.parent).start(run)
    assert code_of(run) == 0
    assert said(run) == "done\n"


def test_asked_twice_one_shim_runs(tmp_path: Path) -> None:
    run = ordered(tmp_path / "runs", "i-1.1", "print('once')")
    starting = Shims(run.parent)
    for _ in range(5):
        starting.start(run)
    assert code_of(run) == 0
    assert said(run) == "once\n"


BARE = """
import os, subprocess, sys
subprocess.Popen([sys.executable, "-I", "-S", "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"], env={})
sys.stdin.read()
"""


def test_whatever_is_below_a_forked_shim_is_the_run_s(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    run = ordered(runs, "i-1.1", BARE, keeps_reading=True)
    starting = Shims(runs)
    starting.start(run)
    until(lambda: said(run).endswith("\n"))
    bare = int(said(run))
    assert agent_above(runs, bare) == "i-1.1"
    assert agent_above(tmp_path / "others", bare) == ELSEWHERE
    run.rename(tmp_path / "moved")
    assert agent_above(runs, bare), "an agent that moves its folder away is an agent still"
    assert agent_above(runs, os.getpid()) is None
    end(tmp_path / "moved")
    os.kill(bare, signal.SIGKILL)
