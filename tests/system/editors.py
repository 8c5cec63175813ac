"""A real vim on a terminal of its own, with swap files as anybody has them."""

import os
import pty
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.system.running_programs import says_something

PATIENCE_SECONDS: Final = 60.0
ESCAPE: Final = "\x1b"


class Vim:
    """vim with one file open; `command` and `type` are what a person's fingers do."""

    def __init__(self, file: Path, *settings: str, program: str = "vim") -> None:
        self._file = file
        self._terminal, inner = pty.openpty()
        options = [word for setting in settings for word in ("-c", f"set {setting}")]
        self._process = subprocess.Popen(
            # Neovim keeps its swap files elsewhere unless it is told.
            [program, "-u", "NONE", "-N", "--cmd", "set directory=.", *options, str(file)],
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env={**os.environ, "TERM": "vt100"},
        )
        os.close(inner)
        self._is_open = True
        self._drawn = b""
        self._watching = threading.Thread(target=self._read, daemon=True)
        self._watching.start()
        self.until(self.swap.exists, "vim opened no file")

    @property
    def swap(self) -> Path:
        return self._file.with_name(f".{self._file.name}.swp")

    def _read(self) -> None:
        """Take what vim draws, so that it never waits for its terminal."""
        while self._process.poll() is None:
            try:
                if says_something(self._terminal, 0.2):
                    self._drawn = (self._drawn + os.read(self._terminal, 65536))[-20_000:]
            except OSError:
                return  # vim has hung up

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def command(self, line: str) -> None:
        """A line after a colon."""
        self.type(f"{ESCAPE}:{line}\r")

    def until(self, is_so: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        pause = threading.Event()
        while not is_so():
            assert time.monotonic() < deadline, f"{what}\n{self._drawn.decode(errors='replace')}"
            pause.wait(0.02)

    def save(self) -> None:
        """`:w`, and wait until it is on disk and the swap file says so."""
        before = self._file.stat().st_ctime_ns
        self._drawn = b""
        self.command("write")
        self.until(lambda: self._is_saved_since(before), "vim saved nothing")
        self.until(lambda: not self.is_modified(), "vim still has unsaved changes")

    def _is_saved_since(self, before: int) -> bool:
        """Whether the file is a newer one; a person who is asked whether to write over newer text says yes."""
        if b"(y/n)" in self._drawn:
            self._drawn = b""
            self.type("y")
        try:
            return self._file.stat().st_ctime_ns != before
        except FileNotFoundError:
            return False  # vim renames the old file away before it writes the new one

    def is_modified(self) -> bool:
        """What byte 1007 of the swap file says: whether the buffer has unsaved changes."""
        try:
            return self.swap.read_bytes()[1007:1008] == b"\x55"
        except FileNotFoundError:
            return False

    def quit(self) -> None:
        """`:q!`"""
        self.command("quit!")
        self._process.wait(timeout=PATIENCE_SECONDS)
        self._close()

    def save_and_quit(self) -> None:
        self.save()
        self.quit()

    def end(self) -> None:
        """Whatever state it is in."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            self._watching.join()
            os.close(self._terminal)
