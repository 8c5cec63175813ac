"""Something said about an issue: whose words, when, and whether they were taken back."""

from datetime import datetime

from dispatchd.domain.actors import Actor
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """`text` is Markdown as it was written, without blank lines around it."""

    by: Actor
    at: datetime
    text: str
    withdrawn: bool = False
    """Taken back; it is kept, so that the file's line is known for what it was."""
