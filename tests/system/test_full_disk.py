"""A disk that fills up under a running daemon: said wherever people look, nothing lost, and no help needed afterwards."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.desk import Desk, new_repository, until
from tests.system.small_disk import Ballast, small_disk

PATHS = [f"issues/issue {number}.md" for number in range(4)]


@pytest.fixture
def disk(outside_tmp: Path) -> Iterator[Path]:
    with small_disk(outside_tmp / "disk") as place:
        yield place


@pytest.fixture
def desk(disk: Path) -> Iterator[Desk]:
    desk = new_repository(disk / "work")
    desk.init()
    desk.up()
    yield desk
    desk.end()


@pytest.fixture
def issues(desk: Desk) -> dict[str, str]:
    return opened(desk)


def opened(desk: Desk) -> dict[str, str]:
    """An issue at each path; their ids."""
    for path in PATHS:
        desk.save(path, f"Text of {path}.\n")
    desk.sync()
    return {path: desk.fact(path, "id") for path in PATHS}


def overwrite(desk: Desk, path: str, before: bytes, after: bytes) -> None:
    """Save in place without needing another block of the disk."""
    assert len(before) == len(after)
    text = desk.path(path).read_bytes()
    assert before in text
    with desk.path(path).open("r+b") as opened:
        opened.write(text.replace(before, after, 1))


def is_said(desk: Desk, *words: str) -> bool:
    said = desk.ask(*words)
    return "is full" in said.out + said.err


def test_014_015_016_a_full_disk_is_said_and_after_it_everything_goes_on_by_itself(
    desk: Desk, issues: dict[str, str], disk: Path
) -> None:
    ballast, first = Ballast(disk), PATHS[0]
    ballast.fill()
    overwrite(desk, first, b"priority: medium", b"priority: high  ")
    until(lambda: "everything waits" in desk.logs(), "the daemon has not met the full disk")
    assert is_said(desk, "status"), desk.dispatchd("status")
    assert "is full" in desk.json("status")["paused"]
    assert is_said(desk, "doctor")
    assert is_said(desk, "sync", "--wait")
    refused = desk.ask("issue", "set", issues[PATHS[1]], "priority=low")
    assert refused.code == 1
    assert "full" in refused.err
    assert [issue["priority"] for issue in desk.issues().values()] == ["medium"] * 4
    assert desk.logs().count('"action": "halted"') == 1, "the daemon says the same again and again"

    ballast.empty()
    until(lambda: desk.issues()[issues[first]]["priority"] == "high", "the daemon did not go on by itself")
    desk.sync()
    assert not is_said(desk, "status")
    assert not is_said(desk, "doctor")
    assert desk.event_types(issues[first]).count("FactSet") == 1
    assert desk.issues()[issues[PATHS[1]]]["priority"] == "medium"
    desk.is_level()


def test_014_015_016_a_daemon_killed_on_a_full_disk_starts_and_goes_on(
    desk: Desk, issues: dict[str, str], disk: Path
) -> None:
    ballast, first = Ballast(disk), PATHS[0]
    ballast.fill()
    overwrite(desk, first, b"status: unassigned", b"status: queued    ")
    until(lambda: "everything waits" in desk.logs(), "the daemon has not met the full disk")
    desk.kill(desk.daemons[-1])
    assert is_said(desk, "status")
    started = desk.ask("up")
    assert started.code in {0, 1}, started.err
    ballast.empty()
    until(lambda: is_up_and_level(desk), "it does not come up again")
    assert desk.issues()[issues[first]]["status"] == "queued"
    assert desk.event_types(issues[first]).count("IssueMoved") == 1
    desk.is_level()


def is_up_and_level(desk: Desk) -> bool:
    """Whether a daemon runs and has done everything; one that came up on a full disk may just be ending."""
    if desk.json("status")["daemon"] is None:
        desk.ask("up")
    if desk.ask("sync", "--wait").code:
        return False
    running = desk.json("status")["daemon"]
    if running is not None:
        desk.daemons.append(int(running["pid"]))
    return running is not None


def test_016_where_only_git_has_no_room_files_and_state_go_on_and_commits_catch_up(bare_desk: Desk) -> None:
    desk, objects = bare_desk, bare_desk.root / ".git" / "objects"
    kept = objects.rename(objects.with_name("kept"))
    with small_disk(objects):
        desk.do("cp", "-a", f"{kept}/.", objects)
        desk.init()
        desk.up()
        issues, ballast = opened(desk), Ballast(objects)
        commits = len(desk.commits())
        ballast.fill()
        desk.dispatchd("issue", "set", issues[PATHS[0]], "priority=high")
        until(lambda: desk.fact(PATHS[0], "priority") == "high", "the file does not follow")
        until(lambda: desk.json("status")["paused"], "nothing says that commits wait")
        assert "files and state go on, but commits wait" in desk.dispatchd("status")
        assert len(desk.commits()) == commits
        ballast.empty()
        until(lambda: len(desk.commits()) > commits, "the commits do not catch up")
        desk.sync()
        assert desk.json("status")["paused"] is None
        assert desk.event_types(issues[PATHS[0]]).count("FactSet") == 1
        desk.is_level()
        desk.down()


def test_014_015_016_a_disk_that_fills_and_empties_all_the_time_loses_no_save(
    desk: Desk, issues: dict[str, str], disk: Path
) -> None:
    ballast, done = Ballast(disk), threading.Event()

    def fill_and_empty() -> None:
        while not done.is_set():
            ballast.fill()
            done.wait(0.1)
            ballast.empty()
            done.wait(0.4)

    hand = threading.Thread(target=fill_and_empty)
    hand.start()
    told = 0
    try:
        for number in range(24):
            path = PATHS[number % len(PATHS)]
            said = desk.ask("comment", issues[path], f"Remark {number}")
            told += said.code == 0
    finally:
        done.set()
        hand.join()
    desk.sync()
    kept = sum(desk.read(path).count("Remark ") for path in PATHS)
    print(f"{told} of 24 remarks were taken beside a disk that filled up; {kept} stand in the files")
    assert kept == told == desk.event_types().count("CommentAdded")
    desk.is_level()
