"""Lines, as people and editors count them: only a line feed ends one, and its end belongs to it."""

from collections.abc import Iterator, Sequence
from typing import Final

BOM: Final = "\ufeff"
BLANKS: Final = " \t\r\n"


def split_lines(text: str) -> list[str]:
    """The lines of *text* with their ends; joined they are *text* again."""
    quick = text.splitlines(keepends=True)
    if len(quick) == text.count("\n") + (text[-1:] not in ("", "\n")):
        return quick  # Python ends lines at more characters than we do; here there was none of those.
    lines = [line + "\n" for line in text.split("\n")]
    if lines[-1] == "\n":
        lines.pop()
    else:
        lines[-1] = lines[-1][:-1]
    return lines


def dominant_newline(text: str) -> str:
    """The line ending that most lines of *text* have."""
    pairs = text.count("\r\n")
    return "\r\n" if pairs and pairs * 2 > text.count("\n") else "\n"


def line_end(line: str) -> str:
    """How *line* ends: with a line feed, a pair, or not at all."""
    if line.endswith("\r\n"):
        return "\r\n"
    return "\n" if line.endswith("\n") else ""


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column of *offset* in *text*, both counted from one."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def is_fence(line: str) -> bool:
    """Whether *line* opens or closes a front matter."""
    return line[:3] == "---" and not line[3:].strip(BLANKS)


def closes_front_matter(line: str) -> bool:
    """Whether *line* closes a front matter; three dots do as well."""
    return line[:3] in ("---", "...") and not line[3:].strip(BLANKS)


def outside_code(lines: Sequence[str], start: int = 0) -> Iterator[int]:
    """The indexes of the lines from *start* on that stand in no fenced code block."""
    fence = ""
    for index in range(start, len(lines)):
        line = lines[index]
        mark = _code_fence(line)
        if not fence:
            yield index
            fence = mark
        elif mark[:1] == fence[0] and len(mark) >= len(fence) and not line.strip(" " + BLANKS + fence[0]):
            fence = ""


def _code_fence(line: str) -> str:
    """The run of backticks or tildes that begins *line*, if it opens or closes a code block."""
    content = line.lstrip(" ")
    if len(line) - len(content) > 3 or content[:3] not in ("```", "~~~"):
        return ""
    run = content[: len(content) - len(content.lstrip(content[0]))]
    # An info string with a backtick makes the run inline code.
    return "" if run[0] == "`" and "`" in content[len(run) :] else run
