"""What somebody changed of a thing's facts, or did in a file that was not taken, in a few words."""

import re
from typing import Final

from dispatchd.domain.event import EditRefused, FactSet, SetChanged
from dispatchd.domain.wording import listed

_TICKED: Final = re.compile(r"[-*+]\s+\[\s*[xX]\s*\]\s+(.*)")
_KEY: Final = re.compile(r"[\w-]+")


def fact_set(event: FactSet, title: str) -> str:
    """That a fact has another value now. *title*: what follows the thing's id where it is named, if anything."""
    subject = f"{event.subject}{title}"
    if event.key == "paused":
        return f"{'pauses' if event.after == 'true' else 'resumes'} {subject}"
    if event.key == "title":
        return f"renames {event.subject}: {event.after}"
    if event.key == "decision" and event.after:
        return f"links {event.subject} to its record {event.after}{title}"
    if event.after is None:
        return f"clears {event.key} of {subject}"
    return f"sets {event.key} of {event.subject} to {event.after}{title}"


def set_changed(event: SetChanged, title: str) -> str:
    """What was put into a set and taken out of it. *title* as above."""
    added = [each for each in event.after if each not in event.before]
    taken = [each for each in event.before if each not in event.after]
    if added and taken:
        changes = f"adds {listed(added, 'and')}, takes out {listed(taken, 'and')}"
        return f"changes {event.key} of {event.subject} ({changes}){title}"
    if not added and not taken:
        return f"reorders {event.key} of {event.subject}{title}"
    did = f"adds {listed(added, 'and')} to" if added else f"takes {listed(taken, 'and')} from"
    return f"{did} {event.key} of {event.subject}{title}"


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
