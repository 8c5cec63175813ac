"""Whether the project around the tree would carry it away: its own files are read, and nothing is run."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from dispatchd.composition.looking import Workspace

if TYPE_CHECKING:
    from dispatchd.application.leaks import Leak

_LONGEST: Final = 1 << 20


def leaks_of(workspace: Workspace) -> "Sequence[Leak]":
    """What of the project's tools would take the tree along."""
    from dispatchd.application.leaks import READ, leaks_in

    root = workspace.tree.parent
    texts: dict[str, str] = {}
    for pattern in READ:
        for file in root.glob(pattern):
            if file.is_file() and file.stat().st_size <= _LONGEST:
                texts[file.relative_to(root).as_posix()] = file.read_text(encoding="utf-8", errors="replace")
    return leaks_in(texts)
