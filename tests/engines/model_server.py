"""A model that plays a script, on loopback: real agent programs run against it without a network.

The script is a JSON list in the first message that holds one, after `MODEL SCRIPT`. Which step comes next is the number
of the model's own messages in the conversation so far, so the server remembers nothing and a resumed session goes on.
A step is `{"say": "…"}`, or `{"tool": "Bash", "input": {…}}`; a tool is found by the end of its name.
"""

import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

_SCRIPT = re.compile(r"MODEL SCRIPT\s*(\[.*?\])\s*END SCRIPT", re.DOTALL)
_NUMBERS = count(1)
Step = Mapping[str, Any]


def step_of(messages: Sequence[Mapping[str, Any]]) -> Step:
    """What the model does next in this conversation."""
    found = next((match for each in messages if (match := _SCRIPT.search(_words(each)))), None)
    if found is None:
        return {"say": "ok"}
    steps: list[Step] = json.loads(found[1])
    number = sum(1 for each in messages if each.get("role") == "assistant")
    return steps[number] if number < len(steps) else {"say": "My script is over."}


def _words(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(each.get("text", "") for each in content or () if each.get("type") == "text")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_HEAD(self) -> None:
        self._plain({})

    def do_GET(self) -> None:
        self._plain({"data": [], "has_more": False})

    def do_POST(self) -> None:
        asked = json.loads(self._body() or b"{}")
        if not self.path.partition("?")[0].endswith("/messages"):
            self._plain({"input_tokens": 10})
            return
        step = step_of(asked.get("messages", []))
        names = [str(tool.get("name")) for tool in asked.get("tools", [])]
        if "status" in step:
            self._plain(
                {"type": "error", "error": {"type": "api_error", "message": "no"}}, int(step["status"])
            )
        elif asked.get("stream"):
            self._stream(_block(step, names), asked.get("model", "model"))
        else:
            self._plain(_message(_block(step, names), asked.get("model", "model")))

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _plain(self, said: Mapping[str, Any], status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self, block: dict[str, Any], model: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for said in _events(block, model):
            self.wfile.write(f"event: {said['type']}\ndata: {json.dumps(said)}\n\n".encode())
        self.wfile.flush()


def _block(step: Step, names: Sequence[str]) -> dict[str, Any]:
    if "say" in step:
        return {"type": "text", "text": step["say"]}
    name = next((name for name in names if name == step["tool"] or name.endswith(f"__{step['tool']}")), None)
    if name is None:
        return {"type": "text", "text": f"There is no tool {step['tool']} among {', '.join(names)}."}
    return {
        "type": "tool_use",
        "id": f"toolu_{next(_NUMBERS):020}",
        "name": name,
        "input": step.get("input", {}),
    }


def _message(block: dict[str, Any], model: str) -> dict[str, Any]:
    return {
        "id": f"msg_{next(_NUMBERS):020}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [block],
        "stop_reason": "tool_use" if block["type"] == "tool_use" else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }


def _events(block: dict[str, Any], model: str) -> Iterator[dict[str, Any]]:
    whole = _message(block, model)
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}}
    is_tool = block["type"] == "tool_use"
    empty = {**block, "input": {}} if is_tool else {**block, "text": ""}
    yield {"type": "content_block_start", "index": 0, "content_block": empty}
    delta = (
        {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        if is_tool
        else {"type": "text_delta", "text": block["text"]}
    )
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
        "usage": {"output_tokens": 5},
    }
    yield {"type": "message_stop"}


@contextmanager
def model_server() -> Iterator[str]:
    """The address of a model that serves until the test is over."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
