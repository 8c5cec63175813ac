"""Commands carried out by forks of a server: as if by their caller, or not at all, and never twice."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

WITHIN = 30.0
NOT_SERVED = 77
PROGRAM = """
import os, signal, socket, sys
from pathlib import Path
from dispatchd.adapters.processes.command_server import Descriptors, serve
from dispatchd.adapters.processes.served_call import call_served_here, leave_to_caller

def program():
    verb = sys.argv[2]
    if verb == "tell":
        print(sys.argv[3:], os.getcwd(), os.environ.get("COLOUR"), sys.stdout.encoding, sys.stdin.read())
        print("aside", file=sys.stderr)
        sys.exit(5)
    if verb == "leave":
        print("never seen")
        leave_to_caller()
    if verb == "hang":
        Path(sys.argv[3]).write_text(str(os.getpid()))
        while True:
            signal.pause()
    if verb == "vanish":
        os._exit(9)
    with call_served_here().connect(Path(sys.argv[3])) as daemon:
        daemon.sendall(b"done\\n")
        if verb == "act-and-vanish":
            os._exit(9)
        if verb == "act-and-leave":
            leave_to_caller()

def pid_of(caller):
    return int.from_bytes(caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4), sys.byteorder)

serve(Descriptors(*map(int, sys.argv[1:])), program, lambda caller: b"UNWELCOME" not in Path(f"/proc/{pid_of(caller)}/environ").read_bytes())
"""
CALLER = """
import signal, sys
from dispatchd.adapters.processes.command_call import carried_out_there
signal.signal(signal.SIGINT, signal.default_int_handler)  # as at a terminal, however the tests were started
try:
    code = carried_out_there(sys.argv)
except KeyboardInterrupt:
    code = 130
sys.exit(77 if code is None else code)
"""


def until(is_so: Callable[[], object]) -> None:
    end = time.monotonic() + WITHIN
    while not is_so():
        assert time.monotonic() < end, "it did not come to be"
        os.sched_yield()


def begun(private: Path) -> tuple[subprocess.Popen[bytes], int]:
    """A server that is ready, and the pipe whose end ends it."""
    alive, ours = os.pipe()
    reads, ready = os.pipe()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(private / "commands.sock"))
        listener.listen(8)
        listener.setblocking(False)
        given = (listener.fileno(), alive, ready)
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *map(str, given)], pass_fds=given)
    for descriptor in (alive, ready):
        os.close(descriptor)
    assert os.read(reads, 1) == b"."
    os.close(reads)
    return process, ours


@dataclass
class Place:
    """A folder that looks like a repository with a daemon, to the caller."""

    root: Path
    server: subprocess.Popen[bytes]

    @property
    def private(self) -> Path:
        return self.root / ".git" / "dispatchd"

    def caller(self, *words: str | Path, **variables: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.Popen(
            [sys.executable, "-c", CALLER, "status", *words],
            cwd=self.root,
            env={**kept, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str | Path, stdin: str = "", **variables: str) -> tuple[int, str, str]:
        with self.caller(*words, **variables) as process:
            out, err = process.communicate(stdin, WITHIN)
        return process.returncode, out, err


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    private = tmp_path / ".git" / "dispatchd"
    private.mkdir(parents=True)
    server, alive = begun(private)
    yield Place(tmp_path, server)
    os.close(alive)
    assert server.wait(WITHIN) == 0


@pytest.fixture
def callers() -> list[int]:
    """The process ids that the daemon is told of those who ask."""
    return []


@pytest.fixture
def asked(place: Place, callers: list[int]) -> Iterator[list[bytes]]:
    """What a daemon is asked there."""
    lines: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place.private / "control.sock"))
        listener.listen(8)
        listener.settimeout(WITHIN)

        def hear() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as reader:
                lines.append(reader.readline())
                peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                callers.append(int.from_bytes(peer[:4], sys.byteorder))

        hearing = threading.Thread(target=hear, daemon=True)
        hearing.start()
        yield lines
        hearing.join(WITHIN)


def test_a_fork_is_what_its_caller_would_have_been(place: Place) -> None:
    code, out, err = place.run("tell", "a b", "ü", stdin="said", COLOUR="red", PYTHONIOENCODING="utf-8")
    assert (code, err) == (5, "aside\n")
    assert out == f"['a b', 'ü'] {place.root} red utf-8 said\n"
    assert place.run("tell")[1].startswith(f"[] {place.root} None")


def test_what_is_left_to_the_caller_has_said_nothing(place: Place) -> None:
    assert place.run("leave") == (NOT_SERVED, "", "")
    assert place.run("vanish") == (NOT_SERVED, "", "")


def test_the_daemon_sees_the_caller_and_not_the_fork(
    place: Place, asked: list[bytes], callers: list[int]
) -> None:
    with place.caller("act", place.private) as caller:
        assert caller.communicate(timeout=WITHIN) == ("", "")
    assert caller.returncode == 0
    until(lambda: callers)
    assert (asked, callers) == ([b"done\n"], [caller.pid])


def test_who_is_not_welcome_is_not_served(place: Place) -> None:
    assert place.run("tell", UNWELCOME="1") == (NOT_SERVED, "", "")


@pytest.mark.parametrize("verb", ["act-and-vanish", "act-and-leave"])
def test_what_may_have_been_done_is_not_done_again(place: Place, asked: list[bytes], verb: str) -> None:
    code, _, err = place.run(verb, place.private)
    assert code == 1
    assert "dispatchd log" in err or verb == "act-and-leave"
    until(lambda: asked == [b"done\n"])


def test_who_cannot_reach_the_daemon_is_told_so(place: Place) -> None:
    code, _, _ = place.run("act", place.private)
    assert code == NOT_SERVED  # the fork failed before anything was asked


@pytest.mark.parametrize("ends", [signal.SIGINT, signal.SIGKILL])
def test_a_caller_that_goes_takes_its_command_along(place: Place, ends: signal.Signals) -> None:
    told = place.root / "pid"
    with place.caller("hang", told) as process:
        until(lambda: told.exists() and told.read_text())
        process.send_signal(ends)
        try:
            process.communicate(timeout=WITHIN)
        finally:
            process.kill()
    fork = Path("/proc") / told.read_text()
    until(lambda: not fork.exists())
    assert process.returncode == (130 if ends is signal.SIGINT else -ends)


def test_one_that_is_not_ready_in_time_is_not_waited_for_and_does_nothing(
    place: Place, asked: list[bytes]
) -> None:
    place.server.send_signal(signal.SIGSTOP)
    assert place.run("act", place.private)[0] == NOT_SERVED
    place.server.send_signal(signal.SIGCONT)
    assert place.run("tell")[0] == 5  # whoever came later has been served, so the first was looked at
    assert asked == []
    with socket.socket(socket.AF_UNIX) as closing:
        closing.connect(str(place.private / "control.sock"))


@pytest.mark.parametrize(
    "variables",
    [{"PYTHONPATH": "/elsewhere"}, {"GIT_DIR": "/elsewhere"}],
    ids=lambda given: next(iter(given)),
)
def test_a_call_that_sets_python_or_git_up_is_its_callers_own(
    place: Place, variables: Mapping[str, str]
) -> None:
    assert place.run("tell", **variables) == (NOT_SERVED, "", "")


LISTENS = """
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
listener.bind(sys.argv[1])
listener.listen()
print(os.getpid(), flush=True)
caller, _ = listener.accept()
caller.send(b"ready")
print(caller.recv(1 << 18)[:1], flush=True)
"""


def test_nobody_below_a_turn_is_taken_for_the_server(tmp_path: Path) -> None:
    private = tmp_path / ".git" / "dispatchd"
    private.mkdir(parents=True)
    line = ["sh", "-c", '"$0" "$@" & wait', sys.executable, "-c", LISTENS, str(private / "commands.sock")]
    with subprocess.Popen([*line, "dispatchd-shims", "/any/runs"], stdout=subprocess.PIPE) as shim:
        assert shim.stdout is not None
        shim.stdout.readline()
        told = Place(tmp_path, shim).run("tell", MINE="alone")
        heard = shim.stdout.read()
    assert told == (NOT_SERVED, "", "")
    assert heard.strip() in {b"b''", b""}  # not a word of ours, nor a file


def test_a_connection_to_another_daemon_is_not_made(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(other / "control.sock"))
        listener.listen()
        assert place.run("act", other)[0] == NOT_SERVED
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_folder_that_has_gone_is_left_to_its_caller(place: Place) -> None:
    gone = place.root / "gone"
    gone.mkdir()
    script = f"import os; os.rmdir({str(gone)!r})\n{CALLER}"
    done = subprocess.run(
        [sys.executable, "-c", script, "status", "tell"],
        cwd=gone,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        check=False,
        capture_output=True,
        timeout=WITHIN,
    )
    assert (done.returncode, done.stdout, done.stderr) == (NOT_SERVED, b"", b"")


def test_a_program_of_another_place_is_not_served(place: Place, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "dispatchd").parent.mkdir()
    (other / "dispatchd").symlink_to(Path(__file__).parents[3] / "dispatchd")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(other)!r})\n{CALLER}", "status", "tell"],
        cwd=place.root,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
        check=False,
        capture_output=True,
        timeout=WITHIN,
    )
    assert (done.returncode, done.stdout) == (NOT_SERVED, b"")
