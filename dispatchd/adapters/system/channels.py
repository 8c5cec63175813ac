"""The ways out: a command of the owner's, the bell of a terminal, the desktop, a webhook. None takes longer than it may."""

import json
import os
import shutil
import stat
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.environment import without_git
from dispatchd.adapters.processes.runner import ProgramMissingError, ProgramTimedOutError, run
from dispatchd.application.ports.channel import Channel, Message
from dispatchd.domain.dataclass import dataclass

_MOST_TOLD: Final = 200
_GOOD: Final = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandChannel:
    """A line for the shell, in the repository, with the message on its standard input."""

    line: str
    folder: Path
    output: Path
    within: float
    name: str = "command"

    def tell(self, message: Message) -> str:
        """What it prints goes to a file: a child that it leaves behind keeps nobody waiting."""
        environment = {
            **without_git(),
            "DISPATCHD_TITLE": message.title,
            "DISPATCHD_ITEMS": json.dumps(list(message.items), ensure_ascii=False),
            "DISPATCHD_DIGEST": "1" if message.digest else "",
        }
        script = f'exec >"$0" 2>&1\n{self.line}'
        command = ("/bin/sh", "-c", script, str(self.output))
        why = _ran(command, environment, self.within, self.folder, message.text.encode())
        return f"{why}{self._last_words()}" if why else ""

    def _last_words(self) -> str:
        try:
            lines = self.output.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        last = [line.strip() for line in lines if line.strip()][-1:]
        return f": {last[0][:_MOST_TOLD]}" if last else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopChannel:
    """notify-send, where it exists."""

    within: float
    name: str = "desktop"

    def tell(self, message: Message) -> str:
        """One notification for the whole message."""
        program = shutil.which("notify-send")
        if program is None:
            return "notify-send is not installed, or not on the daemon's PATH"
        command = (program, "--app-name=dispatchd", "--", message.title, "\n".join(message.lines))
        return _ran(command, without_git(), self.within)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellChannel:
    """The terminal that the daemon was started from, as long as it is there and the owner's."""

    terminal: str
    name: str = "bell"

    def tell(self, _message: Message) -> str:
        """Ring it."""
        if not self.terminal:
            return "the daemon was not started from a terminal"
        try:
            descriptor = os.open(self.terminal, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            return f"{self.terminal} cannot be opened ({error.strerror})"
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISCHR(found.st_mode) or found.st_uid != os.getuid():
                return f"{self.terminal} is somebody else's by now"
            os.write(descriptor, b"\a")
        except OSError as error:
            return f"{self.terminal} takes nothing ({error.strerror})"
        finally:
            os.close(descriptor)
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """A POST of JSON with a `text`, which chat programs show, and the `items` themselves."""

    address: str
    within: float
    name: str = "webhook"

    def tell(self, message: Message) -> str:
        """Any answer but a good one is a failure; no redirect is followed."""
        if not self.address.startswith(("https://", "http://")):
            return "its address begins with neither https:// nor http://"
        data = {
            "text": message.text,
            "title": message.title,
            "items": list(message.items),
            "digest": message.digest,
        }
        told: list[str] = []
        posting = threading.Thread(target=lambda: told.append(self._post(data)), daemon=True)
        posting.start()
        posting.join(self.within)
        return told[0] if told else self._late()

    def _late(self) -> str:
        return f"it took longer than {self.within:g} s, and nobody waits for it any more"

    def _post(self, data: Mapping[str, object]) -> str:
        body = json.dumps(data, ensure_ascii=False).encode()
        request = urllib.request.Request(  # noqa: S310 -- the scheme was looked at above
            self.address, data=body, headers={"Content-Type": "application/json"}, method="POST"
        )
        try:
            with _OPENER.open(request, timeout=self.within) as answer:
                return "" if answer.status in _GOOD else f"it answered {answer.status}"
        except urllib.error.HTTPError as error:
            with error:
                return f"it answered {error.code}"
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            return self._late() if isinstance(reason, TimeoutError) else f"it cannot be reached ({reason})"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """None: a POST is sent where it was meant to go, or nowhere."""


_OPENER: Final = urllib.request.build_opener(_NoRedirect)


def _ran(
    command: tuple[str, ...],
    environment: Mapping[str, str],
    within: float,
    folder: Path | None = None,
    stdin: bytes = b"",
) -> str:
    try:
        done = run(command, env=environment, cwd=folder, stdin=stdin, timeout=within)
    except ProgramTimedOutError:
        return f"it took longer than {within:g} s and was stopped"
    except (ProgramMissingError, OSError) as error:
        return str(error)
    return "" if done.exit_code == 0 else f"it ended with exit code {done.exit_code}"


_ports: tuple[type[Channel], ...] = (CommandChannel, DesktopChannel, BellChannel, WebhookChannel)
