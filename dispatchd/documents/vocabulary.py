"""Kindness about values: which word a person meant.

Case, blanks, dashes, underscores and apostrophes are forgiven, and common words for a state or a priority are
understood. What a word then does is left to the rules.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Final

ISSUE_STATUS_SYNONYMS: Final[Mapping[str, str]] = {
    "todo": "unassigned",
    "open": "unassigned",
    "backlog": "unassigned",
    "ready": "queued",
    "go": "queued",
    "doing": "in_progress",
    "wip": "in_progress",
    "fixed": "done",
    "closed": "done",
    "won't do": "cancelled",
    "canceled": "cancelled",
}
PRIORITY_SYNONYMS: Final[Mapping[str, str]] = {
    "urgent": "critical",
    "p0": "critical",
    "p1": "high",
    "normal": "medium",
    "p2": "medium",
    "p3": "low",
}
_FORGIVEN: Final = str.maketrans("", "", " \t\u00a0-\u2010\u2011_'\u2019")

_WIKI_LINK: Final = re.compile(r"\[\[([^\[\]|#]*)[^\[\]]*\]\]")
_LINK: Final = re.compile(r"\[[^\[\]]*\]\(<?([^()<>]*?)>?\)")
_FILE_OF_ID: Final = re.compile(r"([iepdtf]-[0-9a-hjkmnp-tv-z]{4,26})(?:-.*)?", re.IGNORECASE)


def fold(word: str) -> str:
    """*word* without all that a person need not get right."""
    return word.casefold().translate(_FORGIVEN)


def canonical(value: str, allowed: Iterable[str], synonyms: Mapping[str, str] | None = None) -> str | None:
    """The word of *allowed* that *value* means; None if it means none of them."""
    words = tuple(allowed)
    if value in words:
        return words[words.index(value)]
    folded = fold(value)
    if not folded:
        return None
    for word in words:
        if fold(word) == folded:
            return word
    meant = next((word for said, word in (synonyms or {}).items() if fold(said) == folded), None)
    return next((word for word in words if word == meant), None)


def is_beginning(value: str, allowed: Iterable[str], synonyms: Mapping[str, str] | None = None) -> bool:
    """Whether *value* is what stands there while somebody types: nothing, or the first letters of a valid word."""
    folded = fold(value)
    return any(
        word.startswith(folded) and word != folded
        for word in (fold(each) for each in (*allowed, *(synonyms or ())))
    )


def closest(value: str, allowed: Iterable[str]) -> str | None:
    """The word of *allowed* that *value* is most probably a misspelling of; None if it is like none of them."""
    words = {fold(word): word for word in allowed}
    near = difflib.get_close_matches(fold(value), words, n=1, cutoff=0.6)
    return words[near[0]] if near else None


def bare_reference(text: str) -> str:
    """What *text* points at, without the dress of a link, a mention or a number sign.

    `[[e-3fq9]]`, `[Title](../epics/e-3fq9-x.md)`, `@ash` and `#123` are `e-3fq9`, `e-3fq9`, `ash` and `123`.
    """
    bare = text.strip().strip("`\"'").strip()
    link = _WIKI_LINK.fullmatch(bare) or _LINK.fullmatch(bare)
    target = link_target(text)
    if link or target.lower().endswith(".md"):
        name = target.replace("%20", " ").rstrip("/").rpartition("/")[2]
        name = name[:-3] if name.lower().endswith(".md") else name
        named = _FILE_OF_ID.fullmatch(name)
        target = named[1] if named else name
    return target.lstrip("@#").strip()


def link_target(text: str) -> str:
    """What *text* names as it is written: the target of a link, else the words themselves without their quotes."""
    bare = text.strip().strip("`\"'").strip()
    link = _WIKI_LINK.fullmatch(bare) or _LINK.fullmatch(bare)
    return link[1].partition("#")[0].strip() if link else bare
