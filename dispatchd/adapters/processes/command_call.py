"""Has a command carried out by a process that has loaded everything already: the command server of the workspace.

What a command costs is mostly Python loading it. The daemon keeps a process that forks itself for each call and gives
the fork what the caller has: its words, folder, environment and three files. What is in doubt is left to the caller's
own process, which says so by None; so this module loads next to nothing, and looks at no more than it must.
"""

import errno
import os
import socket
import sys
from typing import Final

from dispatchd import __version__
from dispatchd.adapters.processes.peers import is_agent_at, user_at

SOCKET: Final = "commands.sock"
MESSAGE: Final = 1 << 18
"""Bytes that any message has at most."""
PROTOCOL: Final = b"1"
READY, LEFT, CODE, CONNECT = b"ready", b"left", b"code ", b"connect "
_READY_WITHIN: Final = 1.0
"""Seconds; whoever is not ready by then is told nothing, and so does nothing, and holds none of our files open."""
COMPLETES: Final = "_DISPATCHD_COMPLETE"
_CONTROL: Final = "control.sock"
_SERVED: Final = frozenset(
    {
        *("status", "waiting", "log", "inbox", "issue", "epic", "proposal", "why", "usage", "report"),
        *("answer", "comment", "gate", "vote", "pause", "resume", "undo"),
    }
)
"""Looks, and what is carried out by one call to the daemon. None goes on until it is stopped."""
_OWN: Final = frozenset({"--next", "-"})
"""Words of those that need the person's terminal: `-` reads from it, and a fork is no job of the shell there."""
_MEANT_FOR_PYTHON: Final = "PYTHON"
_HARMLESS: Final = frozenset(
    {
        *("PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED"),
        *("PYTHONIOENCODING", "PYTHONUTF8"),
    }
)
"""What changes nothing in a fork, or is told by what it changes."""


def carried_out_there(words: list[str]) -> int | None:
    """The exit code of the command *words*, which was carried out by the server; None where nothing was done.

    Raises KeyboardInterrupt; what was carried out is stopped then.
    """
    if not _is_served(words):
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
        try:
            private = _private_folder(os.getcwd())
            if private is None:
                return None
            server.settimeout(_READY_WITHIN)
            _connect(server, private, SOCKET)
            if not _is_daemons(server) or server.recv(MESSAGE) != READY:
                return None
            server.settimeout(None)
            socket.send_fds(server, [_call(words)], [0, 1, 2])
        except (
            OSError
        ):  # none is there or ready, or it is more than one message holds, or our folder has gone
            return None
        return _answered(server, private)


def _is_daemons(server: socket.socket) -> bool:
    """Whether whoever listens is this user's, and no agent's: it is given all that we have, and sees what we see.

    Who began to listen is the kernel's word. An agent can listen in a worktree of its own, or in the daemon's place.
    """
    return user_at(server) == os.getuid() and not is_agent_at(server)


def _is_served(words: list[str]) -> bool:
    named = os.environ.get(COMPLETES) or (len(words) > 1 and words[1] in _SERVED and _OWN.isdisjoint(words))
    return bool(named) and not (sys.stdout is None or sys.stderr is None or any(map(_sets_up, os.environ)))


def _sets_up(variable: str) -> bool:
    """Whether *variable* says how Python or git are to be set up for this one call."""
    return (variable.startswith(_MEANT_FOR_PYTHON) and variable not in _HARMLESS) or variable in {
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_COMMON_DIR",
    }


def _private_folder(folder: str) -> str | None:
    """Where the daemon of the repository around *folder* listens; None where that takes git to find out."""
    while True:
        inside = os.path.join(folder, ".git")
        if os.path.isdir(inside):
            return os.path.join(inside, "dispatchd")
        if os.path.isfile(inside):
            return _private_folder_of_worktree(folder, inside)
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return None


def _private_folder_of_worktree(folder: str, pointer: str) -> str | None:
    try:
        with open(pointer, encoding="utf-8", errors="surrogateescape") as told:
            git_dir = os.path.join(folder, told.read().removeprefix("gitdir:").strip())
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8", errors="surrogateescape") as told:
            return os.path.join(git_dir, told.read().strip(), "dispatchd")
    except OSError:
        return None


def _connect(client: socket.socket, private: str, name: str) -> None:
    """Connect through a descriptor of the folder: paths of sockets are limited to 107 bytes. Raises OSError."""
    folder = os.open(private, os.O_PATH | os.O_DIRECTORY)
    try:
        client.connect(f"/proc/self/fd/{folder}/{name}")
    finally:
        os.close(folder)


def who_we_are() -> bytes:
    """What two processes have to agree on to carry out each other's commands."""
    where = os.path.dirname(os.path.abspath(__file__))
    return b"\0".join(
        (PROTOCOL, __version__.encode(), os.fsencode(where), sys.getfilesystemencoding().encode())
    )


def _call(words: list[str]) -> bytes:
    told = [sys.stdout.encoding, str(sys.stdout.errors), os.getcwd(), str(len(words)), *words]
    variables = [f"{name}={value}" for name, value in os.environ.items()]
    return b"\0".join((who_we_are(), *map(os.fsencode, (*told, *variables))))


def _answered(server: socket.socket, private: str) -> int | None:
    """How it ended, having done meanwhile what only this process can: to be the one that calls the daemon."""
    called = False
    while True:
        try:
            told = server.recv(MESSAGE)
        except OSError:
            told = b""
        if told.startswith(CONNECT):
            called = _hand_over_connection(server, private, told[len(CONNECT) :]) or called
        elif told.startswith(CODE) and told[len(CODE) :].isdigit():
            return int(told[len(CODE) :])
        elif told == LEFT or not called:
            return None
        else:
            sys.stderr.write("dispatchd: the command was cut off; `dispatchd log` tells what was done\n")
            return 1


def _hand_over_connection(server: socket.socket, private: str, wanted: bytes) -> bool:
    """Connect to the daemon and hand that over, so that the daemon sees who calls. False where nobody listens.

    To the daemon of this very workspace: the server is asked for nothing else, and may want nothing else.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as daemon:
        try:
            if os.path.realpath(private) != os.fsdecode(wanted):
                raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
            _connect(daemon, private, _CONTROL)
        except OSError as error:
            server.send(str(error.errno).encode())
            return False
        socket.send_fds(server, [b"0"], [daemon.fileno()])
        return True
