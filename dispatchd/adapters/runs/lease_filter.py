"""What keeps processes in a cell from taking leases on files: a seccomp filter, which bubblewrap reads from a file.

Who may read a file of the same user may take a lease on it, read-only bind or not, and whoever opens it to write then
waits for `/proc/sys/fs/lease-break-time`, 45 seconds, for each file. The kernel asks the filter once for each system call
by its number and remembers where the answer is always yes, so it costs nothing beside `fcntl`.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("leases.bpf")
"""The program as the kernel reads it; a test holds it to what `program` says."""
_MACHINES: Final = frozenset({"x86_64", "aarch64"})
_X86_64, _I386, _AARCH64, _ARM = 0xC000003E, 0x40000003, 0xC00000B7, 0x40000028
_F_SETLEASE, _F_SETDELEG = 1024, 1040
_NOT_X32: Final = 0xBFFFFFFF
_NR, _ARCH, _COMMAND = 0, 4, 24
"""Where the number, the architecture and the second argument stand in what a filter is given."""
_LOAD, _AND, _IF, _RETURN = 0x20, 0x54, 0x15, 0x06
_ALLOWED, _EPERM = 0x7FFF0000, 0x00050001
_LINES: Final = (
    ("", _LOAD, _ARCH, "", ""),
    ("", _IF, _X86_64, "x86_64", ""),
    ("", _IF, _AARCH64, "aarch64", ""),
    ("", _IF, _I386, "32 bits", ""),
    ("", _IF, _ARM, "32 bits", "allow"),
    ("x86_64", _LOAD, _NR, "", ""),
    ("", _AND, _NOT_X32, "", ""),
    ("", _IF, 72, "fcntl", "allow"),
    ("aarch64", _LOAD, _NR, "", ""),
    ("", _IF, 25, "fcntl", "allow"),
    ("32 bits", _LOAD, _NR, "", ""),
    ("", _IF, 55, "fcntl", ""),
    ("", _IF, 221, "fcntl", "allow"),
    ("fcntl", _LOAD, _COMMAND, "", ""),
    ("", _IF, _F_SETLEASE, "refuse", ""),
    ("", _IF, _F_SETDELEG, "refuse", "allow"),
    ("allow", _RETURN, _ALLOWED, "", ""),
    ("refuse", _RETURN, _EPERM, "", ""),
)
"""Each a label, what is done, with what number, and for comparisons the labels to go to if so and if not."""


def program() -> bytes:
    """The filter, for x86_64 and aarch64 with the calls of 32 bits that they take; it refuses nothing on others."""
    return b"".join(_assembled())


def _assembled() -> Iterator[bytes]:
    labels = {label: place for place, (label, *_) in enumerate(_LINES) if label}
    for place, (_, does, number, so, else_) in enumerate(_LINES):
        jumps = (labels[label] - place - 1 if label else 0 for label in (so, else_))
        yield struct.pack("<HBBI", does, *jumps, number)


def attempt(path: str) -> str:
    """Python that says `leases` where a process may take one on *path*, which it may not write."""
    # Whoever opens it to write is told of by a signal that would end the process.
    return (
        "import fcntl, os, signal; signal.signal(signal.SIGIO, signal.SIG_IGN); "
        f"fcntl.fcntl(os.open({path!r}, os.O_RDONLY), {_F_SETLEASE}, fcntl.F_RDLCK); print('leases')"
    )


def is_known_here() -> bool:
    """Whether the filter is for this machine."""
    return os.uname().machine in _MACHINES
