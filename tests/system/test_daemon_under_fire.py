"""The daemon killed, doubled, told to stop, kept busy and put into deep folders."""

import re
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from tests.system.conftest import NewDesk
from tests.system.desk import BRISK, COMMAND, Desk, is_running, until

pytestmark = pytest.mark.cold
FILES = 60
KILLS = 2


def burst(desk: Desk, names: range) -> None:
    """Many files at once, each with a text of its own."""
    for number in names:
        desk.save(f"issues/issue {number:03}.md", f"The text of number {number}.\n")


def test_inv8_a_daemon_killed_in_the_middle_of_bursts_loses_nothing_and_does_nothing_twice(
    idle_desk: Desk,
) -> None:
    desk = idle_desk
    for kill in range(KILLS):
        pid = desk.up()
        burst(desk, range(kill * FILES, (kill + 1) * FILES))
        until(
            lambda: any("id: i-" in file.read_text() for file in desk.tree.glob("issues/issue *.md")),
            "no answer",
        )
        desk.sed("s/^The text/My text/", *desk.tree.glob("issues/issue *.md"))
        desk.kill(pid)
        print(f"kill {kill + 1}: {len(committed_by_then(desk))} events committed")
    desk.up()
    desk.sync()

    files = sorted(desk.tree.glob("issues/issue *.md"))
    assert len(files) == FILES * KILLS
    for file in files:
        number = int(re.findall(r"\d+", file.stem)[0])
        text = file.read_text(encoding="utf-8")
        assert text.count("id: i-") == 1, text
        assert re.search(rf"---\n\nMy text of number {number}\.\n\Z", text), text
    assert desk.event_types().count("IssueOpened") == FILES * KILLS
    assert len(desk.issues()) == FILES * KILLS
    assert not list((desk.private / "tmp").iterdir())
    desk.is_level()


def committed_by_then(desk: Desk) -> list[str]:
    return desk.committed_events()


def test_inv3_a_restart_loop_commits_and_writes_nothing(desk: Desk) -> None:
    burst(desk, range(5))
    desk.sync()
    head, texts = desk.tree_git("rev-parse", "HEAD"), contents(desk)
    for _ in range(3):
        desk.kill(desk.daemons[-1])
        desk.up()
        desk.sync()
    assert desk.tree_git("rev-parse", "HEAD") == head
    assert contents(desk) == texts


def contents(desk: Desk) -> dict[Path, tuple[bytes, int]]:
    return {file: (file.read_bytes(), file.stat().st_ino) for file in desk.tree.glob("issues/*.md")}


def test_096_a_second_daemon_names_the_process_that_holds_the_workspace(desk: Desk) -> None:
    second = desk.run(COMMAND, "run")
    assert second.code == 1
    assert str(desk.daemons[0]) in second.err
    assert "Traceback" not in second.err
    assert is_running(desk.daemons[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_098_a_daemon_told_to_stop_finishes_what_it_began(number: signal.Signals, idle_desk: Desk) -> None:
    desk = idle_desk
    with subprocess.Popen(
        [COMMAND, "run"], cwd=desk.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as daemon:
        desk.daemons.append(daemon.pid)
        until(
            lambda: desk.run(COMMAND, "sync").code == 0 and desk.json("status")["daemon"],
            "it does not answer",
        )
        burst(desk, range(10))
        desk.sync()
        desk.dispatchd("issue", "new", "One more")
        daemon.send_signal(number)
        _, told = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, told
    assert "Traceback" not in told
    assert "dispatchd has stopped" in told
    assert "\nNo daemon runs; to start it: dispatchd up." in desk.read("STATUS.md")
    assert len(desk.issues()) == 11
    desk.is_level()


def test_the_log_is_put_away_before_it_grows_too_large(idle_desk: Desk) -> None:
    logs = idle_desk.private / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    (logs / "dispatchd.log").write_bytes(b"an old line\n" * (2 * 1024 * 1024 // 12))
    idle_desk.up()
    until((logs / "dispatchd.log.1").exists, "the full log stayed")
    # First the old one is renamed, then a new one is begun.
    until((logs / "dispatchd.log").exists, "no log is kept any more")
    assert (logs / "dispatchd.log").stat().st_size < 100_000
    assert stat.S_IMODE((logs / "dispatchd.log").stat().st_mode) == 0o600


def test_the_control_socket_is_the_owners_alone_however_deep_the_folder(new_desk: NewDesk) -> None:
    desk = new_desk("/".join(["a folder with a long name"] * 6))
    assert len(str(desk.private)) > 150
    desk.init(sync=BRISK)
    desk.up()
    sockets = [file for file in desk.private.iterdir() if stat.S_ISSOCK(file.lstat().st_mode)]
    assert [stat.S_IMODE(file.stat().st_mode) for file in sockets] == [0o600, 0o600]
    assert desk.dispatchd("issue", "new", "Deep down").startswith("i-")
    desk.sync()
    assert [issue["title"] for issue in desk.issues().values()] == ["Deep down"]
