"""The control socket: one JSON line asked, one JSON line answered, by this user's processes alone.

What a request means is the application's business; here it is read, given its turn, and answered.
"""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any, Final

from dispatchd import __version__
from dispatchd.application.agents.no_person import NOT_A_PERSON
from dispatchd.application.lost_folder import take_back_what_went_first
from dispatchd.application.other_folder import come_to_folder
from dispatchd.application.ports.tree_watcher import Rescan, RescanReason
from dispatchd.application.requests.request import (
    MOST_BYTES,
    ErrorKind,
    as_line,
    failed,
    from_line,
    load_request,
    succeeded,
)
from dispatchd.application.restoring import Restored, restore_all
from dispatchd.application.sharing import Sharing, Word
from dispatchd.daemon.calls import (
    AnyCall,
    HomeCall,
    PerformCall,
    PingCall,
    ReopenCall,
    ShareCall,
    SyncCall,
    WaitCall,
    read_call,
)
from dispatchd.daemon.engine_room import Boundary, EngineRoom, StoppingError, is_over
from dispatchd.daemon.settled import sync_now, take_in_what_was_saved
from dispatchd.daemon.share_loop import move_home_here, share_now
from dispatchd.domain.errors import DispatchdError, Rejected, WorkspaceError
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import ThreadStatus

LOG = logging.getLogger(__name__)
LAST_ANSWERS_WITHIN: Final = 5.0
LOOK_EVERY: Final = 3.0
"""Seconds between two looks whether the socket can still be found; a command waits for ten until it gives up."""
STOPS: Final = "the daemon is stopping; what was saved is taken in at its next start"
_CREDENTIALS: Final = struct.Struct("3i")


async def serve_control(room: EngineRoom, listener: socket.socket, boundary: Boundary) -> None:
    """Answer calls until the daemon stops."""
    calls: set[asyncio.Task[None]] = set()

    async def on_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            calls.add(task)
            task.add_done_callback(calls.discard)
        try:
            await _answer(room, reader, writer, boundary)
        except (ConnectionError, ValueError) as error:
            LOG.info("a caller went away: %s", error, extra={"action": "caller_gone"})
        finally:
            writer.close()

    async with AsyncExitStack() as servers:
        here: socket.socket | None = listener
        while here is not None:  # who is connected by the one before goes on
            await servers.enter_async_context(
                await asyncio.start_unix_server(on_call, sock=here, limit=MOST_BYTES)
            )
            here = await _listener_again(room)
        await room.tell()
        if calls:  # whoever waits is told that the daemon stops
            await asyncio.wait(calls, timeout=LAST_ANSWERS_WITHIN)


async def _listener_again(room: EngineRoom) -> socket.socket | None:
    """Another socket to listen at, as soon as the name of the last one is gone; None when the daemon stops."""
    while not room.stopping.is_set():
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await room.stopping.wait()
        except TimeoutError:
            again = room.listen_again()
            if again is not None:
                LOG.warning(
                    "the control socket was gone, and is made again", extra={"action": "listens_again"}
                )
                return again
    return None


async def _answer(
    room: EngineRoom, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, boundary: Boundary
) -> None:
    why = _why_not(
        room, writer.get_extra_info("socket")
    )  # before anything may be another's that has the same pid
    line = await reader.readline()  # before a refusal, too: who is still writing would not hear it
    if not line:
        return
    answer = await boundary(_reply(room, line)) if why is None else failed(ErrorKind.REJECTED, why)
    writer.write(as_line(answer))
    await writer.drain()


def _why_not(room: EngineRoom, connection: socket.socket) -> str | None:
    """Why whoever called is not listened to: another user, or a process that an agent's turn has started."""
    if not _is_this_user(connection):
        return "this workspace belongs to another user"
    run = room.agent_at(connection)
    if run is None:
        return None
    LOG.warning("%s wanted to speak as a person", run, extra={"action": "agent_refused"})
    return NOT_A_PERSON.format(run=run)


def _is_this_user(connection: socket.socket) -> bool:
    """Whether the peer runs as this user; the socket's mode says so too, its folder's may not."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    return _CREDENTIALS.unpack(raw)[1] in (os.getuid(), 0)


async def _reply(room: EngineRoom, line: bytes) -> Mapping[str, Any]:
    if room.stopping.is_set():
        return failed(ErrorKind.STOPPING, STOPS)
    try:
        return succeeded(await called(room, read_call(from_line(line))))
    except StoppingError as stopping:
        return failed(ErrorKind.STOPPING, str(stopping))
    except Rejected as rejected:
        return failed(ErrorKind.REJECTED, str(rejected))
    except WorkspaceError as error:
        return failed(ErrorKind.WORKSPACE, str(error))
    except DispatchdError as error:
        return failed(ErrorKind.PROBLEM, str(error))


async def called(room: EngineRoom, call: AnyCall) -> Mapping[str, Any]:
    """What is answered to *call*. Raises DispatchdError."""
    match call:
        case PerformCall(request=request):
            return await _perform(room, request)
        case SyncCall(wait=wait):
            return await sync_now(room, wait=wait)
        case WaitCall():
            return await _wait_for_answer(room, call)
        case ReopenCall():
            return await _reopen(room)
        case ShareCall(word=word):
            return _shared(await share_now(room, Word(word)))
        case HomeCall():
            return {"home": await move_home_here(room)}
        case PingCall():
            return _alive(room)


def _alive(room: EngineRoom) -> Mapping[str, Any]:
    """What the doctor and a start want to know of a daemon."""
    return {
        "version": __version__,
        "halted": room.halted,
        "rounds": room.rounds,
        "decides": not room.session.clone,
        "poll": room.watcher.poll_seconds(),
    }


async def _perform(room: EngineRoom, plain: Mapping[str, Any]) -> Mapping[str, Any]:
    request = load_request(plain)
    await take_in_what_was_saved(room)
    async with room.turn:
        if await is_over(room):
            raise WorkspaceError("home has just moved; ask again")
        result = await room.carry_out(room.session, request)
    room.status_due = True
    room.inbox.wake()
    room.commit_now.set()
    await room.tell()
    return result


def _shared(done: Sharing) -> Mapping[str, Any]:
    return {"remote": done.remote, "trouble": done.trouble, "words": done.words, "took": done.took}


async def _reopen(room: EngineRoom) -> Mapping[str, Any]:
    """The tree's folder is a new one, or is made one now: open it, watch it, and owe what is missing in it.

    Whoever has the turn is the only one whose git works in the tree.
    """
    session = room.session
    async with room.turn:
        async with room.making:
            done = [*await session.run(room.mend_tree)]
        if not await session.run(room.knows_tree):
            room.begin_anew("the tree has another record in the repository", "tree_recorded_anew")
            return {"done": done, "restored": 0, "new": []}
        session.use_tree(await session.run(room.open_tree))
        await session.run(room.watcher.stop)
        await session.run(lambda: room.watcher.start(room.inbox.put))
        if done or room.halted:
            await take_back_what_went_first(session)
        restored = await restore_all(session)
        await come_to_folder(session)
        room.halted = None
    room.inbox.put(Rescan(reason=RescanReason.FOLDER_CAME))
    return {"done": done, "restored": restored.files, "new": list(restored.new), "unkept": _unkept(restored)}


def _unkept(restored: Restored) -> Mapping[str, str]:
    """Of each file that is not back as it last stood the moment of the text that is, or nothing."""
    return {each.path: "" if each.read_at is None else each.read_at.isoformat() for each in restored.unkept}


async def _wait_for_answer(room: EngineRoom, call: WaitCall) -> Mapping[str, Any]:
    thread_id = EntityId(call.thread)
    loop = asyncio.get_running_loop()
    until = None if call.timeout is None else loop.time() + call.timeout
    while not room.stopping.is_set():
        thread = await room.session.ports.store.transact(lambda work: work.thread(thread_id))
        if thread is None:
            raise Rejected(f"there is no thread {thread_id}")
        if thread.status is not ThreadStatus.OPEN:
            return {"status": thread.status.value}
        left = 3600.0 if until is None else until - loop.time()
        if left <= 0:
            return {"status": thread.status.value}
        await _next_round(room, left)
    raise StoppingError("the daemon is stopping; ask again when it runs")


async def _next_round(room: EngineRoom, seconds: float) -> None:
    seen = room.rounds
    await room.wait_for(lambda: room.rounds > seen or room.stopping.is_set(), seconds)
