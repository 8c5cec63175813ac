"""Patterns of paths, as people write them: `*` within a folder, `**` through folders, `?` for one character."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

_PART = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matching(paths: Iterable[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Those of *paths* that fit one of *patterns*, in their order."""
    return tuple(path for path in paths if any(_compiled(each).fullmatch(path) for each in patterns))


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _PART.findall(pattern.removeprefix("./"))
    return re.compile("".join(_MEANS.get(part, re.escape(part)) for part in parts), re.DOTALL)
