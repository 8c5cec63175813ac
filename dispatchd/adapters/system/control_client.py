"""One call over the control socket: a JSON line there, a JSON line back."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dispatchd.adapters.system.control_address import connect
from dispatchd.domain.errors import WorkspaceError


class NotReached(WorkspaceError):  # noqa: N818  named for what happened
    """Nobody listens just now: nothing was asked, so it may be asked again."""


def call(private: Path, message: Mapping[str, Any], timeout: float | None = None) -> object:
    """Send *message* to the daemon whose socket is in *private* and return its reply. Waits without end by default.

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
            with client.makefile("rb") as replies:
                line = replies.readline()
        except TimeoutError:
            raise
        except OSError as error:
            raise WorkspaceError(f"the daemon stopped while it was asked ({error.strerror})") from error
    if not line:
        raise WorkspaceError("the daemon stopped while it was asked; what was saved is safe in its files")
    return json.loads(line)
