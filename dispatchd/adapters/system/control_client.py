"""One call over the control socket: a JSON line there, a JSON line back."""

import json
import select
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from dispatchd.adapters.system.control_address import connect
from dispatchd.domain.errors import WorkspaceError

PATIENCE: Final = 5.0
"""Seconds without a reply after which whoever waits is asked to say why."""


class NotReached(WorkspaceError):  # noqa: N818  named for what happened
    """Nobody listens just now: nothing was asked, so it may be asked again."""


def call(
    private: Path,
    message: Mapping[str, Any],
    timeout: float | None = None,
    *,
    on_silence: Callable[[], object] | None = None,
) -> object:
    """Send *message* to the daemon whose socket is in *private* and return its reply. Waits without end by default.

    *on_silence* is called each time that `PATIENCE` has passed without a reply.
    Raises WorkspaceError where the daemon cannot be reached or ends in the middle, TimeoutError where it takes longer.
    """
    try:
        client = connect(private)
    except OSError as error:
        raise NotReached(
            f"the daemon does not answer ({error.strerror}); it may just be starting or stopping: "
            "try again, or see `dispatchd doctor`"
        ) from error
    with client:
        client.settimeout(timeout)
        try:
            client.sendall(json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
            if on_silence is not None:
                _wait(client, on_silence)
            with client.makefile("rb") as replies:
                line = replies.readline()
        except TimeoutError:
            raise
        except OSError as error:
            raise WorkspaceError(f"the daemon stopped while it was asked ({error.strerror})") from error
    if not line:
        raise WorkspaceError("the daemon stopped while it was asked; what was saved is safe in its files")
    return json.loads(line)


def _wait(client: socket.socket, on_silence: Callable[[], object]) -> None:
    """Come back when there is something to read, however long that takes."""
    poll = select.poll()
    poll.register(client, select.POLLIN)
    while not poll.poll(PATIENCE * 1000):
        on_silence()
