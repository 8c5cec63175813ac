"""What a new document is called, where its writer did not say so in as many words."""

import re
from typing import Final

from dispatchd.documents.key_schema import Value
from dispatchd.domain.identifiers import DocumentPath

_NAMELESS: Final = re.compile(
    r"(untitled|new[ _-]?(file|note|document|issue)?|noname|unnamed|document|note|draft|tmp|temp)[ _-]*\d*",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(r"#[ \t]+(?P<words>.+?)[ \t]*#*[ \t]*")
_LONGEST: Final = 120


def title_for(written: Value, body: str, path: DocumentPath) -> str:
    """The front matter's title, else the first heading of the first level, else the file's name, else a first line."""
    if isinstance(written, str) and written.strip():
        return written
    return _heading(body) or _name(path) or _first_line(body) or path


def _heading(body: str) -> str:
    fence = ""
    for line in body.splitlines():
        mark = line.lstrip()[:3]
        if mark in ("```", "~~~"):
            fence = "" if fence == mark else fence or mark
        found = _HEADING.fullmatch(line) if not fence else None
        if found:
            return found["words"]
    return ""


def _name(path: DocumentPath) -> str:
    stem = path.rsplit("/", 1)[-1].removesuffix(".md")
    words = " ".join(re.sub(r"[_]+", " ", stem).split())
    return "" if _NAMELESS.fullmatch(words) else words


def _first_line(body: str) -> str:
    line = next((line.strip() for line in body.splitlines() if line.strip()), "")
    plain = line.lstrip("#>*-+ ").strip() or line
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST].rsplit(" ", 1)[0] + " …"
