"""The section of a body that keeps what has no place here: facts under their own names, and what people said."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.documents.foreign.item import Becomes, ForeignComment, ForeignItem, KeptFact
from dispatchd.documents.foreign.wording import LONGEST_TEXT, shortened, tidy
from dispatchd.documents.stamps import format_moment, plain

LONGEST_SECTION: Final = 100_000
"""Bytes; quoting and the like may make half as much again of it."""
LONGEST_DOCUMENT: Final = 1_000_000
_DRESS: Final = 60
"""Bytes around each fact and comment."""
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


def fitting(item: ForeignItem) -> tuple[ForeignItem, int]:
    """*item* with as much of its texts as its file can hold, and how many characters that leaves out."""
    limit = LONGEST_DOCUMENT if item.becomes is Becomes.DOCUMENT else LONGEST_TEXT
    body, missing = shortened(item.body, limit)
    room, kept, comments = LONGEST_SECTION, list[KeptFact](), list[ForeignComment]()
    for fact in item.kept:
        text, more = shortened(fact.text, max(room, 0))
        if text:
            kept.append(replace(fact, text=f"{text}…") if more else fact)
        room, missing = room - len(text) - _DRESS, missing + more
    for comment in item.comments:
        text, more = shortened(comment.text, max(room, 0))
        if text:
            comments.append(replace(comment, text=f"{text}…") if more else comment)
        room, missing = room - len(text) - _DRESS, missing + more
    if not missing:
        return item, 0
    return replace(item, body=body, kept=tuple(kept), comments=tuple(comments)), missing


def body_with_kept(item: ForeignItem, kept: Sequence[KeptFact]) -> str:
    """The body of *item* with everything *kept* below it."""
    tool = tool_of(item.source)
    parts = [item.body.strip("\n")] if item.body.strip() else []
    if kept or item.comments:
        parts.append("\n\n".join(_section(tool, item.comments, kept)))
    return "\n\n".join(parts) + "\n" if parts else ""


def _section(tool: str, comments: Sequence[ForeignComment], kept: Sequence[KeptFact]) -> Iterator[str]:
    yield f"## From {tool}"
    if kept:
        yield "\n".join(_line(fact, tool) for fact in kept).rstrip("\n")
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
