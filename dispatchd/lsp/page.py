"""A text in an editor: its lines, its front matter while it may still be half written, and what stands at a place.

Lines and columns count from zero, columns in characters; what units an editor counts in is the server's business.
"""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from dispatchd.application.document_kinds import DocumentKind
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.documents.key_schema import canonical_key
from dispatchd.documents.tree_paths import PathRole, entity_kind_at, role_of
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityKind, kind_of, parse_id

_KEY: Final = re.compile(r"(?P<key>[A-Za-z][A-Za-z _-]*?)[ \t]*:(?P<value>[ \t].*|)$")
_OURS: Final = re.compile(r"[ \t]+# dispatchd:.*$")
_HEADING: Final = re.compile(r"(#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*$")
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Spot:
    """Between two characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Span:
    """A part of one line."""

    line: int
    start: int
    end: int

    def holds(self, spot: Spot) -> bool:
        """Whether *spot* lies in it or at its end."""
        return self.line == spot.line and self.start <= spot.column <= self.end


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key of the front matter and where its value stands on the same line."""

    key: str
    value: Span


@dataclass(frozen=True)
class Page:
    """The text of the file at *path* as an editor has it."""

    path: DocumentPath
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """Without their ends."""
        return tuple(line.rstrip("\r") for line in self.text.split("\n"))

    @cached_property
    def kind(self) -> DocumentKind | None:
        """How such a document is read; None for what is no entity."""
        if role_of(self.path) is not PathRole.ENTITY:
            return None
        found = entity_kind_at(self.path)
        if found is None:
            entity_id = parse_id(self.written("id"))
            found = EntityKind.ISSUE if entity_id is None else kind_of(entity_id)
        return KINDS.get(found)

    @cached_property
    def front_end(self) -> int:
        """The line of the closing fence; while that is missing the first blank line; zero without front matter."""
        if self.lines[0].strip("\ufeff \t") != "---":
            return 0
        rest = list(enumerate(self.lines[1:], 1))
        fence = next((at for at, line in rest if line.rstrip() in {"---", "..."}), None)
        blank = next((at for at, line in rest if not line.strip()), len(self.lines))
        return blank if fence is None else fence

    def in_front(self, line: int) -> bool:
        """Whether *line* stands between the fences."""
        return 0 < line < self.front_end

    def key_on(self, line: int) -> KeyLine | None:
        """The key that *line* begins."""
        found = _KEY.match(self.lines[line]) if self.in_front(line) else None
        if found is None:
            return None
        said = _OURS.sub("", found["value"]).rstrip()
        # Where nothing is said yet, it will be said one blank behind the colon.
        lead = len(said) - len(said.lstrip()) if said else len(found["value"][:1])
        start = found.start("value") + lead
        return KeyLine(
            canonical_key(found["key"]), Span(line, start, max(start, found.start("value") + len(said)))
        )

    def key_around(self, line: int) -> KeyLine | None:
        """The key that *line* belongs to: its own, or that of the list it is an item of."""
        for at in range(line, 0, -1):
            found = self.key_on(at)
            if found is not None or not self.lines[at].lstrip().startswith("-"):
                return found
        return None

    def key_lines(self) -> Iterator[KeyLine]:
        """The keys of the front matter, in order."""
        found = (self.key_on(line) for line in range(1, self.front_end))
        return (each for each in found if each is not None)

    def value_of(self, key: KeyLine) -> str:
        """What stands behind *key* on its line."""
        return self.lines[key.value.line][key.value.start : key.value.end]

    def written(self, key: str) -> str:
        """What stands behind *key* on its first line; nothing where it is not there."""
        return next((self.value_of(each) for each in self.key_lines() if each.key == key), "")

    def heading_on(self, line: int) -> Span | None:
        """The words of the heading on *line*."""
        found = None if self.in_front(line) else _HEADING.match(self.lines[line])
        return Span(line, found.start("text"), found.end("text")) if found else None

    def heading_above(self, line: int, level: int) -> str:
        """The words of the nearest heading of *level* above *line*; nothing where a higher one comes first."""
        for at in range(min(line, len(self.lines) - 1), self.front_end, -1):
            found = _HEADING.match(self.lines[at])
            if found is not None and len(found[1]) <= level:
                return _LINK.sub(r"\1", found["text"]) if len(found[1]) == level else ""
        return ""

    def replaced(self, span: Span, new: str) -> str:
        """The whole text with *new* instead of *span*."""
        lines = self.text.split("\n")
        line = lines[span.line]
        lines[span.line] = line[: span.start] + new + line[span.end :]
        return "\n".join(lines)

    def whole_line(self, line: int) -> Span:
        """*line* without the blanks around it; the first where there is no such line."""
        at = line if 0 <= line < len(self.lines) else 0
        said = self.lines[at]
        end = len(said.rstrip())
        return Span(at, min(len(said) - len(said.lstrip()), end), end)
