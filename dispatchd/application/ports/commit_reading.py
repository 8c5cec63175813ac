"""What commits of agents' work hold, read from the repository itself: nothing of an agent's clone is asked.

What evidence names is kept there too.
"""

from collections.abc import Sequence
from typing import Protocol


class CommitReading(Protocol):
    """Patterns are those of `domain.path_patterns`."""

    def changed(self, before: str, after: str) -> Sequence[str]:
        """The paths that *after* has other than *before*, those it lacks included."""
        ...

    def fingerprint(self, commit: str, patterns: Sequence[str]) -> str:
        """The same for two commits exactly if their files that fit *patterns* are the same."""
        ...

    def keep(self, commit: str, name: str) -> None:
        """Keep *commit* from being collected: `refs/dispatchd/NAME` holds it from now on."""
        ...

    def with_files_of(self, onto: str, commit: str, patterns: Sequence[str], keep: str) -> str:
        """A commit on *onto* whose files that fit *patterns* are those of *commit*; kept as `refs/dispatchd/KEEP`."""
        ...
