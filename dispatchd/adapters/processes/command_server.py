"""The command server: forks itself for each command, having loaded what commands load, and keeps nothing of any.

It has one thread. Each fork tells which modules it still had to load, and the server loads those for the next one, so
that it holds what is used and no list of it can become wrong. It ends when its daemon does, or when nobody has asked
for a while.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from dispatchd.adapters.processes.command_call import (
    CODE,
    LEFT,
    MESSAGE,
    READY,
    who_we_are,
)
from dispatchd.adapters.processes.held_output import HeldOutput
from dispatchd.adapters.processes.peers import user_at
from dispatchd.adapters.processes.served_call import LeftToCaller, ServedCall, serve_here

Program = Callable[[], None]
"""Carries out what `sys.argv` says, and leaves by SystemExit."""
_IDLE_MS: Final = 600_000
_FILES: Final = 3


class Descriptors(NamedTuple):
    """What the daemon has left open for its server."""

    listener: int
    alive: int
    """Its end is the daemon's."""
    ready: int
    """To be written to when calls can be answered."""


class Call(NamedTuple):
    """One command as its caller would carry it out."""

    encoding: str
    errors: str
    """What its output does with characters that have no place in *encoding*."""
    folder: str
    words: list[str]
    variables: dict[str, str]
    files: list[int]


def serve(given: Descriptors, program: Program, is_welcome: Callable[[socket.socket], bool]) -> NoReturn:
    """Serve until nobody needs it; never returns. In a fork, *program* is run.

    *is_welcome* says of a connection whether who made it may have commands carried out: a fork does what its caller's
    environment says, and stands below nobody but the daemon.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon's terminal speaks to the daemon
    with socket.socket(fileno=given.listener) as listener:
        server = _Server(listener, given.alive)
        os.write(given.ready, b".")
        os.close(given.ready)
        caller = server.next_caller()
    if caller is None:
        os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    call = _heard(caller, is_welcome)
    if call is not None and _stands_there(call):
        _carry_out(caller, program, HeldOutput(call.encoding, call.errors), server.learned)
    os._exit(0)


class _Server:
    def __init__(self, listener: socket.socket, alive: int) -> None:
        self._listener = listener
        self._alive = alive
        self._lessons, self.learned = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._poll = select.poll()
        for descriptor in (listener.fileno(), alive, self._lessons.fileno()):
            self._poll.register(descriptor, select.POLLIN)
        self._at_work: dict[int, tuple[int, socket.socket]] = {}
        """Of each fork, by the descriptor that tells its end: its process id, and its caller."""
        self._callers: dict[int, int] = {}

    def next_caller(self) -> socket.socket | None:
        """In a fork: whose command to carry out. In the server: None, when it is needed no more."""
        gc.freeze()
        while True:
            happened = self._poll.poll(_IDLE_MS)
            if not happened and not self._at_work:
                return None
            for descriptor, _ in happened:
                if descriptor == self._alive:
                    return None
                if descriptor == self._listener.fileno():
                    caller = self._accept()
                    if caller is not None:
                        return caller
                elif descriptor == self._lessons.fileno():
                    self._learn()
                elif descriptor in self._at_work:
                    self._bury(descriptor)
                elif descriptor in self._callers:
                    self._stop(descriptor)

    def _accept(self) -> socket.socket | None:
        """Take one caller, and come back with it in a process of its own."""
        try:
            caller, _ = self._listener.accept()
        except OSError:  # gone again, or another took it
            return None
        pid = os.fork()
        if not pid:
            self._forget()
            return caller
        ends = os.pidfd_open(pid)
        self._at_work[ends] = pid, caller
        self._callers[caller.fileno()] = ends
        self._poll.register(ends, select.POLLIN)
        # That they hang up, and nothing else: the rest is for the fork to hear.
        self._poll.register(caller.fileno(), 0)
        return None

    def _stop(self, caller: int) -> None:
        """Whoever called has gone: nobody is there to be told anything."""
        self._poll.unregister(caller)
        signal.pidfd_send_signal(self._callers.pop(caller), signal.SIGTERM)

    def _bury(self, ends: int) -> None:
        pid, caller = self._at_work.pop(ends)
        if self._callers.pop(caller.fileno(), None) is not None:
            self._poll.unregister(caller.fileno())
        self._poll.unregister(ends)
        os.close(ends)
        caller.close()
        os.waitpid(pid, 0)

    def _learn(self) -> None:
        for name in self._lessons.recv(MESSAGE).decode().split():
            if name not in sys.modules:
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        gc.freeze()

    def _forget(self) -> None:
        """Leave nothing of the server open in a fork but where it tells what it learned."""
        for ends, (_, caller) in self._at_work.items():
            os.close(ends)
            caller.close()
        self._lessons.close()
        os.close(self._alive)


def _heard(caller: socket.socket, is_welcome: Callable[[socket.socket], bool]) -> Call | None:
    """What the caller wants; None where it has gone, or is no program that would do just what we do."""
    try:
        # Before anybody has time to end and to leave the connection to others.
        welcome = user_at(caller) == os.getuid() and is_welcome(caller)
        caller.send(READY)
        told, files, _, _ = socket.recv_fds(caller, MESSAGE, _FILES)
    except OSError:
        return None
    ours = who_we_are() + b"\0"
    if len(files) != _FILES or not told.startswith(ours) or not welcome:
        return None
    encoding, errors, folder, count, *rest = map(os.fsdecode, told[len(ours) :].split(b"\0"))
    variables = dict(variable.split("=", 1) for variable in rest[int(count) :])
    return Call(encoding, errors, folder, rest[: int(count)], variables, files)


def _carry_out(
    caller: socket.socket, program: Program, output: HeldOutput, learned: socket.socket
) -> NoReturn:
    """Be the process that the caller would have been."""
    known = set(sys.modules)
    serve_here(ServedCall(caller))
    answer = _run(program, output)
    with contextlib.suppress(OSError):
        caller.send(answer)
        learned.send("\n".join(name for name in sys.modules if name not in known).encode()[:MESSAGE])
    os._exit(0)  # its end needs no more than the kernel does


def _stands_there(call: Call) -> bool:
    """Whether this process stands where its caller does now, with what the caller has."""
    for number, descriptor in enumerate(call.files):
        os.dup2(descriptor, number)
        os.close(descriptor)
    try:
        os.chdir(call.folder)
    except OSError:  # the caller may still be in a folder that has gone
        return False
    os.environ.clear()
    os.environ.update(call.variables)
    time.tzset()
    sys.argv = call.words
    return True


def _run(program: Program, output: HeldOutput) -> bytes:
    sys.stdout, sys.stderr = output.out, output.err
    try:
        program()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except LeftToCaller:
        return LEFT
    try:
        output.release()
    except BrokenPipeError:  # nobody reads any more
        code = 1
    except OSError as error:
        code = 1
        with contextlib.suppress(OSError):
            os.write(2, f"dispatchd: what it says could not be written: {error.strerror}\n".encode())
    return CODE + str(code).encode()
