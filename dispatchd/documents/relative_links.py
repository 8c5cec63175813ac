"""Links of a text that is shown elsewhere than where it was written: they name the same file from there."""

import posixpath
import re
from typing import Final

_LINKED: Final = re.compile(r"(?<=\]\()\.{1,2}/[^()\s]*(?=\))")
_UPWARDS: Final = re.compile(r"(?<=\]\()(?:\.\./)+")


def links_moved(text: str, written: str, shown: str) -> str:
    """*text* with its relative links as they have to be in the folder *shown*; they were made for the folder *written*.

    Both are paths from the tree's root, "" for the root itself. What leads out of the tree stays as it is.
    """
    if written == shown or "](." not in text:
        return text

    def moved(found: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(written, found[0]))
        return found[0] if target.startswith("../") else posixpath.relpath(target, shown or ".")

    return _LINKED.sub(moved, text)


def without_depth(text: str) -> str:
    """*text* as it reads from whatever folder it is shown in, for comparing."""
    return _UPWARDS.sub("../", text)
