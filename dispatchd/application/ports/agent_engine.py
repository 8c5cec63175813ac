"""A program that runs agents, behind one port: how it is started, what its lines mean, what it is told.

All three are pure: the same turn gives the same plan, the same transcript the same events. So a transcript can be
replayed, after a crash of the daemon as in a test.
"""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from dispatchd.application.ports.agent_events import AgentEvent, TurnEnded
from dispatchd.domain.agent_run import NOTHING_SPENT, Spent
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What the program can do by itself; what it cannot is done around it, or not at all."""

    resume: bool = False
    ask_permission: bool = False
    """Whether it asks through its lines before it uses a tool."""
    interrupt: bool = False
    """Whether a line can end its turn early."""
    usage: bool = False
    cost: bool = False
    tools: bool = False
    """Whether it speaks MCP; otherwise it uses the commands."""
    system_prompt: bool = False
    models: bool = False
    """Whether it can be told which model to use,"""
    arguments: bool = False
    """and whether its program takes more arguments from the agent's card."""
    commanded: bool = False
    """Whether what it runs is a command of the workspace's own, named in the card after a colon."""
    votes: bool = True
    """Whether its agents can answer when they are asked for a vote,"""
    votes_by: str = ""
    """and how a line of the card begins without which they cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSpec:
    """One turn, in words that any engine understands. Paths are as the agent's process sees them."""

    run: str
    agent: str
    issue: str
    prompt: str
    """The document that the agent is given for this turn."""
    system: str
    """Who it is and how work is done here; an engine without a system prompt puts it before `prompt`."""
    folder: Path
    """The clone it works in."""
    home: Path
    """Its own home, kept from turn to turn."""
    scratch: Path
    """A folder of this run alone, for what the engine is to be given as files."""
    session: str | None = None
    """The conversation to go on with."""
    fresh_session: str = ""
    """A UUID for a new conversation, where the engine lets one choose; the same for the same run."""
    tools_command: tuple[str, ...] = ()
    """What starts the MCP server of this run."""
    tools_environment: Mapping[str, str] = field(default_factory=dict)
    """What that server, and the commands, need to know."""
    allowed: tuple[str, ...] = ()
    """Tools, in the engine's own words, that need no permission."""
    model: str = ""
    arguments: tuple[str, ...] = ()
    """More arguments, from the agent's card."""
    command: str = ""
    """The shell command to run, for an engine that is `commanded`."""
    spent_before: Spent = NOTHING_SPENT
    """What earlier turns of the same conversation have used."""
    contained: bool = True
    """Whether it runs in our sandbox, so that its own is to stay off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPlan:
    """How a turn is started. `argv[0]` is looked up on PATH; `files` are laid before, by path below home or scratch."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it gets besides the clean environment every agent gets."""
    passes: tuple[str, ...] = ()
    """Names of variables of ours that it may have: its credentials, its proxy."""
    credentials: tuple[str, ...] = ()
    """Files below the user's home that it may read, at the same place below its own."""
    first_lines: tuple[bytes, ...] = ()
    """What it reads on its standard input to begin with, each with its end of line."""
    keeps_reading: bool = False
    """Whether it is given more lines later; otherwise its standard input ends after the first."""
    files: Mapping[Path, bytes] = field(default_factory=dict)
    memory: str = ""
    """What decoding the first line begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What one line meant. `memory` goes into the decoding of the next; `replies` are lines to give the agent at once."""

    events: tuple[AgentEvent, ...] = ()
    memory: str = ""
    replies: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPermission:
    """`request` is that of the `PermissionAsked`; `why` is told to the agent where it is denied.

    `later`: it is not denied, nobody has answered yet; the turn is to end, and the next one may ask again.
    """

    request: str
    allowed: bool
    why: str = ""
    later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """The answer to a `QuestionAsked`; without text: that it will come later, and the turn is to end."""

    request: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt:
    """End the turn now, and keep the session."""


Control = AnswerPermission | AnswerQuestion | Interrupt


class AgentEngine(Protocol):
    """One engine. Stateless; what it must remember between lines it gives back as `memory`, a JSON text."""

    @property
    def name(self) -> str:
        """As an agent's card writes it."""
        ...

    @property
    def abilities(self) -> Abilities: ...

    @property
    def programs(self) -> tuple[str, ...]:
        """What has to be on PATH."""
        ...

    def plan(self, turn: TurnSpec) -> LaunchPlan: ...

    def decode(self, line: bytes, memory: str) -> Decoded:
        """What *line*, without its end, means after the lines that left *memory*. Never raises.

        The whole transcript of a turn, fed line by line from the memory of its plan, gives one `TurnEnded`, if the agent
        ended its turn at all.
        """
        ...

    def conclude(self, exit_code: int | None, memory: str) -> TurnEnded | None:
        """How a turn ended whose process is gone without saying so; None where its end tells nothing (it crashed)."""
        ...

    def encode(self, control: Control, memory: str) -> tuple[bytes, ...] | None:
        """The lines that tell the agent so; None where the engine has no way to."""
        ...
