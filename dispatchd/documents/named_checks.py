"""Checks that `[agents]` names and `[commands]` does not have: a slip of whoever wrote the settings.

No agent can mend it, so nothing is sent back for it: what the check is for waits until the line is put right.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from dispatchd.documents.config_values import Config
from dispatchd.documents.vocabulary import closest
from dispatchd.domain.dataclass import dataclass

_WAITS: Final[Mapping[str, str]] = {"checks": "nothing is merged", "submit_checks": "no turn begins"}
"""The settings that name checks, and what does not happen while one of those is no command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingCheck:
    """`key` is the setting below `[agents]` that names `name`; `what` and `hint` are sentences without their full stop."""

    key: str
    name: str
    what: str
    hint: str

    @property
    def why(self) -> str:
        """Why something waits, as a clause."""
        return f"{self.what[:1].lower()}{self.what[1:]} in config.toml, which agents.{self.key} names"


def missing_checks(config: Config) -> Iterator[MissingCheck]:
    """Every name that is no command, in the order of the settings."""
    for key, waits in _WAITS.items():
        for name in getattr(config.agents, key):
            if name not in config.commands:
                near = closest(name, config.commands)
                hint = (
                    f'Did you mean "{near}"?' if near else f'Write {name} = "…" there, or take it out here.'
                )
                what = f'There is no command "{name}" below [commands]'
                yield MissingCheck(key=key, name=name, what=what, hint=f"{hint} Until then {waits}")


def why_none_is_merged(config: Config) -> str:
    """Why nothing can be merged by these settings, as a clause; empty where all it has to pass are commands."""
    return next((each.why for each in missing_checks(config) if each.key == "checks"), "")


def why_none_could_submit(config: Config) -> str:
    """Why nothing that a turn makes could be taken, in the same way."""
    return next((each.why for each in missing_checks(config) if each.key == "submit_checks"), "")
