"""The watchdog watcher on this machine's own file system."""

import ctypes
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers import inotify_c
from watchdog.observers.api import EventEmitter

from dispatchd.adapters.tree import watcher as watcher_module
from dispatchd.adapters.tree.polling_watcher import PollingWatcher
from dispatchd.adapters.tree.watcher import WatchdogWatcher
from dispatchd.application.ports.tree_watcher import CookieSeen, GitMoved, Rescan, RescanReason, Touched
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes import listening_process
from tests.fakes.heard_hints import HeardHints


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tree" / "issues").mkdir(parents=True)
    return tmp_path / "tree"


@pytest.fixture
def hints() -> HeardHints:
    return HeardHints()


@pytest.fixture
def watcher(root: Path, hints: HeardHints) -> Iterator[WatchdogWatcher]:
    started = WatchdogWatcher(root)
    started.start(hints.put)
    yield started
    started.stop()


def test_every_way_of_saving_is_heard(watcher: WatchdogWatcher, hints: HeardHints, root: Path) -> None:
    path = root / "issues" / "a.md"
    path.write_bytes(b"created")
    assert hints.paths_through_cookie(watcher) == {"issues/a.md"}
    path.write_bytes(b"in place")
    assert hints.paths_through_cookie(watcher) == {"issues/a.md"}
    path.with_name(".new~").write_bytes(b"by rename")
    path.with_name(".new~").rename(path)
    assert hints.paths_through_cookie(watcher) == {"issues/a.md"}
    path.rename(root / "issues" / "b.md")
    assert hints.paths_through_cookie(watcher) == {"issues/a.md", "issues/b.md"}
    (root / "issues" / "b.md").unlink()
    assert hints.paths_through_cookie(watcher) == {"issues/b.md"}


def test_043_reading_and_the_droppings_of_editors_are_not_heard(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path
) -> None:
    (root / "issues" / "a.md").write_bytes(b"x")
    hints.through_cookie(watcher)
    (root / "issues" / "a.md").read_bytes()
    for name in (".a.md.swp", "4913", "a.md~", "a.md.orig"):
        (root / "issues" / name).write_bytes(b"x")
    assert hints.through_cookie(watcher) == []


def test_046_folders_made_at_once_with_a_file_in_the_last_are_seen(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path
) -> None:
    (root / "issues" / "a" / "b" / "c").mkdir(parents=True)
    (root / "issues" / "a" / "b" / "c" / "x.md").write_bytes(b"x")
    heard = hints.through_cookie(watcher)
    assert any(isinstance(hint, Rescan) and hint.under == "issues/a" for hint in heard)
    (root / "issues" / "a" / "b" / "c" / "y.md").write_bytes(b"x")
    assert hints.paths_through_cookie(watcher) == {"issues/a/b/c/y.md"}


def test_047_a_renamed_folder_is_scanned_at_both_names(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path
) -> None:
    (root / "issues" / "old").mkdir()
    (root / "issues" / "old" / "x.md").write_bytes(b"x")
    hints.through_cookie(watcher)
    (root / "issues" / "old").rename(root / "issues" / "new")
    heard = {(hint.reason, hint.under) for hint in hints.through_cookie(watcher) if isinstance(hint, Rescan)}
    assert heard >= {(RescanReason.FOLDER_WENT, "issues/old"), (RescanReason.FOLDER_CAME, "issues/new")}
    (root / "issues" / "new" / "x.md").write_bytes(b"y")
    assert hints.paths_through_cookie(watcher) == {"issues/new/x.md"}


def test_a_file_that_leaves_the_tree_holds_nothing_up(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path, tmp_path: Path
) -> None:
    for number in range(60):
        path = root / "issues" / f"{number}.md"
        path.write_bytes(b"x")
        path.rename(tmp_path / path.name)
    # With watchdog's own half second for each, this cookie would come after thirty.
    assert len(hints.paths_through_cookie(watcher)) == 60


def test_hidden_folders_and_foreign_files_are_not_heard(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path
) -> None:
    (root / ".obsidian").mkdir()
    (root / ".obsidian" / "app.md").write_bytes(b"x")
    (root / "issues" / "picture.png").write_bytes(b"x")
    assert hints.through_cookie(watcher) == []


def test_a_name_that_is_no_text_is_left_to_a_scan(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path
) -> None:
    bad = Path(os.fsdecode(bytes(root) + b"/issues/caf\xe9.md"))
    bad.write_bytes(b"x")
    assert set(hints.through_cookie(watcher)) == {Rescan(reason=RescanReason.BAD_NAME)}
    (root / "issues" / "a.md").write_bytes(b"x")
    hints.through_cookie(watcher)
    (root / "issues" / "a.md").rename(bad)
    assert set(hints.through_cookie(watcher)) == {
        Rescan(reason=RescanReason.BAD_NAME),
        Touched(path=DocumentPath("issues/a.md")),
    }
    bad.unlink()
    assert set(hints.through_cookie(watcher)) == {Rescan(reason=RescanReason.BAD_NAME)}
    bad.with_suffix(".png").write_bytes(b"x")
    assert hints.through_cookie(watcher) == []
    bad.with_suffix("").mkdir()
    (heard,) = hints.through_cookie(watcher)
    assert heard == Rescan(reason=RescanReason.FOLDER_CAME, under=DocumentPath("issues/caf\\xe9"))


def test_git_is_heard_in_its_folder(watcher: WatchdogWatcher, hints: HeardHints, tmp_path: Path) -> None:
    folder = tmp_path / "gitdir"
    folder.mkdir()
    watcher.watch_also(folder)
    (folder / "index.lock").write_bytes(b"x")
    (folder / "index.lock").rename(folder / "index")
    heard = hints.until(lambda hint: hint == GitMoved(folder=folder, name="index"))
    assert GitMoved(folder=folder, name="index.lock") in heard


def test_045_a_dead_thread_shows_and_a_new_start_hears_again(
    watcher: WatchdogWatcher, hints: HeardHints, root: Path
) -> None:
    for thread in threading.enumerate():
        if isinstance(thread, EventEmitter):
            thread.stop()
            thread.join()
    assert not watcher.is_alive()
    watcher.stop()
    watcher.start(hints.put)
    assert watcher.is_alive()
    (root / "issues" / "a.md").write_bytes(b"x")
    assert "issues/a.md" in hints.paths_through_cookie(watcher)


def test_049_the_end_of_the_tree_is_heard(watcher: WatchdogWatcher, hints: HeardHints, root: Path) -> None:
    shutil.rmtree(root)
    hints.until(lambda hint: hint == Rescan(reason=RescanReason.FOLDER_WENT))


def test_cookies_that_an_earlier_process_left_are_swept(root: Path, hints: HeardHints) -> None:
    (root / ".dispatchd-cookie-1-1").touch()
    watcher = WatchdogWatcher(root)
    watcher.start(hints.put)
    watcher.stop()
    assert [path.name for path in root.iterdir()] == ["issues"]


def test_021_without_inotify_instances_it_polls(root: Path, hints: HeardHints) -> None:
    watcher = WatchdogWatcher(root)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, hard))
    try:
        watcher.start(hints.put)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert watcher.is_alive()
    assert watcher.poll_seconds() == 2.0
    assert hints.through_cookie(watcher) == [Rescan(reason=RescanReason.POLL)]
    watcher.stop()


def test_021_without_a_watch_for_a_folder_it_says_so_and_polls_besides(
    root: Path, hints: HeardHints, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_watch = inotify_c.inotify_add_watch

    def no_watch_left(descriptor: int, path: bytes, mask: int) -> inotify_c.WatchDescriptor:
        if path.endswith(b"/issues"):
            ctypes.set_errno(errno.ENOSPC)
            return inotify_c.WatchDescriptor(-1)
        return add_watch(descriptor, path, mask)

    monkeypatch.setattr(inotify_c, "inotify_add_watch", no_watch_left)
    watcher = WatchdogWatcher(root)
    watcher.start(hints.put)
    hints.until(lambda hint: hint == Rescan(reason=RescanReason.WATCH_ERROR))
    assert watcher.is_alive()
    assert watcher.poll_seconds() == 2.0
    (root / "issues" / "a.md").write_bytes(b"x")
    assert Rescan(reason=RescanReason.POLL) in hints.through_cookie(watcher)
    (root / "README.md").write_bytes(b"x")
    hints.until(lambda hint: isinstance(hint, Touched) and hint.path == "README.md")
    watcher.stop()


def test_044_a_real_overflow_is_admitted_and_the_cookie_still_comes(root: Path) -> None:
    longest = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text(encoding="ascii"))
    command = [sys.executable, listening_process.__file__, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as listener:
        assert listener.stdin is not None
        assert listener.stdout is not None
        assert listener.stdout.readline() == "listening\n"
        listener.stdin.write("cookie\n")
        listener.stdin.flush()
        assert "CookieSeen" in listener.stdout.readline()
        listener.send_signal(signal.SIGSTOP)
        try:
            for number in range(longest // 2 + 500):
                (root / "issues" / f"{number}.md").touch()
        finally:
            listener.send_signal(signal.SIGCONT)
        listener.stdin.write("cookie\n")
        listener.stdin.flush()
        heard = ""
        while "CookieSeen" not in heard:
            line = listener.stdout.readline()
            assert line, "the listener ended"
            heard += line
        listener.stdin.close()
    assert f"{Rescan(reason=RescanReason.OVERFLOW)}\n" in heard


def test_a_cookie_nobody_dropped_is_no_news(watcher: WatchdogWatcher, hints: HeardHints, root: Path) -> None:
    (root / ".dispatchd-cookie-1-1").touch()
    assert not any(isinstance(hint, CookieSeen) for hint in hints.through_cookie(watcher))


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs", "virtiofs", "drvfs"])
def test_052_a_mount_that_sends_no_events_is_polled(
    kind: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher_module, "mount_kind", lambda _root: kind)
    assert isinstance(watcher_module.open_watcher(root), PollingWatcher)


def test_a_local_mount_is_listened_to(root: Path) -> None:
    assert isinstance(watcher_module.open_watcher(root), WatchdogWatcher)


def test_the_polling_watcher_ticks(hints: HeardHints) -> None:
    watcher = PollingWatcher(every_seconds=0.001)
    watcher.start(hints.put)
    for _ in range(3):
        hints.until(lambda hint: hint == Rescan(reason=RescanReason.POLL))
    watcher.stop()
