"""How messages put things together in plain words: lists, quotes, many as one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

ALL_QUIET: Final = "Nothing waits for you, and nothing runs."
"""What the status says where there is nothing to show, to people who know their way."""


def listed(words: Iterable[str], joint: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    *first, last = tuple(words) or ("nothing",)
    return f"{', '.join(first)} {joint} {last}" if first else last


def one_of(words: Iterable[str]) -> str:
    """How a refusal offers a vocabulary: `choose one of: a, b, c`."""
    return f"choose one of: {', '.join(words)}"


def quoted(words: Iterable[str], joint: str = "or") -> str:
    """The same with every word in double quotes."""
    return listed((f'"{word}"' for word in words), joint)


def counted(number: int, thing: str) -> str:
    """`1 issue`, `2 issues`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def times_of(number: int, most: int) -> str:
    """`1 of 3`; `4 times` where people let it go on after the last."""
    return f"{number} of {most}" if number <= most else f"{number} times" if number > 1 else "once"


def in_bytes(count: int) -> str:
    """About how many bytes: `812 kB`, `433 MB`, `2.1 GB`."""
    if count < 1_000_000:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"


def in_words(word: str) -> str:
    """A word of a vocabulary as people read it: `awaiting gate`; the underscore belongs to files and JSON."""
    return word.replace("_", " ")


def one_line(text: str) -> str:
    """*text* without line breaks, doubled spaces and control characters, as a subject line or a tally needs it."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.split())


def clock_time(moment: datetime, at: datetime) -> str:
    """`13:05:00Z`, in UTC; with the date before it where that is not the day of *at*."""
    day = "" if moment.astimezone(UTC).date() == at.astimezone(UTC).date() else f"{moment:%Y-%m-%d} "
    return f"{day}{moment:%H:%M:%S}Z"


_LISTED_BY: Final = {
    "issue": "issue list --all",
    "epic": "epic list --all",
    "proposal": "proposal list --all",
    "thread": "inbox list --all",
    "agent": "agent list",
}


def nothing_called(typed: str, kind: str) -> str:
    """That there is no *kind* of the name *typed*, and the command that shows those that there are."""
    seen_by = f"; see dispatchd {_LISTED_BY[kind]}" if kind in _LISTED_BY else ""
    return f'there is no {kind} "{typed}"{seen_by}'
