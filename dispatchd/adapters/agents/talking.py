"""How a process of a run reaches its daemon: one JSON line over the run's socket, one back. Standard library only.

While no daemon is there (it restarts, say) it waits, and asks again. A turn that does little loads this and little else,
so that it takes the system's own sockets: what `socket` puts around them takes longer to load than to ask.
"""

from __future__ import annotations

import os
import time
from _socket import AF_UNIX, SOCK_STREAM, socket

from dispatchd.adapters.agents.quick_json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Final

RETRY_EVERY: Final = 0.25
WAITS: Final = 120.0
ANSWERED_WITHIN: Final = 600.0
AT_ONCE: Final = 1 << 16


class Refused(Exception):  # noqa: N818 -- what it is called everywhere
    """The daemon refused what was asked; the message says what would do."""


def say(verb: str, arguments: Mapping[str, Any], environment: Mapping[str, str]) -> Mapping[str, Any]:
    """What the daemon answers. Raises Refused, and OSError where no daemon came in time.

    *environment* holds DISPATCHD_TALK (the socket), DISPATCHD_RUN and DISPATCHD_TOKEN.
    """
    asked = {
        "run": environment["DISPATCHD_RUN"],
        "token": environment["DISPATCHD_TOKEN"],
        "verb": verb,
        "arguments": dict(arguments),
    }
    until = time.monotonic() + WAITS
    while True:
        try:
            return _answer(_ask(environment["DISPATCHD_TALK"], dumps(asked).encode() + b"\n"))
        except (ConnectionError, FileNotFoundError):
            if time.monotonic() > until:
                raise
            time.sleep(RETRY_EVERY)


def _ask(path: str, line: bytes) -> bytes:
    folder, name = os.path.split(path)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        connection = socket(AF_UNIX, SOCK_STREAM)
        try:
            connection.settimeout(ANSWERED_WITHIN)
            connection.connect(f"/proc/self/fd/{descriptor}/{name}")
            connection.sendall(line)
            answer = _line_from(connection)
        finally:
            connection.close()
    finally:
        os.close(descriptor)
    if not answer:
        raise ConnectionError("the daemon went away before it answered")
    return answer


def _line_from(connection: socket) -> bytes:
    """The line that comes; what there was of it where the other side goes before its end."""
    came: list[bytes] = []
    while part := connection.recv(AT_ONCE):
        came.append(part)
        if part.endswith(b"\n"):
            break
    return b"".join(came)


def _answer(line: bytes) -> Mapping[str, Any]:
    reply = loads(line.decode())
    if reply.get("ok"):
        result: Mapping[str, Any] = reply["result"]
        return result
    raise Refused(str(reply.get("error", {}).get("message", "it was refused")))
