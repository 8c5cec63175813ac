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
    before = os.umask(0o177)
    try:
        with address_in(private) as address:
            listener.bind(address)
    finally:
        os.umask(before)
    listener.listen(64)
    return listener


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
