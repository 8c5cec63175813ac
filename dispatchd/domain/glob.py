"""Patterns of `*` and `?` and of nothing else: `*` is any number of any characters, `?` is one. A bracket is a bracket."""

import re
from functools import lru_cache


def fits(text: str, pattern: str) -> bool:
    """Whether *pattern* fits the whole of *text*."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Each run of stars gives back nothing of what it skipped, so that no pattern takes more than its length times the text's.
    head, *rest = (_literal(part) for part in re.split(r"\*+", pattern))
    if not rest:
        return re.compile(head, re.DOTALL)
    *between, tail = rest
    skips = "".join(f"(?>.*?{part})" for part in between if part)
    return re.compile(f"{head}{skips}.*{tail}", re.DOTALL)


def _literal(part: str) -> str:
    return "".join("." if char == "?" else re.escape(char) for char in part)
