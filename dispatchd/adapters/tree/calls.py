"""The system calls the tree adapter makes, as one seam.

Everything above it is protocol: which call comes after which, and what each answer means. `LinuxCalls` asks the
kernel; the tests put an in-memory file system here that can crash, fill up and be written to between any two calls.
Names are relative to an open folder and never contain a slash; a symbolic link is never followed. All raise OSError.
"""

import os
from collections.abc import Iterable
from typing import Protocol


class SystemCalls(Protocol):
    """What is asked of the system; descriptors are ints and belong to whoever opened them."""

    def open_top(self, path: str) -> int:
        """Open a folder by its absolute path; its last part may not be a link."""
        ...

    def top_status(self, path: str) -> os.stat_result:
        """The status of an absolute path itself, a link not followed."""
        ...

    def open_folder(self, folder: int, name: str) -> int: ...

    def make_folder(self, folder: int, name: str) -> None: ...

    def entries(self, folder: int) -> Iterable[tuple[str, os.stat_result]]:
        """What a folder holds, one by one; what vanishes while it is listed is left out. Who changes the folder meanwhile
        takes them all first. Raises OSError at any of them.
        """
        ...

    def status(self, folder: int, name: str) -> os.stat_result: ...

    def open_file(self, folder: int, name: str) -> int:
        """Open for reading, without waiting for the other end of a pipe."""
        ...

    def file_status(self, descriptor: int) -> os.stat_result: ...

    def read(self, descriptor: int, limit: int) -> bytes:
        """The first *limit* bytes from the beginning, fewer only at the end of the file."""
        ...

    def create(self, folder: int, name: str) -> int:
        """Open a new file for writing; FileExistsError if something has that name."""
        ...

    def write(self, descriptor: int, content: bytes) -> None:
        """Write all of it or raise."""
        ...

    def set_mode(self, descriptor: int, permissions: int) -> None: ...

    def flush(self, descriptor: int) -> None:
        """Make a file's bytes, or a folder's names, survive a power cut."""
        ...

    def flush_all(self, descriptor: int) -> None:
        """Do that for everything on the file system that *descriptor* is on."""
        ...

    def close(self, descriptor: int) -> None: ...

    def rename(self, folder: int, name: str, to_folder: int, to_name: str) -> None: ...

    def rename_new(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        """Rename; FileExistsError if something has the new name. EINVAL or ENOSYS where that cannot be had."""
        ...

    def exchange(self, folder: int, name: str, other_folder: int, other_name: str) -> None:
        """Swap two names in one step. EINVAL or ENOSYS where that cannot be had."""
        ...

    def link(self, folder: int, name: str, to_folder: int, to_name: str) -> None: ...

    def read_link(self, folder: int, name: str) -> str:
        """What a symbolic link says; EINVAL if it is not one."""
        ...

    def unlink(self, folder: int, name: str) -> None: ...

    def is_open_for_writing(self, descriptor: int) -> bool | None:
        """Whether any process can write to this file through something it has open; None if that cannot be told."""
        ...

    def clock_ns(self, folder: int) -> int:
        """The time by the clock that stamps the files on *folder*'s file system."""
        ...

    def process_number(self) -> int: ...

    def process_runs(self, pid: int) -> bool:
        """Whether a process of that number exists on this machine."""
        ...

    def host_name(self) -> str: ...
