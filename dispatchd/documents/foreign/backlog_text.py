"""The text of a Backlog.md file: without the fences of its sections, its comments apart."""

import json
import re
from typing import Final

from dispatchd.documents.foreign.item import ForeignComment
from dispatchd.documents.foreign.wording import moment, tidy, titled

_FENCE: Final = re.compile(
    r"^[ \t]*<!-- (?:SECTION:[A-Z_]+|AC|DOD|COMMENTS):(?:BEGIN|END) -->[ \t]*\n?", re.MULTILINE
)
_COMMENTS: Final = re.compile(
    r"^## Comments[ \t]*\n+<!-- COMMENTS:BEGIN -->[ \t]*\n(?P<said>.*?)^<!-- COMMENTS:END -->[ \t]*\n?",
    re.MULTILINE | re.DOTALL,
)
_COMMENT: Final = re.compile(
    r"^author: (?P<by>[^\n]*)\n(?:created: (?P<at>[^\n]*)\n)?---\n(?P<text>.*?)(?:^---[ \t]*\n|\Z)",
    re.MULTILINE | re.DOTALL,
)
_DESCRIPTION: Final = re.compile(r"\A\s*## Description[ \t]*\n+")
_HEADING_TIGHT: Final = re.compile(r"^(## .*)\n(?=[^\n])", re.MULTILINE)
_GAPS: Final = re.compile(r"\n{3,}")


def body_and_comments(text: str, tool: str) -> tuple[str, tuple[ForeignComment, ...]]:
    """What the file says, beginning with its description, and what people said about it."""
    comments: list[ForeignComment] = []
    found = _COMMENTS.search(text)
    if found is not None:
        said = list(_COMMENT.finditer(found["said"]))
        # Where something else stands between them, the section is left in the text as it is.
        if said and not _COMMENT.sub("", found["said"]).strip():
            comments = [_comment(each, tool) for each in said]
            text = text[: found.start()] + text[found.end() :]
    if "<!-- " in text:
        text = _FENCE.sub("", text)
        text = _HEADING_TIGHT.sub(r"\1\n\n", text)
        text = _GAPS.sub("\n\n", text)
    return tidy(_DESCRIPTION.sub("", text, count=1), tool), tuple(comments)


def _comment(said: re.Match[str], tool: str) -> ForeignComment:
    return ForeignComment(
        by=titled(said["by"], "somebody"),
        text=tidy(said["text"], tool),
        at=moment((said["at"] or "").strip("'\" ")),
    )


def with_source(text: str, source: str, *, has_front: bool) -> str:
    """*text*, whole, with a line that says where it came from."""
    line = f"source: {json.dumps(source, ensure_ascii=False)}\n"
    if has_front:
        fence, rest = text.lstrip("\n").split("\n", 1)
        return f"{fence}\n{line}{rest}"
    return f"---\n{line}---\n\n{text.lstrip()}"
