"""Any program as an agent: it is told its task on standard input, and judged by its exit code and what it committed.

What is run stands in config.toml below `[commands]`, where a person has agreed to it; a card only names it.
"""

from typing import Final

from dispatchd.application.ports.agent_engine import (
    Abilities,
    AgentEngine,
    Control,
    Decoded,
    LaunchPlan,
    TurnSpec,
)
from dispatchd.application.ports.agent_events import Said, TurnEnded
from dispatchd.domain.agent_run import RunOutcome

_LONGEST: Final = 4000
_CANNOT_BE_RUN: Final = frozenset({126, 127})
"""What a shell says of a program that it does not find, or may not start."""


class CommandEngine:
    """`engine: command:NAME`. It has no conversation: every turn is told everything."""

    name = "command"
    abilities = Abilities(commanded=True, votes=False)
    programs: tuple[str, ...] = ()

    def plan(self, turn: TurnSpec) -> LaunchPlan:
        """The task stands in a file as well, for programs that want it by name."""
        told = f"{turn.system.strip()}\n\n---\n\n{turn.prompt}".encode(errors="replace")
        file = turn.scratch / "prompt.md"
        return LaunchPlan(
            argv=("/bin/sh", "-c", turn.command),
            environment={
                "DISPATCHD_PROMPT": str(file),
                "DISPATCHD_ISSUE": turn.issue,
                "DISPATCHD_AGENT": turn.agent,
            },
            first_lines=(told,),
            files={file: told},
        )

    def decode(self, line: bytes, memory: str) -> Decoded:
        """Whatever it prints is what it says."""
        said = line[:_LONGEST].decode("utf-8", errors="replace").rstrip()
        return Decoded(events=(Said(text=said),), memory=said) if said else Decoded(events=(), memory=memory)

    def conclude(self, exit_code: int | None, memory: str) -> TurnEnded | None:
        """Zero is success; a program ended by a signal has crashed. *memory* is the last that it said."""
        if exit_code is None or exit_code < 0:
            return None
        if exit_code == 0:
            return TurnEnded(outcome=RunOutcome.OK)
        outcome = RunOutcome.FAILED_TO_START if exit_code in _CANNOT_BE_RUN else RunOutcome.AGENT_ERROR
        said = f"exit code {exit_code}, and last it said: {memory}" if memory else f"exit code {exit_code}"
        return TurnEnded(outcome=outcome, said=said)

    def encode(self, _control: Control, _memory: str) -> tuple[bytes, ...] | None:
        """It has no ear."""
        return None


_port: type[AgentEngine] = CommandEngine
