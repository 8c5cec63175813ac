"""Four ways of asking a model: how each puts a conversation, and how it wants to be answered, at once or in a stream."""

import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any, Protocol

from tests.engines.scripted_model import Call, Message, Tool, next_act, words_of

_NUMBERS = count(1)
Json = dict[str, Any]
Event = tuple[str, Any]
"""A line of a stream: its name, and what it says."""


class Dialect(Protocol):
    """One protocol."""

    def act(self, asked: Json) -> Call | str:
        """What the model does next."""
        ...

    def whole(self, act: Call | str, asked: Json) -> Json:
        """The answer in one piece."""
        ...

    def stream(self, act: Call | str, asked: Json) -> Iterator[Event]:
        """The answer as it comes."""
        ...


def new(kind: str) -> str:
    """A name that nothing had yet."""
    return f"{kind}_{next(_NUMBERS):020}"


def _takes(schema: Mapping[str, Any] | None) -> list[str]:
    return list((schema or {}).get("properties", {}))


class Messages:
    """Anthropic's."""

    def act(self, asked: Json) -> Call | str:
        """Each answer of the model's is one message."""
        said = [
            Message(text=words_of(each.get("content")), own=each.get("role") == "assistant")
            for each in asked.get("messages", [])
        ]
        tools = [
            Tool(name=str(each.get("name")), takes=_takes(each.get("input_schema")))
            for each in asked.get("tools", [])
        ]
        return next_act(said, tools)

    def whole(self, act: Call | str, asked: Json) -> Json:
        """A message of one block."""
        is_call = isinstance(act, Call)
        return {
            "id": new("msg"),
            "type": "message",
            "role": "assistant",
            "model": asked.get("model", "model"),
            "content": [self._block(act)],
            "stop_reason": "tool_use" if is_call else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 10, "output_tokens": 5},
        }

    def _block(self, act: Call | str) -> Json:
        if isinstance(act, str):
            return {"type": "text", "text": act}
        return {"type": "tool_use", "id": new("toolu"), "name": act.tool.name, "input": dict(act.given)}

    def stream(self, act: Call | str, asked: Json) -> Iterator[Event]:
        """The same, in its pieces."""
        whole = self.whole(act, asked)
        block = whole["content"][0]
        if isinstance(act, Call):
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        else:
            empty, delta = {**block, "text": ""}, {"type": "text_delta", "text": act}
        ended = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
        said: list[Json] = [
            {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
            {"type": "content_block_start", "index": 0, "content_block": empty},
            {"type": "content_block_delta", "index": 0, "delta": delta},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": ended, "usage": {"output_tokens": 5}},
            {"type": "message_stop"},
        ]
        for each in said:
            yield each["type"], each


class Responses:
    """OpenAI's newer one: a conversation is a list of items, and a tool may stand in a group."""

    _OWN = frozenset({"function_call", "custom_tool_call", "local_shell_call"})

    def act(self, asked: Json) -> Call | str:
        """A call is an item of its own."""
        items = asked.get("input", [])
        items = [{"role": "user", "content": items}] if isinstance(items, str) else items
        said = [
            Message(
                text=words_of(each.get("content")) if each.get("role") != "assistant" else "",
                own=each.get("type") in self._OWN or each.get("role") == "assistant",
            )
            for each in items
        ]
        return next_act(said, [tool for each in asked.get("tools", []) for tool in self._tools(each, "")])

    def _tools(self, tool: Json, space: str) -> Iterator[Tool]:
        if tool.get("type") == "namespace":
            for each in tool.get("tools", []):
                yield from self._tools(each, tool["name"])
        elif tool.get("type") == "function":
            yield Tool(name=tool["name"], takes=_takes(tool.get("parameters")), space=space)

    def _item(self, act: Call | str) -> Json:
        if isinstance(act, str):
            part = {"type": "output_text", "text": act, "annotations": []}
            return {"type": "message", "id": new("msg"), "role": "assistant", "content": [part]}
        space = {"namespace": act.tool.space} if act.tool.space else {}
        return {
            "type": "function_call",
            "id": new("fc"),
            "call_id": new("call"),
            "name": act.tool.name,
            "arguments": json.dumps(dict(act.given)),
            **space,
        }

    def whole(self, act: Call | str, asked: Json) -> Json:
        """A response of one item."""
        return self._response(asked, "completed", [{**self._item(act), "status": "completed"}])

    def _response(self, asked: Json, status: str, output: list[Json]) -> Json:
        used = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
        return {
            "id": new("resp"),
            "object": "response",
            "created_at": 0,
            "status": status,
            "model": asked.get("model", "model"),
            "output": output,
            "usage": used if status == "completed" else None,
        }

    def stream(self, act: Call | str, asked: Json) -> Iterator[Event]:
        """What programs wait for: that an item is whole, and that all is."""
        whole = self.whole(act, asked)
        item = whole["output"][0]
        begun = {**whole, "status": "in_progress", "output": [], "usage": None}
        said: list[Json] = [
            {"type": "response.created", "response": begun},
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {**item, "status": "in_progress"},
            },
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": whole},
        ]
        for number, each in enumerate(said):
            yield each["type"], {**each, "sequence_number": number}


class Chat:
    """OpenAI's older one, which many others speak."""

    def act(self, asked: Json) -> Call | str:
        """Each answer of the model's is one message."""
        said = [
            Message(text=words_of(each.get("content")), own=each.get("role") == "assistant")
            for each in asked.get("messages", [])
        ]
        offered = [each.get("function", {}) for each in asked.get("tools", [])]
        return next_act(
            said,
            [Tool(name=str(each.get("name")), takes=_takes(each.get("parameters"))) for each in offered],
        )

    def whole(self, act: Call | str, asked: Json) -> Json:
        """One choice."""
        choice = {"index": 0, "message": self._message(act), "finish_reason": self._why(act)}
        used = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        return {**self._head(asked), "object": "chat.completion", "choices": [choice], "usage": used}

    def stream(self, act: Call | str, asked: Json) -> Iterator[Event]:
        """One piece, its end, and what was used."""
        head = {**self._head(asked), "object": "chat.completion.chunk"}
        used = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        yield "", {**head, "choices": [{"index": 0, "delta": self._message(act), "finish_reason": None}]}
        yield "", {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": self._why(act)}]}
        yield "", {**head, "choices": [], "usage": used}
        yield "", "[DONE]"

    def _head(self, asked: Json) -> Json:
        return {"id": new("chatcmpl"), "created": 0, "model": asked.get("model", "model")}

    def _why(self, act: Call | str) -> str:
        return "tool_calls" if isinstance(act, Call) else "stop"

    def _message(self, act: Call | str) -> Json:
        if isinstance(act, str):
            return {"role": "assistant", "content": act}
        function = {"name": act.tool.name, "arguments": json.dumps(dict(act.given))}
        call = {"index": 0, "id": new("call"), "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}


class Contents:
    """Google's."""

    def act(self, asked: Json) -> Call | str:
        """Asked for JSON by the program itself, it says that it is the user's turn."""
        if (asked.get("generationConfig") or {}).get("responseMimeType") == "application/json":
            return json.dumps({"reasoning": "It is over.", "next_speaker": "user"})
        said = [
            Message(text=words_of(each.get("parts")), own=self._acts(each))
            for each in asked.get("contents", [])
        ]
        offered = [one for each in asked.get("tools", []) for one in each.get("functionDeclarations", [])]
        return next_act(
            said,
            [
                Tool(
                    name=each["name"],
                    takes=_takes(each.get("parametersJsonSchema") or each.get("parameters")),
                )
                for each in offered
            ],
        )

    def _acts(self, content: Json) -> int:
        """A conversation that was taken up again may have several in one message."""
        if content.get("role") != "model":
            return 0
        return sum(bool(part.get("functionCall") or part.get("text")) for part in content.get("parts", []))

    def whole(self, act: Call | str, _asked: Json) -> Json:
        """One candidate of one part."""
        part: Json = (
            {"text": act}
            if isinstance(act, str)
            else {"functionCall": {"name": act.tool.name, "args": dict(act.given)}}
        )
        content = {"role": "model", "parts": [part]}
        return {
            "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15},
            "modelVersion": "model",
        }

    def stream(self, act: Call | str, asked: Json) -> Iterator[Event]:
        """All of it is one piece."""
        yield "", self.whole(act, asked)
