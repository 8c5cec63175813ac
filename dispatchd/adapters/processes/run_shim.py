"""Owns one agent's process: writes down what it prints, gives it what it is to read, and leaves word of its end.

It outlives the daemon, so it needs nothing but the standard library and its folder: `order.json` says what to start and
is gone once that is known, because it holds what nobody else is to know; `begun` says that it was started and by whom,
`exit.json`, written last, how it ended. A second one starts nothing. It obeys nobody whom an agent may have started, and
where its folder is taken away it ends what it has begun, which nobody would know of any more.
"""

import base64
import contextlib
import ctypes
import errno
import fcntl
import json
import os
import resource
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Any

if __name__ == "__main__":  # started by itself it knows nothing but its own path
    sys.path.insert(0, __file__.rpartition("/dispatchd/")[0])
from dispatchd.adapters.processes.peers import agent_at, is_near_at, user_at
from dispatchd.adapters.processes.process_facts import below, identity_here, is_gone

CHUNK = 1 << 16
PATIENCE = 0.2
"""Seconds between two tries where the disk takes nothing, and between two looks for what is left."""
LOOK_EVERY = 1.0
"""Seconds between two looks whether its folder is still there."""
MOST_STDERR = 16 << 20
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
LIBC = ctypes.CDLL(None)


def main(folder: str) -> int:
    """Run what the folder orders, once."""
    os.chdir(folder)
    lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with contextlib.suppress(BlockingIOError):  # anybody who can read it may hold it: `begun` alone decides
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        mark = os.open("begun", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return 0
    with os.fdopen(mark, "w") as begun:
        json.dump(identity_here(), begun)
        begun.flush()
        os.fsync(begun.fileno())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # ignoring them would be handed down to the agent
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    leave_word(Shim(taken_order(), os.path.dirname(folder)).run())  # noqa: PTH120
    return 0


def taken_order() -> dict[str, Any]:
    """What is to be started. It is nowhere afterwards: keys stand in it, and what proves who the agent is."""
    with open("order.json", encoding="utf-8") as file:  # noqa: PTH123 -- this program loads as little as it can
        order: dict[str, Any] = json.load(file)
    os.unlink("order.json")  # noqa: PTH108
    return order


def leave_word(word: Mapping[str, Any]) -> None:
    """Write how it ended, whole or not at all; where the folder was taken away nobody waits for it."""
    while True:
        try:
            with open("exit.json.new", "w", encoding="utf-8") as file:  # noqa: PTH123
                json.dump(word, file)
                file.flush()
                os.fsync(file.fileno())
            os.rename("exit.json.new", "exit.json")  # noqa: PTH104
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(PATIENCE)
        else:
            return


class Shim:
    """One process and its pipes; *runs* is the folder of its run's, by which it is known whose a process is."""

    def __init__(self, order: Mapping[str, Any], runs: str) -> None:
        self.order, self.runs = order, runs
        self.selector = selectors.DefaultSelector()
        self.input = b"".join(base64.b64decode(line) for line in order["first_lines"])
        self.ends_input = not order["keeps_reading"]
        self.last = 0
        """The number of the newest line that was taken for the agent."""
        self.printed = 0

    def run(self) -> dict[str, Any]:
        """From start to end; how it ended."""
        self.listener = self.listen()
        try:
            self.process = self.start()
        except OSError as error:
            why = f"{self.order['argv'][0]} could not be started: {os.strerror(error.errno or 0)}"
            return {"code": None, "error": why, **_now()}
        self.watch()
        while self.process.poll() is None:
            self.turn(LOOK_EVERY)
            if is_gone("begun"):
                self.kill_all()
        self.end_all()
        self.drain()
        code = self.process.returncode
        ended = {"code": None, "signal": -code} if code < 0 else {"code": code}
        return {**ended, **_now()}

    def listen(self) -> socket.socket:
        """The socket by which the daemon speaks to the agent; its path is relative, for those have a limit."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listener.bind("in.sock")
        finally:
            os.umask(before)
        listener.listen(8)
        listener.setblocking(False)
        return listener

    def start(self) -> subprocess.Popen[bytes]:
        """The agent, in a group of its own."""
        return subprocess.Popen(
            self.order["argv"],
            cwd=self.order["folder"],
            env=self.order["environment"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=self.limit,  # noqa: PLW1509 -- this process has one thread
        )

    def limit(self) -> None:
        """What it may not have more of."""
        for name, most in self.order["limits"].items():
            which = getattr(resource, name)
            _, hard = resource.getrlimit(which)
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(which, (least, least))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # it does not outlive its owner

    def watch(self) -> None:
        """Wait for its words, its end, and the daemon's."""
        self.stdin, self.stdout, self.stderr = map(
            _there, (self.process.stdin, self.process.stdout, self.process.stderr)
        )
        self.out = os.open("stdout.ndjson", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self.err = os.open("stderr.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        for pipe in (self.stdout, self.stderr, self.stdin):
            os.set_blocking(pipe.fileno(), False)
        self.selector.register(self.stdout, selectors.EVENT_READ, lambda pipe: self.copy(pipe, self.out))
        self.selector.register(self.stderr, selectors.EVENT_READ, self.hear_error)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(os.pidfd_open(self.process.pid), selectors.EVENT_READ, lambda _: None)
        self.speak()

    def turn(self, seconds: float | None) -> bool:
        """Do what is to be done; whether there was anything within *seconds*."""
        ready = self.selector.select(seconds)
        for key, _ in ready:
            key.data(key.fileobj)
        return bool(ready)

    def hear_error(self, pipe: Any) -> None:
        """Write down its errors, as many as anybody would read."""
        self.printed += self.copy(pipe, self.err if self.printed < MOST_STDERR else None)

    def copy(self, pipe: Any, to: int | None) -> int:
        """What *pipe* has now goes *to* a file; how many bytes."""
        try:
            data = os.read(pipe.fileno(), CHUNK)
        except BlockingIOError:
            return 0
        if not data:
            self.selector.unregister(pipe)
            return 0
        rest = memoryview(data)
        while rest and to is not None:
            try:
                rest = rest[os.write(to, rest) :]
            except OSError as error:
                if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EINTR, errno.EAGAIN}:
                    raise
                time.sleep(PATIENCE)  # the disk is full: the agent waits with us, and nothing it says is lost
        return len(data)

    def speak(self, _: Any = None) -> None:
        """Give it what it is to read, as fast as it reads."""
        pipe = self.stdin
        if pipe.closed:
            return
        try:
            while self.input:
                self.input = self.input[os.write(pipe.fileno(), self.input) :]
        except BlockingIOError:
            with contextlib.suppress(KeyError):
                self.selector.register(pipe, selectors.EVENT_WRITE, self.speak)
            return
        except BrokenPipeError:
            self.input, self.ends_input = b"", True
        with contextlib.suppress(KeyError, ValueError):
            self.selector.unregister(pipe)
        if self.ends_input:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def accept(self, listener: Any) -> None:
        """One line of the daemon's, answered with one. Nobody else is listened to, or waited for."""
        connection, _ = listener.accept()
        with connection:
            if not self.is_daemon(connection):
                return
            connection.settimeout(2.0)
            try:
                with connection.makefile("rwb") as stream:
                    stream.write(b"ok\n" if self.obey(json.loads(stream.readline())) else b"no\n")
                    stream.flush()
            except (OSError, ValueError):
                return

    def is_daemon(self, connection: socket.socket) -> bool:
        """Whether no agent, of whatever workspace, and no other user is at the other end."""
        with contextlib.suppress(OSError):
            is_ours = user_at(connection) in {os.getuid(), 0} and is_near_at(connection)
            return is_ours and agent_at(self.runs, connection) is None
        return False

    def obey(self, word: Mapping[str, Any]) -> bool:
        """Do what the daemon says; whether that was possible."""
        match word:
            case {"give": str(line), "number": int(number)}:
                if self.ends_input:
                    return False
                if number > self.last:
                    self.last = number
                    self.input += base64.b64decode(line)
                    self.speak()
                return True
            case {"end": True}:
                self.ends_input = True
                self.speak()
                return True
            case {"stop": bool(force)}:
                if force:
                    self.kill_all()
                else:
                    with contextlib.suppress(ProcessLookupError):
                        os.killpg(self.process.pid, signal.SIGTERM)
                return True
            case _:
                return False

    def end_all(self) -> None:
        """Whatever the agent has left running ends with it, also what has a session of its own."""
        while self.kill_all():
            self.turn(PATIENCE / 10)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, 0)[0]:
                pass

    def kill_all(self) -> bool:
        """Kill every process below this one; whether there was one."""
        left = list(below(os.getpid()))
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(left)

    def drain(self) -> None:
        """What it printed last."""
        while any(pipe in self.selector.get_map() for pipe in (self.stdout, self.stderr)):
            if not self.turn(PATIENCE):
                return


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the process was started without its pipes")
    return pipe


def _now() -> dict[str, str]:
    return {"at": datetime.now(UTC).isoformat()}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
