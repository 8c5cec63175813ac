"""Commands that settings or a card name and `[commands]` does not have: a slip of whoever wrote them.

No agent can mend it, so nothing is sent back for it: what the command is for waits until the line is put right.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from dispatchd.documents.config_values import Config
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.vocabulary import closest
from dispatchd.domain.agent import commanded_engine
from dispatchd.domain.dataclass import dataclass

NO_COMMAND: Final = 'There is no command "'
"""How each of them begins to be told."""
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
                what = f'{NO_COMMAND}{name}" below [commands]'
                yield MissingCheck(key=key, name=name, what=what, hint=f"{hint} Until then {waits}")


def command_of(engine: str) -> str:
    """The name in `[commands]` of what *engine*, as a card names it, runs; empty where it runs none."""
    return (commanded_engine(engine) or "").partition(":")[2]


def why_no_command(engine: str, commands: Mapping[str, str]) -> str:
    """Why no turn begins on *engine*, as a clause: it runs a command that is none of *commands*; empty for all others."""
    name = command_of(engine)
    if not name or name in commands:
        return ""
    return f'{NO_COMMAND[:1].lower()}{NO_COMMAND[1:]}{name}" below [commands] in config.toml'


def no_command_of_card(engine: str, commands: Mapping[str, str]) -> DocumentProblem | None:
    """That a card names an engine which runs such a command, at its line."""
    why, name = why_no_command(engine, commands), command_of(engine)
    if not why:
        return None
    near = closest(name, commands)
    mends = f"Did you mean command:{near}?" if near else f'Write {name} = "…" there.'
    return DocumentProblem(
        what=why[:1].upper() + why[1:], hint=f"{mends} Until then no turn begins on it", key="engine"
    )


def why_none_is_merged(config: Config) -> str:
    """Why nothing can be merged by these settings, as a clause; empty where all it has to pass are commands."""
    return next((each.why for each in missing_checks(config) if each.key == "checks"), "")


def why_none_could_submit(config: Config) -> str:
    """Why nothing that a turn makes could be taken, in the same way."""
    return next((each.why for each in missing_checks(config) if each.key == "submit_checks"), "")
