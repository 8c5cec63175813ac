"""What the doctor finds and leaves to a person, or mends elsewhere: each done for real, told in words, and put right."""

import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from dispatchd.composition.doctoring.finding import Finding, Gravity, Report
from dispatchd.composition.health import diagnose, treat
from tests.system.desk import Desk, new_repository, until


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = new_repository(tmp_path_factory.mktemp("house") / "work")
    desk.init()
    desk.save("issues/login.md", "---\ntitle: Login times out\n---\n\nThe form gives up.\n")
    desk.sync()
    yield desk
    desk.end()


def wrong(report: Report) -> list[str]:
    return [each.code for _, each in report.findings if each.gravity is not Gravity.NOTE]


def codes(desk: Desk) -> list[str]:
    return [each.code for _, each in diagnose(desk.root).findings]


def said(desk: Desk, code: str) -> Finding:
    found = [each for _, each in diagnose(desk.root).findings if each.code == code]
    assert len(found) == 1, [each.code for _, each in diagnose(desk.root).findings]
    return found[0]


def record(desk: Desk) -> Path:
    return Path(desk.tree_git("rev-parse", "--absolute-git-dir").strip())


def test_090_a_foreign_lock_is_told_with_its_age_and_who_may_hold_it_and_never_removed(house: Desk) -> None:
    lock = record(house) / "index.lock"
    lock.write_bytes(b"")
    os.utime(lock, (1_700_000_000, 1_700_000_000))
    finding = said(house, "tree-foreign-lock")
    assert finding.mend is None
    assert "2023-11-14 22:13:20Z" in finding.details[1]
    assert "no git command is seen at work there" in finding.details[2]
    treat(house.root, lambda _: True)
    assert lock.exists()
    with subprocess.Popen(["git", "cat-file", "--batch"], cwd=house.tree, stdin=subprocess.PIPE) as beside:
        until(
            lambda: f"git (pid {beside.pid})" in said(house, "tree-foreign-lock").details[2],
            "git is not seen",
        )
        assert beside.stdin is not None
        beside.stdin.close()
    lock.unlink()
    assert wrong(diagnose(house.root)) == []


def test_settings_that_are_not_in_force_are_counted_where_the_settings_are_told(house: Desk) -> None:
    kept = house.read("config.toml")
    house.path("config.toml").write_text(f"{kept}\n[nonsense]\nx = 1\n", encoding="utf-8")
    room = next(each for each in diagnose(house.root).rooms if each.name == "settings")
    assert room.fact.startswith("1 setting in config.toml is not in force; ")
    house.path("config.toml").write_text(kept, encoding="utf-8")
    room = next(each for each in diagnose(house.root).rooms if each.name == "settings")
    assert room.fact.startswith("config.toml reads well; ")


def test_the_branch_checked_out_in_another_worktree_is_told(house: Desk) -> None:
    other = house.root.with_name("other")
    house.git("worktree", "add", "-q", "--force", other, "dispatch")
    assert str(other) in said(house, "branch-elsewhere").what
    house.git("worktree", "remove", "--force", other)


def test_a_file_that_cannot_be_written_because_a_folder_stands_in_its_place_is_told(house: Desk) -> None:
    file = house.path("issues/login.md")
    kept = file.read_bytes()
    with closing(sqlite3.connect(house.private / "state.db")) as connection:
        connection.execute("UPDATE documents SET seen = NULL WHERE path = 'issues/login.md'")
        connection.commit()
    file.unlink()
    file.mkdir()
    finding = said(house, "writes-blocked")
    assert finding.details == ("issues/login.md: a folder stands in its place",)
    file.rmdir()
    file.write_bytes(kept)
    house.sync()
    assert wrong(diagnose(house.root)) == []


def test_054_events_dated_in_the_future_are_told(house: Desk) -> None:
    with closing(sqlite3.connect(house.private / "state.db")) as connection:
        (newest,) = connection.execute("SELECT max(position) FROM events").fetchone()
        (at,) = connection.execute("SELECT at FROM events WHERE position = ?", (newest,)).fetchone()
        moved = (at.replace(at[:4], "2099", 1), newest)
        connection.execute("UPDATE events SET at = ? WHERE position = ?", moved)
        connection.commit()
        finding = said(house, "clock-jumped")
        assert "2099-" in finding.what
        connection.execute("UPDATE events SET at = ? WHERE position = ?", (at, newest))
        connection.commit()
    assert wrong(diagnose(house.root)) == []


def test_a_setting_that_cannot_be_read_is_told_with_its_line(house: Desk) -> None:
    kept = house.read("config.toml")
    house.save("config.toml", kept + "\n[workspac]\nx = 1\n")
    finding = said(house, "settings-problem")
    assert finding.what.startswith(f"config.toml:{kept.count(chr(10)) + 2}:")
    house.save("config.toml", kept)


def test_a_git_that_is_too_old_is_told(house: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = shutil.which("git")
    old = tmp_path / "git"
    old.write_text(
        f'#!/bin/sh\ncase "$*" in *" version") echo "git version 2.30.2";; *) exec {real} "$@";; esac\n'
    )
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert "git 2.30.2 is too old" in said(house, "git-too-old").what


def test_a_lock_held_by_another_than_the_one_it_names_is_told(house: Desk) -> None:
    """A pid is given out again: the name in the file is not believed against the kernel."""
    lock = house.private / "lock"
    with lock.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        name = {"pid": 1, "started": "1", "boot_id": "x", "host": "h", "purpose": "dispatchd run"}
        held.write(json.dumps({**name, "since": "2026-01-01T00:00:00+00:00"}))
        held.flush()
        finding = said(house, "lock-of-another")
        assert any(f"(pid {os.getpid()})" in each for each in finding.details)
        held.truncate(0)
    assert wrong(diagnose(house.root)) == []


def test_a_moved_repository_is_found_and_tied_again(house: Desk) -> None:
    moved = house.root.with_name("moved")
    house.root.rename(moved)
    assert wrong(diagnose(moved)) == ["tree-moved"]
    treatment = treat(moved, lambda _: False)
    assert [each.code for each in treatment.done] == ["tree-moved"]
    moved.rename(house.root)
    treat(house.root, lambda _: False)
    assert wrong(diagnose(house.root)) == []


def test_a_copied_repository_is_parted_from_the_original_when_it_is_agreed_to(house: Desk) -> None:
    copy = house.root.with_name("copy")
    shutil.copytree(house.root, copy, symlinks=True)
    assert wrong(diagnose(copy)) == ["tree-copied"]
    assert [each.is_mended for each in treat(copy, lambda _: False).done] == [False]
    assert "tree-copied" not in wrong(treat(copy, lambda _: True).report)
    assert wrong(diagnose(house.root)) == []


def test_094_what_the_branch_lost_when_it_was_moved_is_told_again_and_kept_from_collection(
    house: Desk,
) -> None:
    house.save("issues/second.md", "---\ntitle: A second one\n---\n\nText.\n")
    house.sync()
    before = house.tree_git("rev-parse", "HEAD~1").strip()  # the last one is the answer to it
    house.tree_git("reset", "-q", "--hard", "HEAD~2")
    house.sync()
    assert house.tree_git("log", "--format=%s").count("opens ") == 2
    assert wrong(diagnose(house.root)) == []
    house.git("reflog", "expire", "--expire=now", "--all")
    house.git("gc", "-q", "--prune=now")
    assert house.git("cat-file", "-t", before) == "commit\n"


def test_a_stopped_daemon_and_an_open_socket_are_told(house: Desk) -> None:
    pid = house.up()
    (house.private / "control.sock").chmod(0o666)
    assert wrong(diagnose(house.root)) == ["socket-open"]
    assert [each.code for each in treat(house.root, lambda _: False).done] == ["socket-open"]
    os.kill(pid, signal.SIGSTOP)
    assert said(house, "daemon-silent").next_step == f"Run: kill -CONT {pid}"
    os.kill(pid, signal.SIGCONT)
    until(lambda: wrong(diagnose(house.root)) == [], "the daemon does not answer")
    house.down()


def test_a_daemon_of_another_version_is_told_and_started_again(house: Desk) -> None:
    driver = (
        "import dispatchd; dispatchd.__version__ = '0.0.9'; from dispatchd.__main__ import main; "
        "import sys; sys.argv = ['dispatchd', 'run']; main()"
    )
    with subprocess.Popen([sys.executable, "-c", driver], cwd=house.root, stderr=subprocess.PIPE) as old:
        house.daemons.append(old.pid)
        until(lambda: "daemon-of-another-version" in codes(house), "the daemon says nothing of its version")
        finding = said(house, "daemon-of-another-version")
        assert finding.what.startswith("The daemon that runs is dispatchd 0.0.9")
        treatment = treat(house.root, lambda _: True)
        assert wrong(treatment.report) == []
        house.daemons.append(int(house.json("status")["daemon"]["pid"]))
    house.down()


def test_a_cell_that_cannot_be_tried_is_told_as_that_and_confirms_nothing(house: Desk) -> None:
    if shutil.which("bwrap") is None:
        pytest.skip("bubblewrap (bwrap) is not installed")
    before = house.read("config.toml")
    house.save("agents/ash/agent.md", "---\nname: ash\nrole: coder\nengine: scripted\n---\n")
    house.sed('s|^\\[agents\\]$|[agents]\\nclones = "/proc/none"|', "config.toml")
    house.sync()
    finding = said(house, "cell-untried")
    assert "the cell could not be tried: No such file or directory" in finding.what
    assert "confirm" not in finding.next_step
    assert "agents-uncontained" not in codes(house)
    house.save("config.toml", before)
    (house.tree / "agents" / "ash" / "agent.md").unlink()
    house.sync()


LIMITS: Final = 'echo {} > /proc/sys/user/max_inotify_{}; exec "$0" -m dispatchd doctor --json'


@pytest.mark.parametrize(("most", "of"), [("0", "instances"), ("0", "watches")])
def test_021_no_watches_left_is_told_with_the_line_that_gives_more(house: Desk, most: str, of: str) -> None:
    words = ["unshare", "--user", "--map-root-user", "sh", "-c", LIMITS.format(most, of), sys.executable]
    answer = house.run(*words)
    if "unshare" in answer.err:
        pytest.skip("needs user namespaces")
    items = {each["code"]: each for each in json.loads(answer.out)["items"]}
    assert f"sudo sysctl fs.inotify.max_user_{of}=" in items["watch-limit"]["next_step"]


def test_a_private_folder_on_another_file_system_is_told_as_a_lesser_mount(house: Desk) -> None:
    mount = f'mount -t tmpfs none {house.private} && exec "$0" -m dispatchd doctor --json'
    answer = house.run("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, sys.executable)
    if not answer.out:
        pytest.skip("needs user namespaces")
    items = {each["code"]: each for each in json.loads(answer.out)["items"]}
    assert "on another file system" in items["mount-degraded"]["what"]


def test_particular_repositories_are_worked_in_or_said_to_be(tmp_path: Path) -> None:
    first = new_repository(tmp_path / "first")
    first.run("git", "init", "-q", "--object-format=sha256", tmp_path / "long", cwd=tmp_path)
    long = Desk(tmp_path / "long")
    long.git("commit", "-q", "--allow-empty", "-m", "Begin")
    first.do("git", "clone", "-q", "--depth=1", f"file://{first.root}", tmp_path / "cut", cwd=tmp_path)
    first.git("config", "uploadpack.allowFilter", "true")
    first.do(
        "git", "clone", "-q", "--filter=blob:none", f"file://{first.root}", tmp_path / "part", cwd=tmp_path
    )
    first.git("submodule", "--quiet", "add", f"file://{first.root}", "inner")
    facts = {}
    for place in (long.root, tmp_path / "cut", tmp_path / "part", first.root / "inner"):
        desk = Desk(place)
        desk.init()
        report = diagnose(place)
        assert wrong(report) == []
        facts[place.name] = next(room.fact for room in report.rooms if room.name == "repository")
    assert "sha256 object names" in facts["long"]
    assert "shallow" in facts["cut"]
    assert "partial" in facts["part"]
    assert "a submodule" in facts["inner"]


def test_a_file_with_conflict_markers_is_named_with_its_line_and_left_to_its_person(house: Desk) -> None:
    whole = house.read("issues/login.md")
    marked = whole.replace(
        "The form gives up.", "<<<<<<< HEAD\nThe form gives up.\n=======\nIt stops.\n>>>>>>> theirs"
    )
    house.save("issues/login.md", marked)
    house.sync()
    line = marked.splitlines().index("<<<<<<< HEAD") + 1
    finding = said(house, "files-unreadable")
    assert finding.mend is None
    assert finding.details[0].startswith(f"issues/login.md:{line}: There is an unfinished merge here")
    assert treat(house.root, lambda _: True).done == ()
    assert house.read("issues/login.md") == marked
    facts = {room.name: room.fact for room in diagnose(house.root).rooms}
    assert facts["writes"] == "1 file that cannot be read"
    house.save("issues/login.md", whole)
    house.sync()
    assert "files-unreadable" not in wrong(diagnose(house.root))
