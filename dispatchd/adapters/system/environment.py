"""What the process's environment says: the one reader of it, besides the starter of processes, which hands it on.

It tells values apart and gives defaults. Which of them wins over a file or a flag is left to the settings.
"""

import getpass
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Final

from dispatchd.domain.dataclass import dataclass

_SETTING: Final = re.compile(r"DISPATCHD_([A-Z]+)_([A-Z][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The variables dispatchd listens to, read once.

    `settings` holds every DISPATCHD_SECTION_KEY as `section.key`, lower case, value as written.
    """

    home: Path
    user_config: Path
    """The user's own settings, for all workspaces: `~/.config/dispatchd/config.toml`."""
    editor: tuple[str, ...]
    """The words of the command that opens a file."""
    login: str
    runtime_dir: Path | None = None
    no_color: bool = False
    term: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """The environment of this process, or one made of *variables*."""
    given = os.environ if variables is None else variables
    home = Path(given.get("HOME") or Path("~").expanduser())
    config_home = _absolute(given.get("XDG_CONFIG_HOME")) or home / ".config"
    return Environment(
        home=home,
        user_config=config_home / "dispatchd" / "config.toml",
        editor=_words(given.get("VISUAL")) or _words(given.get("EDITOR")) or ("vi",),
        login=given.get("LOGNAME") or given.get("USER") or _login_from_system(),
        runtime_dir=_absolute(given.get("XDG_RUNTIME_DIR")),
        # https://no-color.org: present and not empty, whatever its value.
        no_color=bool(given.get("NO_COLOR")),
        term=given.get("TERM", ""),
        settings=_settings(given),
    )


def wants_pager(variables: Mapping[str, str] | None = None) -> bool:
    """Whether whoever sits here lets long lists be paged: an empty `PAGER`, or `cat`, says no."""
    given = os.environ if variables is None else variables
    return given.get("PAGER", "less").strip() not in {"", "cat"}


def _settings(given: Mapping[str, str]) -> dict[str, str]:
    found = ((_SETTING.fullmatch(name), value) for name, value in given.items())
    return {f"{hit[1]}.{hit[2]}".lower(): value for hit, value in found if hit}


def _absolute(value: str | None) -> Path | None:
    """The XDG specification says that a relative path there is invalid and to be ignored."""
    return Path(value) if value and Path(value).is_absolute() else None


def _words(command: str | None) -> tuple[str, ...]:
    if not command or not command.strip():
        return ()
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return (command.strip(),)


def _login_from_system() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a uid without an entry; OSError from Python 3.13 on
        return str(os.getuid())
