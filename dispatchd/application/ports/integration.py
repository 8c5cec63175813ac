"""The branch that agents' work comes together on, moved without a checkout of anybody's."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError


class IntegrationFailed(DispatchdError):  # noqa: N818 -- as CloneFailed
    """Git could not join, check out or move; the message is git's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A merge as an object, on no branch yet. With `conflicts` there is no commit, but the two sides' texts."""

    commit: str | None
    onto: str
    """The head it was made for: the branch moves only if it still is that."""
    conflicts: tuple[str, ...] = ()
    """Paths."""
    told: str = ""
    """What git says of the conflicts."""
    changed: tuple[str, ...] = ()
    """Paths that the merge changes on the branch."""
    unrelated: bool = False
    """The two sides have no commit in common, and there is nothing to merge by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    command: str
    exit_code: int | None
    """None: it was stopped because it took too long."""
    tail: str
    """The last lines it printed."""
    seconds: float
    report: bytes | None = None
    """What it left in the file that was asked for, if it left one."""


class Checks(Protocol):
    def __call__(self, commit: str, name: str, command: str, within: float, report: str = "") -> CheckResult:
        """Run *command* in a cell on a scratch clone of *commit*, called by *name*, at most *within* seconds; *report*
        is a file in it that is wanted.
        """
        ...


class Integration(Protocol):
    """Raises IntegrationFailed."""

    def head(self, branch: str, *, start: str) -> str:
        """Where *branch* points; it is made at *start* where there is none."""
        ...

    def exists(self, branch: str) -> bool: ...

    def join(self, branch: str, commit: str, message: str) -> Joined:
        """What merging *commit* into *branch* would give, by three ways, without a work tree."""
        ...

    def check_out(self, commit: str, name: str) -> Path:
        """A scratch clone of the repository at *commit*, to run checks in."""
        ...

    def drop_checkout(self, path: Path) -> None: ...

    def move(
        self, branch: str, *, to: str, expected: str, while_there: Mapping[str, str] = MappingProxyType({})
    ) -> bool:
        """Move the branch from *expected* to *to*, in one step; False where it is elsewhere by now, or checked out, or
        only another name, or one of the branches in *while_there* is at another commit than is said there.
        """
        ...

    def leads_to(self, branch: str) -> str | None:
        """The full name of the reference that *branch* is another name of, there or not; None where it is none. Such a
        branch is never moved: what it names would move, whoever has that checked out.
        """
        ...

    def checked_out_at(self, branch: str) -> Path | None:
        """The worktree in which *branch* is checked out, if any."""
        ...

    def rebased_at(self, branch: str) -> Path | None:
        """The worktree in which a rebase of *branch* is open, if any: `HEAD` names no branch there."""
        ...

    def is_ancestor(self, commit: str, of: str) -> bool: ...

    def missing(self, commit: str, head: str, *, since: str) -> tuple[str, ...]:
        """The paths that *commit* has changed *since*, and that stand otherwise at *head*."""
        ...

    def merge_of(self, commit: str, head: str, *, since: str, saying: str) -> str | None:
        """The merge of *commit* among the first parents of *head* that *since* has not, if its message ends with *saying*:
        only whoever moves the branch makes such commits. None where there is none.
        """
        ...
