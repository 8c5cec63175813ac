"""Text from outside made fit for a file of ours: readable, harmless, and nothing of it lost.

Control characters become their pictures, line ends become ours, and the few lines that would make a file of ours
unreadable (an unfinished merge) or that are the daemon's own (`## Activity`, its notes) are set apart.
"""

import re
from datetime import UTC, datetime
from typing import Any, Final

from dispatchd.documents.foreign.item import KeptFact
from dispatchd.documents.stamps import plain
from dispatchd.domain.moments import moment_of

LONGEST_TITLE: Final = 250
LONGEST_TEXT: Final = 700_000
"""Bytes of one text; a file of the tree has at most 1 MiB, in which front matter and what is kept stand too."""
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNSEEN: Final = re.compile(r"[\x80-\x84\x86-\x9f\ud800-\udfff]")
_HALVES: Final = re.compile(r"[\ud800-\udfff]")
_MARKERS: Final = re.compile(r"^(?=(?:<{7,}|>{7,})(?:[ \r\n]|$))", re.MULTILINE)
_OURS: Final = re.compile(r"^([ \t]*)> ?dispatchd:", re.MULTILINE)
_TAKEN: Final = re.compile(
    r"^( {0,3}##[ \t]+(?:Activity|Stages))[ \t]*#*[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_TAKEN_UNDERLINED: Final = re.compile(
    r"^( {0,3}(?:Activity|Stages))[ \t]*(?=\n {0,3}-+[ \t]*$)", re.MULTILINE | re.IGNORECASE
)
_SIMPLE_DATE: Final = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d))?")


def decoded(content: bytes) -> tuple[str, tuple[str, str] | None]:
    """The text of *content*, and, where something had to be done to read it, what and where."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace"), ("it is UTF-16, and was read as that", "")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = ("some bytes are not UTF-8; they are shown as \ufffd", f"line {line}")
        return content.decode("utf-8-sig", "replace"), what


def tidy(text: str, tool: str) -> str:
    """*text* as a body of ours may hold it."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = _CONTROLS.sub(lambda hit: "␡" if hit[0] == "\x7f" else chr(0x2400 + ord(hit[0])), text)
        text = _UNSEEN.sub("\ufffd", text)
    if "<<<<<<<" in text or ">>>>>>>" in text:
        text = _MARKERS.sub("    ", text)
    if "dispatchd:" in text:
        text = _OURS.sub(r"\1> (dispatchd):", text)
    lowered = text.casefold()
    if "activity" in lowered or "stages" in lowered:
        text = _TAKEN_UNDERLINED.sub(rf"\1 ({tool})", _TAKEN.sub(rf"\1 ({tool})", text))
    return text.strip("\n")


def shortened(text: str, limit: int = LONGEST_TEXT) -> tuple[str, int]:
    """As much of *text* as fits into *limit* bytes, and how many characters are missing."""
    if len(text) * 4 <= limit or len(text.encode()) <= limit:
        return text, 0
    kept = text.encode()[:limit].decode(errors="ignore")
    return kept, len(text) - len(kept)


def titled(text: str, otherwise: str) -> str:
    """*text* as a title: one line with nothing in it that cannot be seen, cut where it is endless."""
    title = plain(_HALVES.sub("\ufffd", text)) or plain(otherwise)
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def moment(value: object) -> datetime | None:
    """The moment that *value* spells; without a zone it is UTC."""
    if not isinstance(value, str) or not 8 <= len(value) <= 40:
        return None
    found = moment_of(value.strip())
    if found is None:
        simple = _SIMPLE_DATE.match(value.strip())
        if simple is None:
            return None
        year, month, day, hour, minute = (int(part or 0) for part in simple.groups())
        try:
            found = datetime(year, month, day, hour, minute, tzinfo=UTC)
        except ValueError:
            return None
    return found.replace(microsecond=0) if 1 < found.year < 9999 else None


def spoken(value: Any) -> str:
    """Any value of JSON or YAML as a person reads it; empty for what says nothing."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(part for each in value if (part := spoken(each)))
    if isinstance(value, dict):
        return "; ".join(f"{spoken(key)}: {part}" for key, each in value.items() if (part := spoken(each)))
    text = str(value)
    return text if text.isprintable() else _HALVES.sub("\ufffd", text)


def facts_kept(pairs: "list[tuple[str, Any]]") -> tuple[KeptFact, ...]:
    """Those of *pairs* that say something."""
    return tuple(
        KeptFact(key=titled(str(key), "?"), text=text) for key, value in pairs if (text := spoken(value))
    )
