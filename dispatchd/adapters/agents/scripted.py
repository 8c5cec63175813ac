"""The engine that plays a script: for demonstrations and tests, and to see how agents' work looks before one is paid for.

The script is the first block fenced as `toml script` in what the agent is told: in its card, or in the issue. Where it
is asked for a vote, it is the block fenced as `toml vote script` in its card; one that names the proposal goes before.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from dispatchd.adapters.agents import scripted_player
from dispatchd.adapters.agents.reading_json import SESSION, Json, name_of, not_json, number, read_object
from dispatchd.application.ports.agent_engine import (
    Abilities,
    AgentEngine,
    AnswerPermission,
    AnswerQuestion,
    Control,
    Decoded,
    Interrupt,
    LaunchPlan,
    TurnSpec,
)
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    PermissionAsked,
    Said,
    SessionStarted,
    ToolCalled,
    ToolReturned,
    TurnEnded,
    Unknown,
    Used,
)
from dispatchd.domain.agent_run import RunOutcome, Spent

_SCRIPT: Final = re.compile(r"^```toml script\s*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_VOTE_SCRIPT: Final = re.compile(
    r"^```toml vote script(?: (?P<about>\S+))?[ \t]*\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE
)


_PLAYER: Final = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[3])!r}); "
    f"from {scripted_player.__name__} import main; sys.exit(main(*sys.argv[1:]))"
)
"""Begun without what is installed beside Python, which takes longer to find than most turns last. That we have loaded it
leaves it compiled for the player, which may write nothing there."""


class ScriptedEngine:
    """Plays what `scripted_player` understands."""

    name = "scripted"
    abilities = Abilities(
        resume=True,
        ask_permission=True,
        interrupt=True,
        usage=True,
        cost=False,
        tools=False,
        system_prompt=True,
        votes_by="```toml vote script",
    )
    programs: tuple[str, ...] = ()

    def plan(self, turn: TurnSpec) -> LaunchPlan:
        """The script is laid down at the session's first turn, so that a later edit does not change a play that runs."""
        resumed = turn.session is not None and SESSION.fullmatch(turn.session) is not None
        session = turn.session if resumed and turn.session else turn.fresh_session
        script = turn.home / ".scripted" / f"{session}.turns.json"
        found = _script_for(turn)
        lays = {script: _laid(found)} if found is not None and not resumed else {}
        return LaunchPlan(
            argv=(sys.executable, *_flags(), "-c", _PLAYER, str(script), session),
            keeps_reading=True,
            files=lays,
            environment={"PYTHONDONTWRITEBYTECODE": "1"},
        )

    def decode(self, line: bytes, memory: str) -> Decoded:
        """One line of the player's."""
        said = read_object(line)
        if said is None:
            return not_json(line, memory)
        return Decoded(events=(_event(said),), memory=memory)

    def conclude(self, _exit_code: int | None, _memory: str) -> TurnEnded | None:
        """A player that goes without a word has crashed."""
        return None

    def encode(self, control: Control, _memory: str) -> tuple[bytes, ...] | None:
        """What the player reads."""
        match control:
            case AnswerPermission(request=request, allowed=allowed, why=why, later=later):
                return (_line(request=request, allowed=allowed, why=why, later=later),)
            case Interrupt():
                return (_line(interrupt=True),)
            case AnswerQuestion():
                return None


def _flags() -> tuple[str, ...]:
    """Where programs are compiled to is said by a flag: the player listens to no variables."""
    elsewhere = sys.pycache_prefix
    return ("-I", "-S", *(("-X", f"pycache_prefix={elsewhere}") if elsewhere else ()))


def turns_in(text: str) -> list[Any] | str:
    """The turns of a script; or what is wrong with it, in words for whoever wrote it."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return f"the script is not TOML, counted from the line below its fence: {error}"
    turns = read.get("turn", [])
    others = [name for name in read if name != "turn"]
    if others or not isinstance(turns, list):
        return f"a script has tables [[turn]] and no others; this one has {', '.join(others) or 'something else'}"
    return turns


def flaws_of_scripts(text: str) -> Iterator[tuple[int, str]]:
    """What is wrong with the scripts in a document, each with the line of its fence."""
    text = text.replace("\r\n", "\n")
    found = (*_SCRIPT.finditer(text), *_VOTE_SCRIPT.finditer(text))
    for block in found:
        script = block["text"] if "text" in block.groupdict() else block[1]
        turns = turns_in(script)
        if isinstance(turns, str):
            yield text.count("\n", 0, block.start()) + 1, f"{turns[:1].upper()}{turns[1:]}"


def _script_for(turn: TurnSpec) -> str | None:
    """What is to be played; for a vote only what the card says, because a proposal is everybody's."""
    if turn.issue.startswith("p-"):
        blocks = {each["about"]: each["text"] for each in _VOTE_SCRIPT.finditer(turn.system)}
        return blocks.get(turn.issue, blocks.get(None))
    found = _SCRIPT.search(turn.prompt) or _SCRIPT.search(turn.system)
    return None if found is None else found[1]


def _event(said: Json) -> AgentEvent:
    text = {name: str(value) for name, value in said.items() if isinstance(value, str)}
    match said.get("type"):
        case "session":
            return SessionStarted(session=text.get("session", ""))
        case "say":
            return Said(text=text.get("text", ""))
        case "tool":
            return ToolCalled(
                call=text.get("call", ""), tool=text.get("tool", ""), about=text.get("about", "")
            )
        case "returned":
            failed = said.get("failed") is True
            return ToolReturned(call=text.get("call", ""), failed=failed, about=text.get("about", ""))
        case "permission":
            command = text.get("command", "")
            return PermissionAsked(
                request=text.get("request", ""), tool=text.get("tool", ""), command=command
            )
        case "used":
            return Used(spent=Spent(read=number(said, "read"), written=number(said, "written")))
        case "end":
            return _end(text)
        case other:
            return Unknown(name=name_of(other))


def _end(text: dict[str, str]) -> TurnEnded:
    known = {str(outcome) for outcome in RunOutcome}
    outcome = text.get("outcome", "")
    ended = RunOutcome(outcome) if outcome in known else RunOutcome.AGENT_ERROR
    return TurnEnded(outcome=ended, said=text.get("said", ""))


def _laid(script: str) -> bytes:
    """What the player reads: JSON, which it can read in a fraction of the time."""
    return json.dumps(turns_in(script.replace("\r\n", "\n")), default=str).encode()


def _line(**words: object) -> bytes:
    return json.dumps(words).encode() + b"\n"


_port: type[AgentEngine] = ScriptedEngine
