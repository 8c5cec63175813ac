"""The kinds a setting can be of, how each is written in TOML, and how a word on a command line becomes one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from dispatchd.domain.dataclass import dataclass

Plain = str | int | float | bool | list[str] | dict[str, "Plain"]
"""What TOML may hold and a setting may be written as."""
Setting = str | int | float | bool | timedelta | tuple[str, ...] | None
"""What a setting is once it is read."""

_DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)", re.IGNORECASE)
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
NOT_SET: Final = "not set"
"""How a text that is empty is shown, and may be written."""
NO_TEXTS: Final = "none"
NO_LIMIT: Final = "no limit"
"""The same for a list."""
_LONGEST: Final = timedelta(days=36500)


class BadSetting(ValueError):  # noqa: N818 -- says what the value is
    """The value is not of the setting's kind; the message says how one is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingKind:
    """How one kind of setting is read from TOML, from a word, and written to TOML."""

    name: str
    read: Callable[[object], Setting]
    from_word: Callable[[str], Plain]


def read_duration(text: str) -> timedelta:
    """`250ms`, `30s`, `5m`, `1h 30m`, `14d`."""
    total, at = timedelta(), 0
    bare = text.strip()
    while at < len(bare):
        found = _DURATION.match(bare, at)
        if found is None:
            break
        try:
            total += float(found[1]) * _UNITS[found[2].lower()]
        except OverflowError:
            total = _LONGEST * 2
            break
        at = found.end() + len(bare[found.end() :]) - len(bare[found.end() :].lstrip())
    if not bare or at < len(bare) or total > _LONGEST:
        raise BadSetting('a time is written "250ms", "30s", "5m", "1h" or "14d"')
    return total


def write_duration(length: timedelta) -> str:
    """The shortest text that reads as *length*."""
    for unit in ("d", "h", "m", "s"):
        if length and not length % _UNITS[unit]:
            return f"{length // _UNITS[unit]}{unit}"
    return f"{length // _UNITS['ms']}ms"


def _duration(value: object) -> Setting:
    if isinstance(value, str):
        return read_duration(value)
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return timedelta()
    raise BadSetting('a time is written in quotes: "30s", "14d"')


def _truth(value: object) -> Setting:
    if isinstance(value, bool):
        return value
    raise BadSetting("it is either true or false, without quotes")


def _whole(value: object) -> Setting:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise BadSetting("it is a whole number, 0 or more, without quotes")


def _money(value: object) -> Setting:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    raise BadSetting("it is a number, 0 or more, without quotes")


def _text(value: object) -> Setting:
    if isinstance(value, str):
        return value
    raise BadSetting("it is a text in quotes")


def _texts(value: object) -> Setting:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(dict.fromkeys(value))
    raise BadSetting('it is a list of texts: ["one", "two"]')


def _truth_word(word: str) -> Plain:
    bare = word.strip().lower()
    if bare in {"true", "yes", "on"}:
        return True
    if bare in {"false", "no", "off"}:
        return False
    raise BadSetting("write true or false")


def _whole_word(word: str) -> Plain:
    if word.strip().isdecimal():
        return int(word)
    raise BadSetting("write a whole number, 0 or more")


def _money_word(word: str) -> Plain:
    try:
        amount = float(word)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise BadSetting("write a number, 0 or more")
    return int(amount) if amount.is_integer() else amount


def _duration_word(word: str) -> Plain:
    try:
        read_duration(word)
    except BadSetting as problem:
        raise BadSetting("write a time like 250ms, 30s or 5m") from problem
    return word.strip()


def _text_word(word: str) -> Plain:
    return "" if word.strip().lower() == NOT_SET else word


def _texts_word(word: str) -> Plain:
    if word.strip().casefold() == NO_TEXTS:
        return []
    return [part for part in (each.strip(" \"'") for each in word.strip("[] ").split(",")) if part]


TRUTH: Final = SettingKind(name="true or false", read=_truth, from_word=_truth_word)
WHOLE: Final = SettingKind(name="whole number", read=_whole, from_word=_whole_word)
MONEY: Final = SettingKind(name="number", read=_money, from_word=_money_word)
DURATION: Final = SettingKind(name="time", read=_duration, from_word=_duration_word)
TEXT: Final = SettingKind(name="text", read=_text, from_word=_text_word)
TEXTS: Final = SettingKind(name="list", read=_texts, from_word=_texts_word)


def kind_of_default(default: object) -> SettingKind:
    """The kind of a setting whose default is *default*."""
    match default:
        case bool():
            return TRUTH
        case int():
            return WHOLE
        case timedelta():
            return DURATION
        case tuple():
            return TEXTS
        case str():
            return TEXT
        case _:
            return MONEY
