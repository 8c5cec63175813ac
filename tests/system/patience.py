"""Waiting for what comes about by itself: by conditions, with a deadline that no sound machine meets."""

import threading
import time
from collections.abc import Callable
from typing import Final, TypeVar

PATIENCE_SECONDS: Final = 60.0
T = TypeVar("T")


class NotThereError(AssertionError):
    """What was looked for in a file is not in it; an editor may be in the middle of writing it."""


def until(find: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
    """The first true value of *find*. Fails with *what* after *seconds*; a file that is away for a moment is waited for."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        seen = ""
        try:
            if found := find():
                return found
        except (NotThereError, FileNotFoundError) as trouble:
            seen = f": {trouble}"
        assert time.monotonic() < deadline, f"{what} (waited {seconds:.0f} s){seen}"
        pause.wait(0.02)
