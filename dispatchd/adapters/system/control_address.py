"""Where the control socket is, whatever the length of its path: addressed through a descriptor of its folder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.served_call import call_served_here

NAME: Final = "control.sock"


@contextmanager
def address_in(private: Path) -> Iterator[str]:
    """An address of at most 107 bytes for the socket in *private*, good while the block runs."""
    folder = os.open(private, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)


def listen(private: Path) -> socket.socket:
    """A listening socket that only this user can reach; one that a dead daemon left is replaced.

    The caller holds the workspace's lock, so nobody listens there.
    """
    (private / NAME).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    os.fchmod(listener.fileno(), 0o600)  # the name gets it; a umask would be every thread's
    with address_in(private) as address:
        listener.bind(address)
    listener.listen(64)
    return listener


def listen_again(private: Path, folder: tuple[int, int]) -> socket.socket | None:
    """Another listening socket where somebody has taken away the name of the one in *private*; None where it is there.

    *folder* is the device and the inode of *private* when its lock was taken: in another one somebody else may listen.
    """
    try:
        if identity_of(private) != folder or os.path.lexists(private / NAME):
            return None
        return listen(private)
    except OSError:  # the repository is moved away, or the disk is full; it is tried again
        return None


def identity_of(folder: Path) -> tuple[int, int]:
    """Its device and inode. Raises OSError where it is gone."""
    found = folder.stat()
    return found.st_dev, found.st_ino


def connect(private: Path) -> socket.socket:
    """A connection to the daemon's socket, made by whoever this process acts for. Raises OSError where nobody listens."""
    served = call_served_here()
    if served is not None:
        return served.connect(private)
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address_in(private) as address:
            client.connect(address)
    except OSError:
        client.close()
        raise
    return client
