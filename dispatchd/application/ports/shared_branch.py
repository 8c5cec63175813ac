"""The branch as other clones have it, at a remote: fetched, pushed, and which of it this clone has taken over.

It decides which failures a caller can tell apart, in words for a person. When to fetch and push, and what is done with
what came, is left to the callers. Nobody is ever asked for a password.
"""

from enum import StrEnum
from typing import Protocol

from dispatchd.application.ports.audit_log import CommitId
from dispatchd.domain.errors import DispatchdError


class Trouble(StrEnum):
    """Why the remote could not be used."""

    UNREACHABLE = "unreachable"
    NOT_LET_IN = "not let in"
    NO_REMOTE = "no such remote"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"
    """Somebody else pushed first: fetch, then push again."""
    REWRITTEN = "rewritten"
    """The remote lost commits that were shared with it: only a person says which side holds."""
    TWO_HOMES = "two homes"
    """Another clone decides as well; nothing goes on until a person says which one does."""
    BROKEN = "broken"
    """Git could not do its part here: a full disk, a damaged repository."""


class ShareFailed(DispatchdError):  # noqa: N818  named for what happened, as its caller reads it
    """The remote could not be used; the message says why and what to do."""

    def __init__(self, trouble: Trouble, words: str) -> None:
        super().__init__(words)
        self.trouble = trouble


class SharedBranch(Protocol):
    """The branch at one remote. Calls block for as long as the network takes, within a limit."""

    def fetch(self, remote: str) -> CommitId | None:
        """Where the branch stands at *remote* now; None where it has none yet. Raises ShareFailed."""
        ...

    def push(self, remote: str, commit: CommitId, *, over: CommitId | None = None) -> None:
        """Put the branch at *remote* to *commit*, which must descend from what is there; with *over*, from whatever
        stands there, provided it is *over*. Raises ShareFailed.
        """
        ...

    def agreed(self, remote: str) -> CommitId | None:
        """The last commit that this clone and *remote* were known to share; None before the first."""
        ...

    def agree(self, remote: str, commit: CommitId) -> None:
        """Remember *commit* as shared with *remote*."""
        ...

    def let_go(self, commit: CommitId, name: str) -> str:
        """Keep *commit* under a reference of our own, whose name is returned, so that nothing of it is lost; what was
        decided up to it and does not stand on the branch counts no more (`AuditLog.decided_here`).
        """
        ...
