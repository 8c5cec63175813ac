import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatchd import __version__
from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock
from dispatchd.application.ports.workspace_lock import WorkspaceBusy
from dispatchd.domain.errors import WorkspaceError

AT = datetime(2026, 11, 21, 7, 12, tzinfo=UTC)
HOLD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock
lock = FlockWorkspaceLock(Path(sys.argv[1]))
lock.acquire("dispatchd run", datetime(2026, 11, 21, 7, 12, tzinfo=UTC))
print("held", flush=True)
sys.stdin.readline()
"""

ONLY_HOLDS = """
import fcntl, sys
with open(sys.argv[1]) as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "dispatchd" / "lock"


@contextmanager
def another_process_holding(path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child
        if child.poll() is None:
            child.communicate("\n")


def test_096_the_second_is_told_who_holds_the_workspace(path: Path) -> None:
    with another_process_holding(path) as child:
        with pytest.raises(WorkspaceBusy) as refused:
            FlockWorkspaceLock(path).acquire("dispatchd sync", AT)
        assert f"Process {child.pid} on " in str(refused.value)
        assert "`dispatchd run` since 2026-11-21 07:12:00Z" in str(refused.value)
        assert "`dispatchd down`" in str(refused.value)
        assert refused.value.holder is not None
        assert refused.value.holder.process.pid == child.pid


def test_096_kill_9_frees_the_lock_and_its_file_stays(path: Path) -> None:
    with another_process_holding(path) as child:
        inode = path.stat().st_ino
        child.send_signal(signal.SIGKILL)
        child.wait()
        lock = FlockWorkspaceLock(path)
        assert lock.holder() is None, "the dead one's name still stands in the file and is not believed"
        lock.acquire("dispatchd run", AT)
        holder = lock.holder()
        assert holder is not None
        assert holder.process.pid == os.getpid()
        assert path.stat().st_ino == inode
        lock.release()
    assert path.exists()


def test_a_released_lock_can_be_taken_again_and_names_nobody_meanwhile(path: Path) -> None:
    first, second = FlockWorkspaceLock(path), FlockWorkspaceLock(path)
    first.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceBusy):
        second.acquire("dispatchd sync", AT)
    first.release()
    first.release()
    assert second.holder() is None
    second.acquire("dispatchd sync", AT)
    assert (holder := first.holder()) is not None
    assert holder.purpose == "dispatchd sync"
    assert holder.since == AT
    second.release()


def test_a_name_without_a_version_is_that_of_an_earlier_one(path: Path) -> None:
    lock = FlockWorkspaceLock(path)
    lock.acquire("dispatchd run", AT)
    holder = lock.holder()
    assert holder is not None
    assert holder.version == __version__
    said = json.loads(path.read_text("utf-8"))
    del said["version"]
    path.write_text(json.dumps(said), encoding="utf-8")
    holder = lock.holder()
    assert holder is not None
    assert holder.version == ""
    lock.release()


def test_asking_who_holds_it_neither_creates_the_file_nor_keeps_it(path: Path) -> None:
    lock = FlockWorkspaceLock(path)
    assert lock.holder() is None
    assert not path.exists()


def test_somebody_who_only_looks_never_makes_an_owner_fail(path: Path) -> None:
    over = threading.Event()

    def look() -> None:
        onlooker = FlockWorkspaceLock(path)
        while not over.is_set():
            onlooker.holder()

    onlookers = [threading.Thread(target=look) for _ in range(2)]
    for thread in onlookers:
        thread.start()
    try:
        for _ in range(200):
            lock = FlockWorkspaceLock(path)
            lock.acquire("dispatchd run", AT)
            lock.release()
    finally:
        over.set()
        for thread in onlookers:
            thread.join()


def test_097_a_name_left_by_a_process_whose_pid_lives_on_in_another_is_not_believed(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        f'{{"pid": {os.getpid()}, "started": "1", "boot_id": "x", "host": "h", "purpose": "p",'
        f' "since": "2026-11-21T07:12:00+00:00"}}\n',
        encoding="utf-8",
    )
    lock = FlockWorkspaceLock(path)
    assert lock.holder() is None
    lock.acquire("dispatchd run", AT)
    lock.release()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"pid": "x"}', b"\xff\x00", b"{}" * 5000])
def test_whatever_stands_in_the_file_the_kernel_decides(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    lock = FlockWorkspaceLock(path)
    assert lock.holder() is None
    lock.acquire("dispatchd run", AT)
    path.write_bytes(content)
    assert FlockWorkspaceLock(path).holder() is None
    with pytest.raises(WorkspaceBusy, match="left no name"):
        FlockWorkspaceLock(path, patience=0.02).acquire("dispatchd sync", AT)
    lock.release()


def test_who_holds_it_beside_a_name_that_is_nobodys_is_told(path: Path) -> None:
    lock = FlockWorkspaceLock(path)
    lock.acquire("dispatchd run", AT)
    lock.release()
    line = [sys.executable, "-c", ONLY_HOLDS, str(path)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WorkspaceBusy, match=rf"left no name in .*: \S+ \(pid {other.pid}\)\. End it"):
            FlockWorkspaceLock(path, patience=0.02).acquire("dispatchd sync", AT)


def test_a_lock_file_deleted_under_its_holder_is_made_anew_and_locked_by_name(path: Path) -> None:
    nameless = FlockWorkspaceLock(path)
    nameless.acquire("dispatchd run", AT)
    path.unlink()
    lock = FlockWorkspaceLock(path)
    lock.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceBusy):
        FlockWorkspaceLock(path).acquire("dispatchd sync", AT)
    lock.release()
    nameless.release()


def test_a_symbolic_link_in_its_place_is_refused_in_words(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    (tmp_path / "elsewhere").write_text("kept", encoding="utf-8")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceError, match="cannot be opened"):
        FlockWorkspaceLock(path).acquire("dispatchd run", AT)
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "kept"


def test_a_child_process_does_not_keep_the_lock_of_its_parent(path: Path) -> None:
    lock = FlockWorkspaceLock(path)
    lock.acquire("dispatchd run", AT)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False) as child:
        lock.release()
        again = FlockWorkspaceLock(path)
        again.acquire("dispatchd run", AT)
        again.release()
        child.communicate(b"\n")


def test_taking_it_twice_is_a_mistake_that_is_said(path: Path) -> None:
    lock = FlockWorkspaceLock(path)
    lock.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceError, match="already holds"):
        lock.acquire("dispatchd run", AT)
    lock.release()


def test_a_command_that_will_be_over_soon_is_waited_for_and_a_daemon_is_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = FlockWorkspaceLock(path)
    first.acquire("a command", AT)
    second = FlockWorkspaceLock(path, patience=30.0, passing="a command")
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(second.acquire, "a command", AT)
        first.release()
        taken.result(timeout=30)
    with pytest.raises(WorkspaceBusy, match="Try again"):
        FlockWorkspaceLock(path, patience=0.0, passing="a command").acquire("a command", AT)
    second.release()
    first.acquire("dispatchd run", AT)
    with pytest.raises(WorkspaceBusy, match="dispatchd run"):
        second.acquire("a command", AT)
    first.release()


def test_a_lock_is_not_made_where_the_repository_was_moved_away_from(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is gone"):
        FlockWorkspaceLock(tmp_path / "gone" / "dispatchd" / "lock").acquire("a command", AT)
    assert list(tmp_path.iterdir()) == []
