"""The ways out take no longer than they may, and say in a clause why a message did not go."""

import json
import os
import pty
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from dispatchd.adapters.system.channels import BellChannel, CommandChannel, DesktopChannel, WebhookChannel
from dispatchd.adapters.system.told_file import ToldFile
from dispatchd.application.ports.channel import Message
from dispatchd.application.ports.told_ledger import Told, Trouble

MESSAGE = Message(title="A question; `x`", lines=("- one",), items=[{"id": "t-aaaa", "kind": "question"}])


def command(tmp_path: Path, line: str, within: float = 20.0) -> CommandChannel:
    return CommandChannel(line=line, folder=tmp_path, output=tmp_path / "notify.txt", within=within)


def test_a_command_reads_the_message_and_finds_the_items_in_its_environment(tmp_path: Path) -> None:
    line = 'cat > said.txt; printf "%s" "$DISPATCHD_TITLE" > title.txt; printf "%s" "$DISPATCHD_ITEMS" > items.json'
    assert command(tmp_path, line).tell(MESSAGE) == ""
    assert (tmp_path / "said.txt").read_text() == MESSAGE.text
    assert (tmp_path / "title.txt").read_text() == MESSAGE.title
    assert json.loads((tmp_path / "items.json").read_text()) == list(MESSAGE.items)


def test_a_command_that_fails_says_its_last_words(tmp_path: Path) -> None:
    said = command(tmp_path, "echo first; echo no such room >&2; exit 3").tell(MESSAGE)
    assert said == "it ended with exit code 3: no such room"


def test_a_command_that_hangs_is_stopped_and_a_child_that_it_leaves_keeps_nobody_waiting(
    tmp_path: Path,
) -> None:
    began = time.monotonic()
    assert "was stopped" in command(tmp_path, "sleep 300", within=0.3).tell(MESSAGE)
    assert command(tmp_path, "(setsid sleep 30 &) ; true").tell(MESSAGE) == ""
    assert time.monotonic() - began < 25


def test_the_desktop_is_told_by_notify_send_where_it_exists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in DesktopChannel(within=20).tell(MESSAGE)
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {tmp_path}/said\n')
    program.chmod(0o755)
    assert DesktopChannel(within=20).tell(MESSAGE) == ""
    assert (tmp_path / "said").read_text() == "--app-name=dispatchd|--|A question; `x`|- one|"


def test_the_bell_rings_at_the_terminal_and_says_where_there_is_none(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    try:
        assert BellChannel(terminal=os.ttyname(theirs)).tell(MESSAGE) == ""
        assert os.read(ours, 1) == b"\a"
    finally:
        os.close(ours)
        os.close(theirs)
    assert BellChannel(terminal="").tell(MESSAGE) == "the daemon was not started from a terminal"
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert "somebody else's" in BellChannel(terminal=str(file)).tell(MESSAGE)
    assert file.read_bytes() == b""


class Hook(BaseHTTPRequestHandler):
    """A webhook: what it was told, and what it is to answer."""

    said: ClassVar[list[Any]] = []
    release = threading.Event()

    def do_POST(self) -> None:
        self.said.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        if self.path == "/hangs":
            self.release.wait(30)
        self.send_response({"/moved": 302, "/broken": 500}.get(self.path, 204))
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Hook.said.clear()
    Hook.release.clear()
    server = HTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Hook.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_webhook_is_posted_to_once_and_no_redirect_is_followed(address: str) -> None:
    def tell(path: str, within: float = 20) -> str:
        return WebhookChannel(address=f"{address}{path}", within=within).tell(MESSAGE)

    assert tell("/good") == ""
    assert tell("/broken") == "it answered 500"
    assert tell("/moved") == "it answered 302"
    assert [path for path, _ in Hook.said] == ["/good", "/broken", "/moved"]
    assert Hook.said[0][1] == {
        "text": MESSAGE.text,
        "title": MESSAGE.title,
        "items": list(MESSAGE.items),
        "digest": False,
    }
    assert "took longer than 0.2 s" in tell("/hangs", within=0.2)


def test_a_webhook_that_is_not_there_or_no_address_is_said() -> None:
    assert "cannot be reached" in WebhookChannel(address="http://127.0.0.1:9/x", within=20).tell(MESSAGE)
    assert "neither https://" in WebhookChannel(address="file:///etc/passwd", within=20).tell(MESSAGE)


def test_what_was_told_is_kept_as_it_was_and_a_file_that_does_not_read_is_said(tmp_path: Path) -> None:
    told = Told(
        keys={"a": "2026-11-21T12:00:00+00:00"}, digested="x", troubles={"bell": Trouble(why="w", at="t")}
    )
    ledger = ToldFile(tmp_path / "told.json")
    assert ledger.load() == Told()
    ledger.save(told)
    assert ToldFile(tmp_path / "told.json").load() == told
    (tmp_path / "told.json").write_text("{")
    with pytest.raises(OSError, match=r"told\.json cannot be read"):
        ledger.load()
