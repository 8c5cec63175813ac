"""Claude Code, `claude -p`, both ways by lines of JSON: a process for each turn, its session resumed by id."""

import json

from dispatchd.adapters.agents.claude_leave import ALLOWED, ENVIRONMENT, PASSES, SERVER
from dispatchd.adapters.agents.claude_lines import Memory, events_of
from dispatchd.adapters.agents.reading_json import (
    Json,
    line_of,
    not_json,
    objects,
    read_object,
    text,
)
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
    TurnEnded,
)


class ClaudeEngine:
    """Memory: the inputs of requests that wait for an answer, which a *yes* has to give back; and whether it is over."""

    name = "claude"
    abilities = Abilities(
        resume=True,
        ask_permission=True,
        interrupt=True,
        usage=True,
        cost=True,
        tools=True,
        system_prompt=True,
        models=True,
        arguments=True,
    )
    programs = ("claude",)

    def plan(self, turn: TurnSpec) -> LaunchPlan:
        """Values that somebody else wrote stand behind an equals sign, so that none is taken for an option."""
        tools = turn.scratch / "mcp.json"
        server = {
            "command": turn.tools_command[0] if turn.tools_command else "dispatchd",
            "args": list(turn.tools_command[1:]),
            "env": dict(turn.tools_environment),
        }
        session = f"--resume={turn.session}" if turn.session else f"--session-id={turn.fresh_session}"
        model = (f"--model={turn.model}",) if turn.model else ()
        return LaunchPlan(
            argv=(
                "claude",
                "-p",
                "--output-format=stream-json",
                "--input-format=stream-json",
                "--verbose",
                session,
                f"--mcp-config={tools}",
                "--strict-mcp-config",
                "--permission-prompt-tool=stdio",
                "--permission-mode=default",
                f"--append-system-prompt={turn.system}",
                f"--allowedTools={','.join((*ALLOWED, *turn.allowed))}",
                *model,
                *turn.arguments,
            ),
            environment={name: value.format(home=turn.home) for name, value in ENVIRONMENT.items()},
            passes=PASSES,
            credentials=(".claude/.credentials.json",),
            first_lines=(line_of({"type": "user", "message": {"role": "user", "content": turn.prompt}}),),
            keeps_reading=True,
            files={tools: json.dumps({"mcpServers": {SERVER: server}}).encode()},
        )

    def decode(self, line: bytes, memory: str) -> Decoded:
        """One line of its stream."""
        said = read_object(line)
        if said is None:
            return not_json(line, memory)
        kept = Memory.load(memory)
        events = events_of(said, kept)
        if kept.ended:
            events = tuple(each for each in events if not isinstance(each, TurnEnded))
        if any(isinstance(each, TurnEnded) for each in events):
            kept.ended = True
        return Decoded(events=events, memory=kept.dump())

    def conclude(self, _exit_code: int | None, _memory: str) -> TurnEnded | None:
        """Without a result it has crashed, whatever its exit code says."""
        return None

    def encode(self, control: Control, memory: str) -> tuple[bytes, ...] | None:
        """Its control protocol."""
        kept = Memory.load(memory)
        match control:
            case Interrupt():
                return (_request("interrupt"),)
            case AnswerPermission(request=request, allowed=True):
                return (
                    _answer(request, {"behavior": "allow", "updatedInput": kept.inputs.get(request, {})}),
                )
            case AnswerPermission(request=request, why=why):
                return (_answer(request, {"behavior": "deny", "message": why or "It was denied."}),)
            case AnswerQuestion(request=request, text=""):
                later = "The question was put to people, who answer later. Commit what you have and end your turn now."
                return (_answer(request, {"behavior": "deny", "message": later}),)
            case AnswerQuestion(request=request, text=answer):
                asked = kept.inputs.get(request, {})
                answers = {text(each, "question"): answer for each in objects(asked, "questions")}
                return (
                    _answer(request, {"behavior": "allow", "updatedInput": {**asked, "answers": answers}}),
                )


def _request(subtype: str) -> bytes:
    return line_of(
        {"type": "control_request", "request_id": f"dispatchd-{subtype}", "request": {"subtype": subtype}}
    )


def _answer(request: str, response: Json) -> bytes:
    inner = {"subtype": "success", "request_id": request, "response": response}
    return line_of({"type": "control_response", "response": inner})


_port: type[AgentEngine] = ClaudeEngine
