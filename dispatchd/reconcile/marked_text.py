"""A text with conflict markers in it, taken apart into the versions that met there.

It is how git leaves a merge to a person. Which lines they kept shows against both versions.
"""

import re
from typing import Final

from dispatchd.documents.front_matter import read_front_matter
from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.after_merge import begun_as
from dispatchd.reconcile.document_merge import ALL_KEYS

_MARK: Final = re.compile(r"(?P<mark><{7,}|\|{7,}|={7,}|>{7,})(?: .*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The three versions, with all that stands outside the markers; `base` holds nothing where git did not show it."""

    base: str
    one: str
    other: str

    def settled_from(self, made: str) -> str | None:
        """The text against which *made* shows what the person decided who took the markers out.

        None where the markers stood so that no version of it can be read.
        """
        versions = (self.base, self.one, self.other)
        heads = [read_front_matter(text, ALL_KEYS) for text in versions]
        if any(head.parked or head.layout.opening is None for head in heads):
            return None
        return begun_as(*versions, made)

    def shows(self, lines: str) -> bool:
        """Whether *lines* stood before the person's eyes."""
        return lines.strip() in self.one or lines.strip() in self.other


def read_marked(content: bytes) -> Marked | None:
    """The versions in *content*; None where there are no markers, or one of them is missing."""
    text = content.decode("utf-8", "replace")
    if "<<<<<<<" not in text:
        return None
    parts: dict[str, list[str]] = {"<": [], "|": [], ">": []}
    inside, found = "", False
    for line in split_lines(text):
        mark = _MARK.match(line.rstrip("\r\n"))
        kind = mark["mark"][0] if mark else ""
        if kind == "<" and not inside:
            inside = "<"
        elif (kind == "|" and inside == "<") or (kind == "=" and inside in ("<", "|")):
            inside = "|" if kind == "|" else ">"
        elif kind == ">" and inside == ">":
            inside, found = "", True
        else:
            for part in [inside] if inside else parts:
                parts[part].append(line)
    if inside or not found:
        return None
    return Marked(base="".join(parts["|"]), one="".join(parts["<"]), other="".join(parts[">"]))
