"""A daemon that a signal has halted: whoever waits for it is told so, and how it goes on."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.desk import COMMAND, COMMAND_SECONDS, Desk, is_running
from tests.system.patience import until
from tests.system.standing_still import standing_still


def asked(desk: Desk, told: Path, *words: str) -> subprocess.Popen[bytes]:
    """A command that goes on while the test looks at what it says, in the file *told*."""
    with told.open("wb") as err:
        return subprocess.Popen([COMMAND, *words], cwd=desk.root, stdout=subprocess.DEVNULL, stderr=err)


@pytest.mark.parametrize("served", [False, True], ids=["by itself", "by the command server"])
def test_a_command_that_waits_for_a_halted_daemon_says_so_and_is_done_when_it_goes_on(
    desk: Desk, served: bool
) -> None:
    issue = desk.dispatchd("issue", "new", "Login").strip()
    if served:
        for _ in range(2):
            desk.run(COMMAND, "status")
        until((desk.private / "commands.sock").exists, "no command server was started")
    desk.sync()
    told = desk.root / "told.txt"
    with standing_still(desk):
        command = asked(desk, told, "comment", issue, "Seen once")
        until(lambda: "is stopped by a signal. Run: kill -CONT" in told.read_text("utf-8"), "it waits mutely")
        assert command.poll() is None
    assert command.wait(COMMAND_SECONDS) == 0
    assert told.read_text("utf-8").count("stopped by a signal") == 1
    desk.sync()
    assert desk.event_types(issue).count("CommentAdded") == 1


def test_up_and_status_say_that_the_daemon_is_halted(desk: Desk) -> None:
    pid = desk.daemons[-1]
    desk.sync()
    with standing_still(desk):
        up = desk.ask("up")
        assert (up.code, up.out) == (1, "")
        assert f"The daemon (pid {pid}) is stopped by a signal. Run: kill -CONT {pid}" in up.err
        assert f"its daemon is stopped by a signal: kill -CONT {pid}" in desk.dispatchd("status")
        assert desk.json("status")["daemon"]["stopped"] is True
    assert desk.json("status")["daemon"]["stopped"] is False


def test_down_ends_a_daemon_that_is_halted(desk: Desk) -> None:
    pid = desk.daemons[-1]
    desk.sync()
    os.kill(pid, signal.SIGSTOP)
    until(lambda: desk.json("status")["daemon"]["stopped"], "it goes on")
    said = desk.ask("down")
    assert said.code == 0
    assert "let go on, to end" in said.err
    until(lambda: not is_running(pid), "it still runs")
    desk.is_level()


def test_up_and_status_say_that_the_daemon_is_of_another_version(idle_desk: Desk) -> None:
    driver = (
        "import dispatchd; dispatchd.__version__ = '0.0.9'; from dispatchd.__main__ import main; "
        "import sys; sys.argv = ['dispatchd', 'run']; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", driver], cwd=idle_desk.root, stderr=subprocess.DEVNULL
    ) as old:
        idle_desk.daemons.append(old.pid)
        until(lambda: idle_desk.json("status")["daemon"], "it does not begin")
        told = "The daemon that runs is dispatchd 0.0.9; this is 0.1.0. Run: dispatchd down && dispatchd up"
        assert told in idle_desk.ask("up").err
        assert told in idle_desk.dispatchd("status")
        assert idle_desk.json("status")["daemon"]["version"] == "0.0.9"
        idle_desk.down()
    pid = idle_desk.up()
    assert idle_desk.json("status")["daemon"]["pid"] == pid
    assert told not in idle_desk.dispatchd("status") + idle_desk.ask("up").err
