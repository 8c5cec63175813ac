"""How a daemon begins: its database is opened and checked beside the loading of all that answers."""

from typing import TYPE_CHECKING, Final

from dispatchd.composition.acting import open_session, open_store
from dispatchd.composition.looking import Workspace

if TYPE_CHECKING:
    from dispatchd.application.session import Session

HAND_OVER_WITHIN: Final = 0.0002
"""Seconds for which one thread keeps another from Python meanwhile."""


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
