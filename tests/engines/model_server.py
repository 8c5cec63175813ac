"""A model that plays a script, on loopback, for programs of several makers: they run against it without a network.

What it does next says `scripted_model`; how it is asked and answers, `protocols`.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from tests.engines.protocols import Chat, Contents, Dialect, Messages, Responses

_DIALECTS: Final[Mapping[str, Dialect]] = {
    "/messages": Messages(),
    "/responses": Responses(),
    "/chat/completions": Chat(),
    ":generateContent": Contents(),
    ":streamGenerateContent": Contents(),
}
_NO_ANSWER: Final = {"input_tokens": 10, "totalTokens": 10}
_NO_MODELS: Final[Mapping[str, Any]] = {"object": "list", "data": [], "models": [], "has_more": False}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_HEAD(self) -> None:
        self._plain({})

    def do_GET(self) -> None:
        self._plain(_NO_MODELS)

    def do_POST(self) -> None:
        path = self.path.partition("?")[0]
        asked = json.loads(self._body() or b"{}")
        dialect = next((each for end, each in _DIALECTS.items() if path.endswith(end)), None)
        if dialect is None:
            self._plain(_NO_ANSWER)
            return
        act = dialect.act(asked)
        if asked.get("stream") or path.endswith(":streamGenerateContent"):
            self._stream(dialect.stream(act, asked))
        else:
            self._plain(dialect.whole(act, asked))

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _plain(self, said: Mapping[str, Any]) -> None:
        body = json.dumps(dict(said)).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self, events: Iterator[tuple[str, Any]]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for name, said in events:
            head = f"event: {name}\n" if name else ""
            words = said if isinstance(said, str) else json.dumps(said)
            self.wfile.write(f"{head}data: {words}\n\n".encode())
        self.wfile.flush()


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
