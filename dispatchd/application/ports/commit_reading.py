"""What commits of agents' work hold, read from the repository itself: nothing of an agent's clone is asked."""

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

    def with_files_of(self, onto: str, commit: str, patterns: Sequence[str], keep: str) -> str:
        """A commit on *onto* whose files that fit *patterns* are those of *commit*; kept under the name *keep*."""
        ...
