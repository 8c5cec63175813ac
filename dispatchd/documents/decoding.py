"""Whether the bytes of a file are a text that may be read: UTF-8, without NUL, without an unfinished merge.

A file that is not is left exactly as it is; this only says what is the matter and where.
"""

import re
from collections.abc import Sequence
from typing import Final

from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.text_lines import BOM, is_fence, outside_code, place_of, split_lines

_CONFLICT: Final = re.compile(r"(?:<{7,}|>{7,})(?:[ \r\n]|$)")
_MIDDLE: Final = re.compile(r"={7,}[ \t\r]*$")


def decode(content: bytes) -> str | DocumentProblem:
    """The text of *content*, a BOM included, or why it is none."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(content, error.start)
    nul = text.find("\0")
    if nul >= 0:
        line, column = place_of(text, nul)
        return DocumentProblem(
            line=line,
            column=column,
            what="There is a NUL byte here, so this is not a text file",
            hint="Save it again as plain text, or move it out of the folder",
        )
    if "<<<<<<<" in text or ">>>>>>>" in text:
        return _conflict(split_lines(text.removeprefix(BOM))) or text
    return text


def _not_utf8(content: bytes, at: int) -> DocumentProblem:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return DocumentProblem(line=1, what="This file is saved as UTF-16", hint="Save it as UTF-8")
    before = content[:at].decode("utf-8")
    line, column = place_of(before, len(before))
    return DocumentProblem(
        line=line,
        column=column,
        what=f"The byte 0x{content[at]:02x} here is not UTF-8",
        hint="Save the file as UTF-8",
    )


def _conflict(lines: Sequence[str]) -> DocumentProblem | None:
    end = _front_matter_end(lines)
    seen_middle = False
    for index in (*range(end), *outside_code(lines, end)):
        line = lines[index]
        if _MIDDLE.match(line):
            seen_middle = True
        # Seven `>` are also a deep quotation: they end a conflict only where its middle was seen.
        elif _CONFLICT.match(line) and (line[0] == "<" or seen_middle or index < end):
            return DocumentProblem(
                line=index + 1,
                what="There is an unfinished merge here (conflict markers)",
                hint="Keep the lines you want; delete those that begin with <<<<<<<, ======= and >>>>>>>",
            )
    return None


def _front_matter_end(lines: Sequence[str]) -> int:
    """Where the front matter ends, in which nothing is code; zero where there is none."""
    if not lines or not is_fence(lines[0]):
        return 0
    return next((index for index in range(1, len(lines)) if is_fence(lines[index])), 0)
