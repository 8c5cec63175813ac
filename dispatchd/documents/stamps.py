"""How moments and names stand in a document: `2026-11-20 14:02Z`, `(Alice Doe, 2026-11-20 14:02Z)`, `2026-11-28`.

Moments are UTC and shown to the minute, because people read them; the exact ones stand in the events. Who
signed and whether it counts is left to the rules.
"""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Final

from dispatchd.domain.actors import Actor, ActorKind, Signature
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.moments import deadline_of, moment_of

_MOMENT: Final = r"\d{4}-\d\d-\d\d \d\d:\d\dZ"
_SIGNED: Final = re.compile(rf"\s*\((?:(?P<name>[^()]+), )?(?P<at>{_MOMENT})\)\s*$")
_LEADING: Final = re.compile(rf"(?P<at>{_MOMENT})(?=[\s,:]|$)")
_TURN: Final = re.compile(rf"(?:\*\*|__)(?P<name>[^*\n]+?)(?:\*\*|__),\s+(?P<at>{_MOMENT})")
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedText:
    """A text with the stamp that ended it taken off. `name` is empty where only a moment stood there."""

    text: str
    name: str
    at: datetime


def format_moment(at: datetime) -> str:
    """*at* as people read it, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")


def parse_moment(text: str) -> datetime | None:
    """The moment that `format_moment` wrote."""
    if not re.fullmatch(_MOMENT, text):
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def format_created(at: datetime) -> str:
    """*at* as front matter holds it, to the second."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def parse_created(text: str) -> datetime | None:
    """A moment in any of ISO 8601's forms that Python reads; without a zone it is UTC."""
    return moment_of(text.strip())


def parse_deadline(text: str) -> datetime | None:
    """When a deadline is over: a date ends at 24:00 UTC, a moment is itself."""
    return deadline_of(text.strip())


def format_deadline(at: datetime) -> str:
    """The shortest text that `parse_deadline` reads as *at*."""
    moment = at.astimezone(UTC)
    if moment.time() == time():
        return (moment.date() - timedelta(days=1)).isoformat()
    return format_created(moment)


def plain(text: str) -> str:
    """*text* on one line, with nothing in it that a terminal would obey or a reader could not see."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def display_name(actor: Actor) -> str:
    """How a stamp names *actor*: people by name, agents and the daemon by handle."""
    shown = actor.name if actor.kind is ActorKind.HUMAN else actor.handle
    return re.sub(r"[()*]", "", plain(shown)).strip() or actor.handle


def stamped(word: str, signature: Signature, *, named: bool = True) -> str:
    """`Approved: reason (Alice Doe, 2026-11-20 14:02Z)`."""
    reason = plain(signature.reason)
    said = f"{word}: {reason}" if reason else word
    moment = format_moment(signature.at)
    return f"{said} ({display_name(signature.by)}, {moment})" if named else f"{said} ({moment})"


def read_stamp(text: str) -> SignedText | None:
    """*text* taken apart, where a stamp ends it."""
    match = _SIGNED.search(text)
    at = parse_moment(match["at"]) if match else None
    if match is None or at is None:
        return None
    return SignedText(text=text[: match.start()].rstrip(), name=match["name"] or "", at=at)


def turn_header(actor: Actor, at: datetime) -> str:
    """The line above something said: `**Alice Doe**, 2026-11-20 14:02Z`."""
    return f"**{display_name(actor)}**, {format_moment(at)}"


def read_turn_header(text: str) -> SignedText | None:
    """Who said what follows, and when; the text is empty."""
    match = _TURN.fullmatch(text.strip())
    at = parse_moment(match["at"]) if match else None
    return SignedText(text="", name=match["name"], at=at) if match and at else None


def leading_moment(text: str) -> datetime | None:
    """The moment with which *text* begins."""
    match = _LEADING.match(text)
    return parse_moment(match["at"]) if match else None
