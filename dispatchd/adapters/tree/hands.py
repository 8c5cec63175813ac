"""Whether somebody is at work in a file: open for writing, changed in vim, or locked by emacs.

A swap file alone only means that vim shows the file; its byte 1007 says whether there are unsaved changes. What a
crashed editor left behind is no hand. How long to wait for a hand is the caller's decision.
"""

import os
import stat
from pathlib import PurePath
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Place
from dispatchd.application.ports.dispatch_tree import Hand

_SWAP_ENDINGS: Final = (".swp", ".swo", ".swn", ".swm", ".swl")
"""vim goes backwards through the alphabet when several editors show one file."""
_BLOCK_ZERO: Final = 1032
_MODIFIED_AT: Final = 1007
_MODIFIED: Final = 0x55
_PID: Final = slice(24, 28)
_HOST: Final = slice(68, 108)


class Hands:
    """Looks for hands."""

    def __init__(self, calls: SystemCalls, swap_folders: tuple[PurePath, ...] = (), top: str = "") -> None:
        """*swap_folders*: where else editors keep swap files, named by the whole path with `%` for each slash."""
        self._calls = calls
        self._swap_folders = swap_folders
        self._top = top

    def on(self, place: Place, path: str) -> Hand | None:
        """Whose hand is on the file at *place*."""
        if self._is_open_for_writing(place):
            return Hand.OPEN_FOR_WRITING
        if self._is_changed_in_vim(place, path):
            return Hand.VIM_MODIFIED
        if self._is_locked_by_emacs(place):
            return Hand.EMACS_LOCK
        return None

    def _is_open_for_writing(self, place: Place) -> bool:
        try:
            descriptor = self._calls.open_file(place.folder, place.name)
        except OSError:
            return False
        try:
            return self._calls.is_open_for_writing(descriptor) is True
        finally:
            self._calls.close(descriptor)

    def _is_changed_in_vim(self, place: Place, path: str) -> bool:
        hidden = place.name if place.name.startswith(".") else f".{place.name}"
        if self._has_modified_swap(place.folder, hidden):
            return True
        quoted = f"{self._top}/{path}".replace("/", "%")
        return any(self._is_modified_in(str(folder), quoted) for folder in self._swap_folders)

    def _is_modified_in(self, folder: str, name: str) -> bool:
        try:
            descriptor = self._calls.open_top(folder)
        except OSError:
            return False
        try:
            return self._has_modified_swap(descriptor, name)
        finally:
            self._calls.close(descriptor)

    def _has_modified_swap(self, folder: int, stem: str) -> bool:
        return any(self._is_live_swap(self._block_zero(folder, stem + ending)) for ending in _SWAP_ENDINGS)

    def _block_zero(self, folder: int, name: str) -> bytes:
        try:
            descriptor = self._calls.open_file(folder, name)
        except OSError:
            return b""
        try:
            is_file = stat.S_ISREG(self._calls.file_status(descriptor).st_mode)
            return self._calls.read(descriptor, _BLOCK_ZERO) if is_file else b""
        except OSError:
            return b""
        finally:
            self._calls.close(descriptor)

    def _is_live_swap(self, block: bytes) -> bool:
        if len(block) <= _MODIFIED_AT or not block.startswith(b"b0") or block[_MODIFIED_AT] != _MODIFIED:
            return False
        host = block[_HOST].split(b"\0")[0]
        pid = int.from_bytes(block[_PID], "little")
        return not self._has_died(os.fsdecode(host), pid)

    def _is_locked_by_emacs(self, place: Place) -> bool:
        name = f".#{place.name}"
        try:
            owner = self._calls.read_link(place.folder, name)
        except FileNotFoundError:
            return False
        except OSError:
            # A plain file, where the mount has no links; who made it is not worth reading.
            return True
        # USER@HOST.PID or USER@HOST.PID:BOOT
        user_and_host, _, pid = owner.partition(":")[0].rpartition(".")
        return not (pid.isdecimal() and self._has_died(user_and_host.partition("@")[2], int(pid)))

    def _has_died(self, host: str, pid: int) -> bool:
        return host == self._calls.host_name() and not self._calls.process_runs(pid)
