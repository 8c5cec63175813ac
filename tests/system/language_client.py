"""An editor's side of the language server: a process on two pipes, requests answered in order, notes as they come."""

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any, Final

from tests.system.desk import COMMAND, until

PATIENCE_SECONDS: Final = 60.0


class LanguageClient:
    """One editor with the server it started."""

    def __init__(self, root: Path, *, shows_documents: bool = False) -> None:
        self._process = subprocess.Popen(
            [COMMAND, "lsp", "--stdio"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._asked = 0
        self.notes: dict[str, list[dict[str, Any]]] = {}
        self.shown: list[dict[str, Any]] = []
        self._versions: dict[str, int] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        window = {"showDocument": {"support": shows_documents}}
        self.capabilities = self.ask(
            "initialize",
            {"processId": None, "rootUri": root.as_uri(), "capabilities": {"window": window}},
        )["capabilities"]
        self.tell("initialized", {})

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = int(header.partition(b":")[2]) if header.lower().startswith(b"content-length") else 0
            while header.strip():
                header = stream.readline()
            self._take(json.loads(stream.read(length)))

    def _take(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        if method == "textDocument/publishDiagnostics":
            self._note(**message["params"])
        elif method == "window/showDocument":
            self.shown.append(message["params"])
            self._send({"id": message["id"], "result": {"success": True}})
        elif method is None:
            self._answers.put(message)

    def _note(self, uri: str, diagnostics: list[dict[str, Any]], version: int | None = None) -> None:
        """Keep what is said of the text as it is now; of the one before something may still be on its way."""
        if version is None or version == self._versions.get(uri):
            self.notes[uri] = diagnostics

    def _send(self, message: dict[str, Any]) -> None:
        said = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._process.stdin
        assert stream is not None
        stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(said), said))
        stream.flush()

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """The result; a refusal is returned as `{"error": message}`."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        answer = self._answers.get(timeout=PATIENCE_SECONDS)
        assert answer["id"] == self._asked
        return {"error": answer["error"]["message"]} if "error" in answer else answer["result"]

    def open(self, file: Path, text: str | None = None) -> None:
        said = file.read_text(encoding="utf-8") if text is None else text
        self._versions[file.as_uri()] = 1
        item = {"uri": file.as_uri(), "languageId": "markdown", "version": 1, "text": said}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def type(self, file: Path, text: str) -> None:
        """The whole buffer is now *text*, and is not saved."""
        self._versions[file.as_uri()] += 1
        document = {"uri": file.as_uri(), "version": self._versions[file.as_uri()]}
        self.notes.pop(file.as_uri(), None)
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def said_of(self, file: Path) -> list[str]:
        """The messages beside *file*, once it was looked at."""
        until(lambda: file.as_uri() in self.notes, f"nothing was said of {file}", PATIENCE_SECONDS)
        return [note["message"] for note in self.notes[file.as_uri()]]

    def at(self, file: Path, line: int, character: int) -> dict[str, Any]:
        """A place, as requests name it."""
        return {
            "textDocument": {"uri": file.as_uri()},
            "position": {"line": line, "character": character},
        }

    def actions(self, file: Path, line: int = 0) -> dict[str, dict[str, Any]]:
        """What can be done with the pointer on *line*, by title."""
        here = {"line": line, "character": 0}
        asked = {"textDocument": {"uri": file.as_uri()}, "range": {"start": here, "end": here}}
        found = self.ask("textDocument/codeAction", {**asked, "context": {"diagnostics": []}})
        return {action["title"]: action for action in found or []}

    def end(self) -> int:
        """As an editor leaves; the server's exit code."""
        if self._process.poll() is None:
            self.ask("shutdown", None)
            self.tell("exit", None)
        code = self._process.wait(timeout=PATIENCE_SECONDS)
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        return code


def applied(text: str, action: dict[str, Any], file: Path) -> str:
    """*text* after the edits of *action*, in characters of the basic plane."""
    lines = text.split("\n")
    for edit in action["edit"]["changes"][file.as_uri()]:
        start, end = edit["range"]["start"], edit["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]]
        lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
    return "\n".join(lines)
