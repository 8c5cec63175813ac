"""Doing what runs agents' files: where nothing contains it, it can write whatever an agent in no cell can.

A check needs no turn to run beside it: its own is over by then.
"""

import sys
from collections.abc import Callable
from typing import TypeVar

from dispatchd.application.agents.desk import Desk
from dispatchd.application.doubts import begin_check, end_check

Found = TypeVar("Found")


async def run_agents_files(desk: Desk, blocks: Callable[[], Found]) -> Found:
    """What *blocks* finds, which runs commands on what agents wrote; meanwhile files are in doubt where no cell holds."""
    if desk.containment.holds:
        return await desk.session.run(blocks)
    session = desk.session
    desk.checks_at_work += 1
    desk.has_looked = False
    at = session.ports.clock.now()
    await session.ports.store.transact(lambda work: begin_check(work, at))
    try:
        return await session.run(blocks)
    finally:
        # Where the daemon stops instead, nothing says that the command has: the next daemon finds the note.
        if isinstance(sys.exc_info()[1], Exception | None):
            await _end(desk)


async def _end(desk: Desk) -> None:
    desk.checks_at_work -= 1
    at = desk.session.ports.clock.now()
    # Asked where it is written: another one may have begun while this waited for the database.
    await desk.session.ports.store.transact(lambda work: None if desk.checks_at_work else end_check(work, at))
