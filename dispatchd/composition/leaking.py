"""What doctor finds, and whether the project around the tree would carry it away."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dispatchd.composition.looking import Workspace

_LONGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with the installation, why that matters, and what to do."""

    what: str
    why: str
    next_step: str


def leaks_of(workspace: Workspace) -> Sequence[Finding]:
    """What of the project's tools would take the tree along."""
    from dispatchd.application.leaks import READ, leaks_in

    root = workspace.tree.parent
    texts: dict[str, str] = {}
    for pattern in READ:
        for file in root.glob(pattern):
            if file.is_file() and file.stat().st_size <= _LONGEST:
                texts[file.relative_to(root).as_posix()] = file.read_text(encoding="utf-8", errors="replace")
    return [Finding(leak.what, leak.why, leak.mend) for leak in leaks_in(texts)]
