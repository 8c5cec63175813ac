"""A code block, comment or HTML that is begun and never closed: all below it is text, and no box there can be ticked."""

import re
from collections.abc import Iterator
from typing import Final

from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, outline
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.text_lines import split_lines

_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_COMMENT: Final = "<!--"
_MARKUP: Final = tuple(
    (re.compile(begins, re.IGNORECASE), re.compile(ends, re.IGNORECASE), mends)
    for begins, ends, mends in (
        (rf" {{0,3}}{_COMMENT}", "-->", "-->"),
        (
            r" {0,3}<(?:script|pre|style|textarea)(?=[\s>]|$)",
            r"</(?:script|pre|style|textarea)>",
            "its end tag",
        ),
        (r" {0,3}<\?", r"\?>", "?>"),
        (r" {0,3}<!\[CDATA\[", r"\]\]>", "]]>"),
        (r" {0,3}<![a-z]", ">", ">"),
    )
)
"""HTML that no blank line ends: how it begins, what ends it, and how that is called. By CommonMark, 4.6."""
_MAY_OPEN: Final = re.compile(r"^ {0,3}(?:`{3}|~{3}|<)", re.MULTILINE)
_BELOW: Final = "x"


def unclosed_blocks(shape: Outline) -> Iterator[DocumentProblem]:
    """The block that swallows the end of the file, if one does and it is not the end that was meant."""
    last = shape.blocks[-1] if shape.blocks else None
    if last is None:
        return
    if last.kind is BlockKind.CODE and _is_open_fence(shape, last):
        yield DocumentProblem(
            line=last.line,
            what="The code block that begins here is never closed, so everything below it is code",
            hint="Put a line with the same marks below its last line",
        )
    elif last.kind is BlockKind.MARKUP:
        yield from _of_markup(shape, last)


def _of_markup(shape: Outline, block: Block) -> Iterator[DocumentProblem]:
    text = "".join(shape.lines[block.first : block.end])
    found = ((ends, mends) for begins, ends, mends in _MARKUP if begins.match(text))
    ends, mends = next(found, (None, ""))
    if ends is None or ends.search(text):
        return
    is_comment = text.lstrip().startswith(_COMMENT)
    yield DocumentProblem(
        line=block.line,
        what="The comment that begins here is never closed, so everything below it is hidden"
        if is_comment
        else "The HTML that begins here is never closed, so everything below it belongs to it",
        hint=f"Put {mends} behind its last word",
    )


def closed(text: str) -> str:
    """*text* so that what is put below it stands for itself: an open code block is closed, other blocks that would
    swallow it are quoted from their first line on.
    """
    if not _MAY_OPEN.search(text):
        return text
    last = _swallows(text)
    if last is None:
        return text
    lines = [line.rstrip("\r\n") for line in split_lines(text)]
    opening = _FENCE.match(lines[last.first])
    if last.kind is BlockKind.CODE and opening is not None:
        fenced = f"{text.rstrip()}\n{opening[1]}"
        if _swallows(fenced) is None:
            return fenced
    kept, rest = lines[: last.first], lines[last.first :]
    return "\n".join((*kept, *(f"> {line}".rstrip() for line in rest)))


def _swallows(text: str) -> Block | None:
    """The block of *text* to which a heading below it would belong; None where it would be a heading."""
    last = outline(f"{text}\n\n## {_BELOW}\n", 0).blocks[-1]
    return None if last.kind is BlockKind.HEADING and last.text == _BELOW else last


def _is_open_fence(shape: Outline, block: Block) -> bool:
    opening = _FENCE.match(shape.lines[block.first])
    if opening is None:
        return False
    closing = shape.lines[block.end - 1].strip()
    mark = opening[1]
    return block.end - block.first < 2 or len(closing) < len(mark) or closing.strip(mark[0]) != ""
