"""What one thing of another tracker says, in one shape for all of them.

Words (states, types, priorities) stand here as near to our vocabulary as the other tracker's own meaning allows; whether
they are in it, who is known here, and what an item may refer to is decided by those who take it in.
"""

from dataclasses import field
from datetime import datetime
from enum import StrEnum

from dispatchd.domain.dataclass import dataclass


class Becomes(StrEnum):
    """What an item is to be here."""

    ISSUE = "issue"
    EPIC = "epic"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFact:
    """A fact that has no place here: it is kept in the body as it was called there."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignComment:
    by: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignItem:
    """One thing to take in. References (`parent`, `epic`, `depends_on`) are spelled as the `source` of others.

    For a document `body` is the whole text and `place` its path in the tree. `path` and `line` say where it was read.
    """

    source: str
    becomes: Becomes
    path: str
    line: int
    title: str = ""
    body: str = ""
    created: datetime | None = None
    closed: datetime | None = None
    type: str = ""
    status: str = ""
    priority: str = ""
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    parent: str = ""
    epic: str = ""
    depends_on: tuple[str, ...] = ()
    kept: tuple[KeptFact, ...] = ()
    comments: tuple[ForeignComment, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something a person should know about what was read at a place. `what` is the same for all alike, `detail` is not."""

    path: str
    line: int
    what: str
    detail: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something that was read and does not come along. `why` is the same for all alike, `detail` is not.

    `broken`: it could not be read.
    """

    path: str
    line: int
    why: str
    detail: str = ""
    source: str = ""
    broken: bool = False


@dataclass(slots=True, kw_only=True)
class Haul:
    """Everything a reader found. What was read is `items` and `left_out` together: nothing is neither."""

    tool: str
    items: list[ForeignItem] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, item: ForeignItem, what: str, detail: str = "") -> None:
        """Say something about *item*."""
        self.remarks.append(
            Remark(path=item.path, line=item.line, what=what, detail=detail, source=item.source)
        )

    def leave_broken(self, path: str, line: int, why: str, detail: str = "") -> None:
        """Something that cannot be read."""
        self.left_out.append(LeftOut(path=path, line=line, why=why, detail=detail, broken=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFile:
    """A file as it was found: its bytes, or why it was not read. `path` is as a person can open it, `name` below DIR."""

    path: str
    name: str
    content: bytes = b""
    refused: str = ""
