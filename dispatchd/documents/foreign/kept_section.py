"""The section of a body that keeps what has no place here: facts under their own names, and what people said."""

from collections.abc import Iterator, Sequence
from typing import Final

from dispatchd.documents.foreign.item import ForeignComment, ForeignItem, KeptFact
from dispatchd.documents.foreign.wording import shortened, tidy
from dispatchd.documents.stamps import format_moment, plain

LONGEST_SECTION: Final = 250_000
"""Bytes; what people said at length is cut before the text itself."""
_NAMES: Final = {
    "github": "GitHub",
    "task-master": "Task Master",
    "beads": "beads",
    "backlog-md": "Backlog.md",
}


def tool_of(source: str) -> str:
    """The tool that *source* names."""
    return source.partition(":")[0]


def name_of(tool: str) -> str:
    """What people call *tool*."""
    return _NAMES.get(tool, tool)


def body_with_kept(item: ForeignItem, kept: Sequence[KeptFact]) -> tuple[str, int]:
    """The body of *item* with everything *kept* below it, and how many characters had to be left out of it."""
    tool = tool_of(item.source)
    body, missing = shortened(item.body)
    parts = [body.strip("\n")] if body.strip() else []
    if kept or item.comments:
        section, more = shortened("\n\n".join(_section(tool, item.comments, kept)), LONGEST_SECTION)
        missing += more
        parts.append(section)
    return "\n\n".join(parts) + "\n" if parts else "", missing


def _section(tool: str, comments: Sequence[ForeignComment], kept: Sequence[KeptFact]) -> Iterator[str]:
    yield f"## From {tool}"
    if kept:
        yield "\n".join(_line(fact, tool) for fact in kept)
    if comments:
        yield "### Comments"
    for comment in comments:
        said = f"**{_name(comment.by)}**{f', {format_moment(comment.at)}' if comment.at else ''}"
        yield f"{said}\n\n{_quoted(comment.text)}"


def _line(fact: KeptFact, tool: str) -> str:
    text = tidy(fact.text, tool)
    key = plain(fact.key).replace("_", " ")
    if "\n" not in text:
        return f"- {key}: {plain(text)}"
    return f"- {key}:\n\n" + "\n".join(f"  > {line}".rstrip() for line in text.split("\n")) + "\n"


def _name(by: str) -> str:
    return plain(by).replace("*", "")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))
