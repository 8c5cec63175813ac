"""The files that stand in a tree, without the names that a daemon makes for an instant."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

COOKIE: Final = ".dispatchd-cookie-"
"""How the names begin that the daemon makes to see that it is told of changes."""
NO_COOKIES: Final = f":(exclude){COOKIE}*"
"""Says the same to git, which takes such a file for a new one; to be added to what it is asked about."""


def standing_files(tree: Path) -> Iterator[Path]:
    """Every file below *tree*."""
    return (file for file in tree.rglob("*") if file.is_file() and not file.name.startswith(COOKIE))
