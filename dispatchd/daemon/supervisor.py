"""All loops in one task group: they live and end together, and a loop that dies stops the daemon loudly."""

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Mapping
from typing import Any, Final

from dispatchd.application.committing import commit
from dispatchd.application.one_shot import begin
from dispatchd.application.relaying import relay
from dispatchd.application.requests.request import ErrorKind, failed
from dispatchd.application.status_page import update_status_page
from dispatchd.application.waiting_page import update_waiting_page
from dispatchd.daemon.audit_loop import audit_loop
from dispatchd.daemon.control_socket import serve_control
from dispatchd.daemon.engine_room import PASSING, AgentLoops, EngineRoom, OpenAgents, Work
from dispatchd.daemon.housekeeping_loop import housekeeping_loop
from dispatchd.daemon.intake_loop import intake_loop
from dispatchd.daemon.notify_loop import notify_loop
from dispatchd.daemon.share_loop import share_loop
from dispatchd.documents.tree_paths import STATUS, WAITING
from dispatchd.domain.errors import DispatchdError

LOG = logging.getLogger(__name__)
ROUND_WITHIN: Final = 3600.0
"""Seconds after which it is asked again whether there was a round; each says so by itself."""
ORDERLY_WITHIN = 15.0
"""Seconds for what is being done when the daemon is told to stop: what is cut off then is done at its next start."""


async def supervise(room: EngineRoom, listener: socket.socket) -> int:
    """Run the daemon until it is told to stop; 0 if it stopped as asked, 3 if a loop died."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _told_to_stop, room)
    await room.session.run(lambda: room.watcher.start(room.inbox.put))
    try:
        await begin(room.session)
        room.inbox.wake()
        LOG.info("dispatchd runs", extra={"action": "started"})
        await _run_loops(room, listener)
    except Exception as failure:  # noqa: BLE001 -- the boundary: whatever ends a loop is told here
        return _ended_by(failure)
    finally:
        await room.session.run(room.watcher.stop)
        listener.close()
    LOG.info("dispatchd has stopped", extra={"action": "stopped"})
    return 0


def _ended_by(failure: Exception) -> int:
    """Say what ended the daemon: a sentence where it is nobody's bug, a traceback where it is ours."""
    causes = failure.exceptions if isinstance(failure, ExceptionGroup) else (failure,)
    if all(isinstance(cause, (DispatchdError, *PASSING)) for cause in causes):
        for cause in causes:
            LOG.error("dispatchd stopped: %s", cause, extra={"action": "stopped_by"})
        return 1
    LOG.error(
        "dispatchd stopped because of a bug; what was saved is safe",
        exc_info=failure,
        extra={"action": "died"},
    )
    return 3


async def _run_loops(room: EngineRoom, listener: socket.socket) -> None:
    works = [
        intake_loop(room),
        audit_loop(room),
        housekeeping_loop(room),
        share_loop(room),
        notify_loop(room),
        serve_control(room, listener, answered),
    ]
    async with asyncio.TaskGroup() as loops:
        for work in works:
            loops.create_task(_until_stopped(room, work))
        if room.open_agents is not None:
            loops.create_task(_let_agents_work(room, room.open_agents, loops))
    async with room.turn:
        if not room.begins_anew:
            await update_status_page(room.session, room.last_status)
            room.session.hands.write_at_once(STATUS)
            if room.status_due and not room.session.clone:
                await update_waiting_page(room.session, room.refresh_waiting)
                room.session.hands.write_at_once(WAITING)
            await relay(room.session)
            await commit(room.session, force=True)


async def _let_agents_work(room: EngineRoom, open_agents: OpenAgents, loops: asyncio.TaskGroup) -> None:
    """Begin agents' work after the first round: loading it takes as long as all that answers people."""
    try:
        loops_of = await _opened(room, open_agents)
    except BaseException:
        _stop(room)
        raise
    for work in loops_of(room, answered) if loops_of is not None else ():
        loops.create_task(_until_stopped(room, work))


async def _opened(room: EngineRoom, open_agents: OpenAgents) -> AgentLoops | None:
    """What makes the loops of agents' work; None where the daemon stops before it is open."""
    seen = 0
    while True:
        while room.rounds <= seen and not room.stopping.is_set():
            await room.wait_for(lambda: room.rounds > seen or room.stopping.is_set(), ROUND_WITHIN)  # noqa: B023
        if room.stopping.is_set():
            return None
        seen = room.rounds
        try:
            if not room.halted:
                return await room.session.run(open_agents)
        except OSError:
            # A repository that was moved away is waited for; a round says so.
            if room.private.is_dir():
                raise


async def answered(reply: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The reply to one call; a bug in answering ends that call, not the daemon."""
    try:
        return await reply
    except Exception as bug:
        LOG.exception("a call could not be answered because of a bug", extra={"action": "call_failed"})
        return failed(
            ErrorKind.BUG,
            f"the daemon met a bug of its own ({type(bug).__name__}); its log has the traceback",
        )


async def _until_stopped(room: EngineRoom, work: Work) -> None:
    """Run one loop; when it ends, whatever the reason, the others are to end too."""
    try:
        await work
    finally:
        _stop(room)


def _told_to_stop(room: EngineRoom) -> None:
    """Stop in good order; told so again, or when that takes too long, end what it waits for."""
    if room.told_to_stop:
        room.hurry_programs(True)
        return
    room.told_to_stop = True
    room.hurry_programs(False)
    asyncio.get_running_loop().call_later(ORDERLY_WITHIN, room.hurry_programs, True)
    _stop(room)


def _stop(room: EngineRoom) -> None:
    room.stopping.set()
    room.commit_now.set()
    room.share_soon.set()
    room.inbox.wake()
