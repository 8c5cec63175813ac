"""What the daemon's loops share: the session, one of them at a time in it, and word of what has happened."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from dispatchd.application.ports.dispatch_tree import DispatchTree
from dispatchd.application.ports.tree_watcher import TreeWatcher
from dispatchd.application.session import Session
from dispatchd.daemon.hint_inbox import HintInbox

LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class EngineRoom:
    """`turn` is held by whoever works in the session; `changed` is notified after every round that did something."""

    session: Session
    watcher: TreeWatcher
    inbox: HintInbox
    private: Path
    backup: Callable[[], object]
    refresh_status: Callable[[], str]
    last_status: Callable[[], str]
    """The status page as it is to stand when the daemon has stopped."""
    open_tree: Callable[[], DispatchTree]
    """Opens the tree's folder afresh, after it was lost and brought back."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    commit_now: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    cookies_seen: set[str] = field(default_factory=set)
    halted: str | None = None
    """Why nothing is read or written until a person has put it right."""
    rounds: int = 0
    status_due: bool = True

    def halt(self, why: str) -> None:
        """Nothing goes on until *why* is put right; said once."""
        if self.halted is None:
            LOG.warning("everything waits: %s", why, extra={"action": "halted"})
        self.halted = why

    def go_on(self) -> None:
        """What halted everything is over."""
        if self.halted is not None:
            LOG.info("work goes on", extra={"action": "goes_on"})
        self.halted = None

    async def tell(self) -> None:
        """Say that a round is over."""
        self.rounds += 1
        async with self.changed:
            self.changed.notify_all()

    async def wait_for(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until *is_so* after some round, *seconds* at most; whether it came to be."""
        try:
            async with asyncio.timeout(seconds), self.changed:
                await self.changed.wait_for(is_so)
        except TimeoutError:
            return False
        return True
