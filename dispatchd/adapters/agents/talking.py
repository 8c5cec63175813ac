"""How a process of a run reaches its daemon: one JSON line over the run's socket, one back. Standard library only.

While no daemon is there (it restarts, say) it waits, and asks again.
"""

import json
import os
import socket
import time
from collections.abc import Mapping
from typing import Any, Final

RETRY_EVERY: Final = 0.25
WAITS: Final = 120.0
ANSWERED_WITHIN: Final = 600.0


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
            return _answer(_ask(environment["DISPATCHD_TALK"], json.dumps(asked).encode() + b"\n"))
        except (ConnectionError, FileNotFoundError):
            if time.monotonic() > until:
                raise
            time.sleep(RETRY_EVERY)


def _ask(path: str, line: bytes) -> bytes:
    folder, name = os.path.split(path)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWERED_WITHIN)
            connection.connect(f"/proc/self/fd/{descriptor}/{name}")
            connection.sendall(line)
            with connection.makefile("rb") as stream:
                answer = stream.readline()
    finally:
        os.close(descriptor)
    if not answer:
        raise ConnectionError("the daemon went away before it answered")
    return answer


def _answer(line: bytes) -> Mapping[str, Any]:
    reply = json.loads(line)
    if reply.get("ok"):
        result: Mapping[str, Any] = reply["result"]
        return result
    raise Refused(str(reply.get("error", {}).get("message", "it was refused")))
