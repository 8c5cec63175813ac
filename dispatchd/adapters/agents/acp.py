"""Agents that speak the Agent Client Protocol over their pipes: a process for each turn, one prompt in each.

The handshake is a conversation, so it is held by the decoder: each answer of the agent's brings our next request with it.
"""

import json
from dataclasses import asdict
from typing import Final

from dispatchd.adapters.agents.acp_lines import cancelled, heard, request
from dispatchd.adapters.agents.acp_memory import AcpMemory, Stage
from dispatchd.adapters.agents.acp_profiles import AcpProfile
from dispatchd.adapters.agents.acp_words import SERVER
from dispatchd.adapters.agents.reading_json import line_of, not_json, read_object
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
from dispatchd.application.ports.agent_events import TurnEnded

_PROTOCOL: Final = 1


class AcpEngine:
    """`engine: acp:KEY`. Files and terminals are the agent's own: we offer it none of ours."""

    def __init__(self, profile: AcpProfile) -> None:
        self._profile = profile
        self.abilities = Abilities(
            resume=True,
            ask_permission=True,
            interrupt=True,
            usage=True,
            tools=True,
            models=bool(profile.model or profile.model_variable),
            arguments=True,
        )
        self.name = f"acp:{profile.key}"
        self.programs = (profile.argv[0],)

    def plan(self, turn: TurnSpec) -> LaunchPlan:
        """Nothing that anybody wrote is on its command line; all of it goes through the protocol."""
        profile = self._profile
        return LaunchPlan(
            argv=(
                *profile.argv,
                *(profile.contained if turn.contained else ()),
                *profile.told_model(turn.model),
                *turn.arguments,
            ),
            environment={
                **{name: value.format(home=turn.home) for name, value in profile.environment.items()},
                **({profile.model_variable: turn.model} if turn.model and profile.model_variable else {}),
            },
            passes=profile.passes,
            credentials=profile.credentials,
            first_lines=(
                request(
                    0,
                    "initialize",
                    {
                        "protocolVersion": _PROTOCOL,
                        "clientCapabilities": {},
                        "clientInfo": {"name": "dispatchd", "version": "1"},
                    },
                ),
            ),
            keeps_reading=True,
            memory=self._errand(turn).dump(),
        )

    def _errand(self, turn: TurnSpec) -> AcpMemory:
        variables = [{"name": name, "value": value} for name, value in turn.tools_environment.items()]
        server = {
            "name": SERVER,
            "command": turn.tools_command[0] if turn.tools_command else "",
            "args": list(turn.tools_command[1:]),
            "env": variables,
        }
        resumes = turn.session is not None
        return AcpMemory(
            session=turn.session or "",
            prompt=turn.prompt,
            system=turn.system,
            folder=str(turn.folder),
            servers=[server] if turn.tools_command else [],
            meta=json.loads(json.dumps(dict(self._profile.meta))),
            before=asdict(turn.spent_before) if resumes and self._profile.totals else {},
            contained=turn.contained,
        )

    def decode(self, line: bytes, memory: str) -> Decoded:
        """One line of the agent's: a notice, a request, or an answer to one of ours."""
        said = read_object(line)
        if said is None:
            return not_json(line, memory)
        kept = AcpMemory.load(memory)
        was_over = kept.stage is Stage.ENDED
        events, replies = heard(said, kept, self._profile)
        if was_over:
            events = tuple(each for each in events if not isinstance(each, TurnEnded))
        return Decoded(events=events, memory=kept.dump(), replies=replies)

    def conclude(self, _exit_code: int | None, _memory: str) -> TurnEnded | None:
        """It ends a turn by answering our prompt; otherwise it has crashed."""
        return None

    def encode(self, control: Control, memory: str) -> tuple[bytes, ...] | None:
        """A turn is cancelled together with what it waits for, or some agents would wait for ever."""
        kept = AcpMemory.load(memory)
        match control:
            case Interrupt():
                if not kept.session or kept.stage is not Stage.PROMPT:
                    return None
                stop = {
                    "jsonrpc": "2.0",
                    "method": "session/cancel",
                    "params": {"sessionId": kept.session},
                }
                return (line_of(stop), *(cancelled(each.get("id")) for each in kept.asked.values()))
            case AnswerPermission(request=asked, allowed=allowed):
                known = kept.asked.get(asked)
                if known is None:
                    return None
                option = known.get("yes" if allowed else "no")
                if not option:
                    return (cancelled(known.get("id")),)
                outcome = {"outcome": "selected", "optionId": option}
                answer = {"jsonrpc": "2.0", "id": known.get("id"), "result": {"outcome": outcome}}
                return (line_of(answer),)
            case AnswerQuestion():
                return None


_port: type[AgentEngine] = AcpEngine
