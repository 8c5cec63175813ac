"""A socket for each run, in the only folder that its agent can see: one JSON line asked, one JSON line answered.

It takes the verbs of `speaking` and nothing else, for the run that its token was made for, and from what that run's own
turn has started: a token may be read where another workspace's agents see more than they should.
"""

import asyncio
import contextlib
import hmac
import logging
import os
import socket
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.speaking import speak
from dispatchd.application.agents.submitting import check_before
from dispatchd.application.requests.request import (
    MOST_BYTES,
    ErrorKind,
    NotUnderstood,
    as_line,
    failed,
    from_line,
    succeeded,
)
from dispatchd.daemon.engine_room import Boundary, EngineRoom
from dispatchd.domain.agent_run import RunId
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError, Rejected

LOG = logging.getLogger(__name__)
NAME = "talk.sock"
_NOT_ITS_OWN = "this is not your run's socket: it hears what its own turn has started, and nobody else"
_LOOKS_AT_WORK = "submit_work"


@dataclass(slots=True, kw_only=True)
class RunSockets:
    """The sockets of the runs that live, opened and closed as they come and go."""

    room: EngineRoom
    desk: Desk
    boundary: Boundary
    servers: dict[RunId, asyncio.AbstractServer] = field(default_factory=dict)
    looked_at: set[RunId] = field(default_factory=set)
    """Runs whose worktree is being looked at. It may take as long as they make it: one look at a time is enough."""

    async def follow(self, live: set[RunId]) -> None:
        """Have a socket for each of *live*, and for no other run."""
        for run in set(self.servers) - live:
            self.servers.pop(run).close()
        for run in live - set(self.servers):
            opened = await self._open(run)
            if opened is not None:
                self.servers[run] = opened

    def close(self) -> None:
        """Close them all; what agents ask from now on waits until a daemon is there again."""
        for server in self.servers.values():
            server.close()
        self.servers.clear()

    async def _open(self, run: RunId) -> asyncio.AbstractServer | None:
        try:
            listener = _listen(str(self.desk.ports.room.folders(run).work))
        except OSError as error:
            LOG.info("%s has no socket yet: %s", run, error, extra={"action": "no_run_socket"})
            return None

        async def on_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            is_its_own = self.room.run_at(writer.get_extra_info("socket")) == run
            try:
                line = await reader.readline()
                if line:
                    writer.write(as_line(await self.boundary(self._reply(run, line, is_its_own=is_its_own))))
                    await writer.drain()
            except (ConnectionError, ValueError) as error:
                LOG.info("an agent went away: %s", error, extra={"action": "agent_gone"})
            finally:
                writer.close()

        return await asyncio.start_unix_server(on_call, sock=listener, limit=MOST_BYTES)

    async def _reply(self, run: RunId, line: bytes, *, is_its_own: bool) -> Mapping[str, Any]:
        try:
            if not is_its_own:
                LOG.warning("somebody else wanted to speak as %s", run, extra={"action": "not_its_own"})
                raise Rejected(_NOT_ITS_OWN)
            asked = _read(from_line(line))
            token = str(asked.get("token")).encode(errors="replace")
            if asked.get("run") != run or not hmac.compare_digest(token, self.desk.ports.token(run).encode()):
                raise Rejected("this is not your run's socket, or not its token")
            done = await self._does(run, str(asked.get("verb")), asked.get("arguments") or {})
        except DispatchdError as refused:
            return failed(ErrorKind.REJECTED, str(refused))
        self.room.status_due = True
        self.room.inbox.wake()
        await self.room.tell()
        return succeeded(done)

    async def _does(self, run: RunId, verb: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        if verb != _LOOKS_AT_WORK:
            async with self.room.turn:
                return await speak(self.desk, run, verb, said)
        if run in self.looked_at:
            raise Rejected("wait for the answer; what you submitted before is still being looked at")
        self.looked_at.add(run)
        try:
            await check_before(self.desk, run, verb)
            async with self.room.turn:
                return await speak(self.desk, run, verb, said)
        finally:
            self.looked_at.discard(run)


def _read(plain: object) -> Mapping[str, Any]:
    if not isinstance(plain, dict) or not isinstance(plain.get("arguments", {}), dict):
        raise NotUnderstood("say a JSON object with run, token, verb and arguments")
    return plain


def _listen(folder: str) -> socket.socket:
    """Bound through a descriptor of the folder: paths of sockets are limited to 107 bytes."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        path = f"/proc/self/fd/{descriptor}/{NAME}"
        with contextlib.suppress(FileNotFoundError):
            os.unlink(NAME, dir_fd=descriptor)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        os.chmod(NAME, 0o600, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    listener.listen(16)
    listener.setblocking(False)
    return listener
