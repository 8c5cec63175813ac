"""What tells a process from a later one that is given its pid."""

import os
import signal
import subprocess

import pytest

from dispatchd.adapters.processes.process_facts import identity_here, is_near, lives


def test_this_process_lives_and_no_other_of_its_pid_does() -> None:
    here = identity_here()
    assert here["pid"] == os.getpid()
    assert lives(here) is True
    assert lives({**here, "started": "1"}) is False
    assert lives({**here, "boot": "another"}) is False


@pytest.mark.parametrize("unknown", [{"within": "pid:[1]"}, {"within": ""}, {"started": ""}])
def test_of_what_cannot_be_seen_nothing_is_said(unknown: dict[str, str]) -> None:
    assert lives({**identity_here(), **unknown}) is None
    assert lives({}) is None
    assert not is_near({})


def test_who_has_ended_and_was_not_asked_how_lives_no_more() -> None:
    with subprocess.Popen(["sleep", "600"]) as process:
        with open(f"/proc/{process.pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123
            started = stat.read().rpartition(")")[2].split()[19]
        other = {**identity_here(), "pid": process.pid, "started": started}
        assert lives(other) is True
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert lives(other) is False
