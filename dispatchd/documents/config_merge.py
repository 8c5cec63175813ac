"""Texts of `config.toml` three ways: what one hand changed, without what another wrote beside it.

Setting by setting, because that is what a person confirms; comments and order play no part in what is in force.
"""

import tomllib
from collections.abc import Collection, Mapping
from typing import Any, Final

import tomlkit

from dispatchd.documents.config_document import list_settings, read_config
from dispatchd.documents.toml_text import load_toml

_ABSENT: Final = object()
_Place = tuple[str, str]


def without_kept_out(base: str, saved: str, in_force: str) -> str | None:
    """The settings of *in_force* with what *saved* changes of *base*; None where one of them cannot be read."""
    try:
        was, now, stands = (_places(text) for text in (base, saved, in_force))
    except tomllib.TOMLDecodeError:
        return None
    found: dict[_Place, object] = {}
    for place in dict.fromkeys((*stands, *now)):
        value = _chosen(was.get(place, _ABSENT), now.get(place, _ABSENT), stands.get(place, _ABSENT))
        if value is not _ABSENT:
            found[place] = value
    text = _written(found)
    return text if read_config(text).config is not None else None


def with_last_good(text: str, in_force: str | None) -> str:
    """The settings of *text*, each that cannot be read as it is in *in_force*; *text* itself where all can be read."""
    unread = read_config(text).unread
    if not unread or in_force is None or read_config(in_force).config is None:
        return text
    never_good = read_config(in_force).unread
    now = {place: value for place, value in _places(text).items() if not _names(unread, place)}
    stood = _places(in_force).items()
    kept = {place: value for place, value in stood if _names(unread, place) and not _names(never_good, place)}
    return _written({**now, **kept})


def _names(settings: Collection[str], place: _Place) -> bool:
    """Whether *place*, or its whole table, is among *settings*."""
    table, key = place
    return ".".join(filter(None, place)) in settings or (table or key) in settings


def _written(found: Mapping[_Place, object]) -> str:
    tables: dict[str, Any] = {}
    for (table, key), value in found.items():
        (tables.setdefault(table, {}) if table else tables)[key] = value
    return tomlkit.dumps(tables)


def differing(one: str, other: str) -> tuple[str, ...]:
    """The settings that are not the same in both texts, by their dotted names."""
    configs = [read_config(text).config for text in (one, other)]
    left, right = ({} if config is None else list_settings(config) for config in configs)
    keys = dict.fromkeys((*left, *right))
    return tuple(key for key in keys if key not in left or key not in right or left[key] != right[key])


def _places(text: str) -> Mapping[_Place, object]:
    """Every value with its table and key; one that stands in no table has an empty name there."""
    found: dict[_Place, object] = {}
    for name, table in load_toml(text).items():
        if isinstance(table, dict):
            found.update({(name, key): value for key, value in table.items()})
        else:
            found["", name] = table
    return found


def _chosen(was: object, now: object, stands: object) -> object:
    """The value of one setting. Of a list each member counts for itself: an address beside one's own is not one's own."""
    if now == was:
        return stands
    if isinstance(was, list) and isinstance(now, list) and isinstance(stands, list):
        kept = [each for each in stands if each in now or each not in was]
        return [*kept, *(each for each in now if each not in was and each not in kept)]
    return now
