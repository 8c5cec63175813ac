"""Cookies: files dropped into the tree to learn when everything before them has come through the watcher.

A cookie's name begins with a dot, so no scan counts it; it goes away as soon as it has been seen.
"""

import os
from itertools import count
from pathlib import Path
from typing import Final

from dispatchd.adapters.tree.private_folder import TREE_PROBE

PREFIX: Final = ".dispatchd-cookie-"
_numbers: Final = count()


def drop(root: Path) -> str:
    """Make a new cookie in *root* and return its name. Raises OSError."""
    while True:
        name = f"{PREFIX}{os.getpid()}-{next(_numbers)}"
        try:
            descriptor = os.open(
                root / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
            )
        except FileExistsError:
            continue
        os.close(descriptor)
        return name


def take_away(root: Path, name: str) -> None:
    """Remove a cookie; harmless if it is gone."""
    (root / name).unlink(missing_ok=True)


def sweep(root: Path) -> None:
    """Remove the cookies, and the probes of the mount, that an earlier process left."""
    with os.scandir(root) as entries:
        left = [entry.name for entry in entries if entry.name.startswith((PREFIX, TREE_PROBE))]
    for name in left:
        take_away(root, name)
