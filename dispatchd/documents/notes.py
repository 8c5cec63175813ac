"""The daemon's own words in a front matter: ` # dispatchd: …` behind a value, or on a line of its own above.

They are ours wherever they stand: cut off before anything is read, and removed when the line is next written.
"""

import re
from typing import Final

MARK: Final = "# dispatchd:"
BODY_MARK: Final = "> dispatchd:"

_NOTE: Final = re.compile(r"(?:^|[ \t]+)# dispatchd:[ \t]*(.*)", re.DOTALL)
_OWN_LINE: Final = re.compile(r"[ \t]*# dispatchd:[ \t]*(.*)", re.DOTALL)
_SPACE: Final = re.compile(r"[\x00-\x20\x7f\u0085\u2028\u2029]+")


def cut_note(text: str) -> tuple[str, str | None]:
    """*text*, which holds no quoted value, up to a note, and what the note says."""
    if MARK not in text:
        return text, None
    found = _NOTE.search(text)
    return (text[: found.start()], found[1].strip()) if found else (text, None)


def note_on_own_line(line: str) -> str | None:
    """What the note says that is all there is on *line*; None if it is no note."""
    found = _OWN_LINE.match(line) if MARK in line else None
    return found[1].strip() if found else None


def as_note(text: str) -> str:
    """*text* as a comment of ours, on one line whatever it holds."""
    return f"{MARK} {_SPACE.sub(' ', text).strip()}".rstrip()
