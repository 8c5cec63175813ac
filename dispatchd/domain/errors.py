"""Failures by whose fault they are.

A file's faults are values (`documents.problems`), not raised. Anything that is none of these is a bug.
"""

from dispatchd.domain.identifiers import EntityId


class DispatchdError(Exception):
    """A failure that a person can be told about in one sentence."""


class Rejected(DispatchdError):  # noqa: N818 -- the word every message and log uses
    """The caller asked for what the rules refuse; the message says what they would accept."""

    def __init__(
        self,
        message: str,
        *,
        subject: EntityId | None = None,
        key: str | None = None,
        member: str | None = None,
    ) -> None:
        super().__init__(message)
        self.subject = subject
        self.key = key
        self.member = member
        """Where the key holds a set: the one member that is refused; without it the others would do."""


class WorkspaceError(DispatchdError):
    """The workspace is not set up, or not here; the message names the next step."""
