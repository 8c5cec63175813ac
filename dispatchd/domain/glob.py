r"""Patterns of `*` and `?` and of nothing else: `*` is any number of any characters, `?` is one. A bracket is a bracket.

`\*`, `\?` and `\\` are the characters themselves; before any other a backslash is a backslash.
"""

import re
from functools import lru_cache
from typing import Final

_PIECE: Final = re.compile(r"\\[*?\\]|.", re.DOTALL)


def fits(text: str, pattern: str) -> bool:
    """Whether *pattern* fits the whole of *text*."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Each run of stars gives back nothing of what it skipped, so that no pattern takes more than its length times the text's.
    head, *rest = _parts(pattern)
    if not rest:
        return re.compile(head, re.DOTALL)
    *between, tail = rest
    skips = "".join(f"(?>.*?{part})" for part in between if part)
    return re.compile(f"{head}{skips}.*{tail}", re.DOTALL)


def _parts(pattern: str) -> list[str]:
    """Expressions for what stands between the stars."""
    parts = [""]
    for found in _PIECE.finditer(pattern):
        piece = found[0]
        if piece == "*":
            parts.append("")
        else:
            parts[-1] += "." if piece == "?" else re.escape(piece[-1])
    return parts


def literally(text: str) -> str:
    """The pattern that fits *text* and nothing else."""
    return "".join(f"\\{char}" if char in "*?\\" else char for char in text)
