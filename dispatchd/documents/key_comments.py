"""The comments at one known key: behind its value, and within a value of several lines. The daemon's notes are none."""

from collections.abc import Sequence

from dispatchd.documents.key_lines import value_span
from dispatchd.documents.key_schema import WHOLE_LINE_KEYS
from dispatchd.documents.known_values import BLOCK_SCALAR
from dispatchd.documents.notes import cut_note
from dispatchd.documents.scalars import split_comment
from dispatchd.documents.text_lines import BLANKS


def comment_behind(lines: Sequence[str], key: str) -> str:
    """The comment on the first line of *key*, from its `#` on; empty where there is none."""
    return _split(lines[0], key)[1].strip(BLANKS)


def _split(line: str, key: str) -> tuple[str, str]:
    """*line* up to where its value ends, and the comment behind that with the blanks before it."""
    _, start = value_span(line)
    text, tail = split_comment(line[start:], whole_line=key in WHOLE_LINE_KEYS)
    return line[:start] + text, cut_note(tail)[0]


def with_comment(lines: Sequence[str], key: str, comment: str) -> tuple[str, ...] | None:
    """The *lines* of *key*, line ends cut off, with *comment*; None where it would become part of the value."""
    value, _ = _split(lines[0], key)
    line = f"{value.rstrip(BLANKS)} {comment}" if comment else value.rstrip(BLANKS)
    return (line, *lines[1:]) if comment_behind([line], key) == comment else None


def comments_within(lines: Sequence[str], key: str) -> tuple[str, ...]:
    """The comments on the further lines of *key*, each from its `#` on."""
    value = _split(lines[0], key)[0][value_span(lines[0])[1] :]
    if BLOCK_SCALAR.fullmatch(value.strip(BLANKS)):
        return ()
    found: list[str] = []
    for line in lines[1:]:
        content = line.strip(BLANKS).removeprefix("- ")
        tail = content if content.startswith("#") else split_comment(content)[1]
        comment = cut_note(tail)[0].strip(BLANKS)
        if comment.startswith("#"):
            found.append(comment)
    return tuple(found)
