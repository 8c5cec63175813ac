"""What somebody did in a file that was not taken, in a few words."""

import re
from typing import Final

from dispatchd.domain.event import EditRefused

_TICKED: Final = re.compile(r"[-*+]\s+\[\s*[xX]\s*\]\s+(.*)")
_KEY: Final = re.compile(r"[\w-]+")


def tried(event: EditRefused) -> str:
    """What somebody did there: ticked a box, set a key, wrote a line."""
    ticked = _TICKED.match(event.place)
    if ticked:
        return f"ticks “{event.attempted or ticked[1]}” in"
    if not event.attempted:
        return f"edits {event.place} of" if _KEY.fullmatch(event.place) else f"edits “{event.place}” in"
    if event.attempted in event.place:
        return f"writes “{event.place}” in"
    return f"writes “{event.attempted}” in {event.place} of"
