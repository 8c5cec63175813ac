"""How a daemon begins: its database is opened and checked beside the loading of all that answers."""

from typing import TYPE_CHECKING, Final

from dispatchd.composition.acting import open_session, open_store
from dispatchd.composition.looking import Workspace

if TYPE_CHECKING:
    import asyncio

    from dispatchd.application.session import Session

HANDS: Final = 64
"""Most blocking works at the same time; a thread is started when all others are at work."""
HAND_OVER_WITHIN: Final = 0.0002
"""Seconds for which one thread keeps another from Python meanwhile."""


def begin_to_run() -> "asyncio.Event":
    """Have hands for what blocks, and know what to do when told to stop; whether the daemon was, while it starts."""
    import asyncio
    import signal
    from concurrent.futures import ThreadPoolExecutor

    from dispatchd.adapters.processes.runner import hurry_programs, let_programs_run

    let_programs_run()
    is_told = asyncio.Event()
    loop = asyncio.get_running_loop()
    # A worktree whose git waits shall not take the hands that everybody else's saves need.
    loop.set_default_executor(ThreadPoolExecutor(HANDS, "aside"))

    def stop() -> None:
        """End what the start waits for: nothing is being done yet that could be finished."""
        is_told.set()
        hurry_programs(True)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    return is_told


async def open_while_loading(workspace: Workspace) -> "Session":
    """A session on the store, which is opened and checked beside the loading of all the rest: that needs no Python."""
    import asyncio
    import sys

    opening = asyncio.ensure_future(open_store(workspace))
    between = sys.getswitchinterval()
    # The opening is some fifty short calls of SQLite. Whoever loads would hold up each of them for 5 ms.
    sys.setswitchinterval(HAND_OVER_WITHIN)
    try:
        await asyncio.sleep(0)  # it begins
        import dispatchd.daemon.supervisor  # noqa: F401 -- all that answers

        return await open_session(workspace, asyncio.to_thread, opening)
    finally:
        sys.setswitchinterval(between)
