"""Which settings two texts of `config.toml` differ in, in words for the log.

Only values that are a number, a duration, a yes or no, or a few known words are shown. What a person wrote freely (an
address, a command line, a webhook) may be long or a secret; of that the name is enough.
"""

from typing import Final

from dispatchd.documents.config_document import ConfigReading, list_settings, read_config, shown
from dispatchd.documents.setting_kinds import Setting

MOST_NAMED: Final = 2
_LONGEST: Final = 40
_FREE: Final = ("people.", "commands.")


def changed_settings(before: str, after: str) -> str:
    """`budget.day_usd 20 -> 15`, of several the first two and how many more; empty where none differs.

    A value that cannot be read stays what it was, and is no change.
    """
    old, new = read_config(before), read_config(after)
    if old.config is None or new.config is None:
        return ""
    was, now = list_settings(old.config), list_settings(new.config)
    names = [name for name in dict.fromkeys((*was, *now)) if _is_other(name, was, now)]
    changes = [
        _change(name, was.get(name), now.get(name)) for name in names if not _is_unread(name, old, new)
    ]
    more = len(changes) - MOST_NAMED
    return ", ".join(changes[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _is_other(name: str, was: dict[str, Setting], now: dict[str, Setting]) -> bool:
    return (name in was) != (name in now) or was.get(name) != now.get(name)


def _is_unread(name: str, *readings: ConfigReading) -> bool:
    return any({name, name.partition(".")[0]} & reading.unread for reading in readings)


def _change(name: str, before: Setting, after: Setting) -> str:
    if name.startswith(_FREE):
        how = "added" if before is None else "removed" if after is None else "changed"
        return f"{name} {how}"
    words = [shown(each) for each in (before, after)]
    if any(isinstance(each, str) for each in (before, after)) or any(len(each) > _LONGEST for each in words):
        return f"{name} changed"
    return f"{name} {words[0]} -> {words[1]}"
