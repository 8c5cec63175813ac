"""A code block or comment that is begun and never closed: all below it is text, and no box there can be ticked."""

import re
from collections.abc import Iterator
from typing import Final

from dispatchd.documents.markdown_outline import Block, BlockKind, Outline
from dispatchd.documents.problems import DocumentProblem

_FENCE: Final = re.compile(r"^ {0,3}(`{3,}|~{3,})")


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
    elif last.kind is BlockKind.MARKUP and _is_open_comment(shape, last):
        yield DocumentProblem(
            line=last.line,
            what="The comment that begins here is never closed, so everything below it is hidden",
            hint="Put --> behind its last word",
        )


def _is_open_fence(shape: Outline, block: Block) -> bool:
    opening = _FENCE.match(shape.lines[block.first])
    if opening is None:
        return False
    closing = shape.lines[block.end - 1].strip()
    mark = opening[1]
    return block.end - block.first < 2 or len(closing) < len(mark) or closing.strip(mark[0]) != ""


def _is_open_comment(shape: Outline, block: Block) -> bool:
    text = "".join(shape.lines[block.first : block.end])
    return text.lstrip().startswith("<!--") and "-->" not in text
