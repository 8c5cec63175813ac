"""What the daemon's loops share: the session, one of them at a time in it, and word of what has happened."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any, Final, TypeAlias

from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.dispatch_tree import DispatchTree, TreeGone, Unreadable
from dispatchd.application.ports.shared_branch import SharedBranch
from dispatchd.application.ports.store_failures import StoreUnavailable
from dispatchd.application.ports.tree_watcher import TreeWatcher
from dispatchd.application.requests.request import Request
from dispatchd.application.session import Session
from dispatchd.application.waiting_items import WaitingItem
from dispatchd.daemon.hint_inbox import HintInbox
from dispatchd.documents.config_values import ShareSettings
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import WorkspaceError

LOG = logging.getLogger(__name__)
SHORT: Final = 0.1
"""Seconds that others may be kept waiting."""
HANDS: Final = 2
"""Works that are done beside the loop at the same time: what waits for git lets another one go on, and more than one that
goes on would only take the interpreter from the other.
"""
PASSING: Final = (TreeGone, Unreadable, AuditError, StoreUnavailable)
"""What may be over a moment later: a tree that is gone, a branch or a database that cannot be used, a full disk."""

Boundary: TypeAlias = Callable[[Awaitable[Mapping[str, Any]]], Awaitable[Mapping[str, Any]]]
"""Turns a bug in answering into a reply that says so, and a traceback in the log."""
Work: TypeAlias = Coroutine[object, object, None]


class StoppingError(WorkspaceError):
    """The daemon ends, or begins anew: what was asked was not done, and may be asked again."""


@dataclass(slots=True)
class EngineRoom:
    """`turn` is held by whoever works in the session; `changed` is notified after every round that did something."""

    session: Session
    watcher: TreeWatcher
    inbox: HintInbox
    private: Path
    carry_out: Callable[[Session, Request], Awaitable[Mapping[str, Any]]]
    """Does what is asked for; loaded when it is asked for, or with agents' work, and not before the first answer."""
    backup: Callable[[], object]
    refresh_status: Callable[[], str]
    last_status: Callable[[], str]
    """The status page as it is to stand when the daemon has stopped."""
    refresh_waiting: Callable[[], Sequence[WaitingItem]]
    open_tree: Callable[[], DispatchTree]
    """Opens the tree's folder afresh, after it was lost and brought back."""
    mend_tree: Callable[[], Sequence[str]] = tuple
    """Brings the tree's folder back where it is gone; says what was done. Raises WorkspaceError."""
    knows_tree: Callable[[], bool] = lambda: True
    """Whether git's record of the tree is the one that this daemon works with."""
    since_backup: Callable[[], float] = float
    """Seconds since the database was last copied: a daemon that never runs for an hour makes copies all the same."""
    gather: Callable[[], bool] = bool
    """Puts git's many small objects together where there are too many. Raises AuditError."""
    outlet: SharedBranch | None = None
    """The branch as other clones have it."""
    share_settings: Callable[[], ShareSettings] = ShareSettings
    role_changed: Callable[[], bool] = lambda: False
    """Whether another clone decides now than when this daemon began."""
    clone_name: Callable[[], str] = str
    """What this clone is called; it gets a new name where it was copied with its old one."""
    told_home: Callable[[str], None] = lambda _: None
    note_waits: Callable[[str], None] = lambda _: None
    """Told why not everything goes on, for those who look; told an empty text when it does again."""
    agent_at: Callable[[socket.socket], str | None] = lambda _: None
    """The agent's run that whoever has just connected belongs to, as far as anything tells of one,"""
    run_at: Callable[[socket.socket], str | None] = lambda _: None
    """and the run that is proved to have connected."""
    listen_again: Callable[[], socket.socket | None] = lambda: None
    """Another control socket where somebody has taken the name of the daemon's away."""
    tells: Callable[[], bool] = lambda: False
    """Whether people are to be told of what waits for them."""
    tell_people: Callable[[Sequence[WaitingItem]], None] = lambda _: None
    """Tells what of it is new. Raises OSError where it cannot be kept what was told: then nothing is."""
    hurry_programs: Callable[[bool], None] = lambda _: None
    """Has nobody wait any more for a git that waits itself; told True it ends all that was started here, and whoever
    waits for that meets an error of which nothing follows.
    """
    open_agents: "OpenAgents | None" = None
    """Opens agents' work; none where another clone decides."""
    begins_anew: bool = False
    told_to_stop: bool = False
    sharing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while something is fetched or pushed; taken before `turn`, never while that is held."""
    share_soon: asyncio.Event = field(default_factory=asyncio.Event)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    making: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while commits are made beside the turn; who mends git's record of the tree takes it after `turn`."""
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    commit_now: asyncio.Event = field(default_factory=asyncio.Event)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    cookies_seen: set[str] = field(default_factory=set)
    halted: str | None = None
    """Why nothing is read or written until a person has put it right."""
    lagging: str | None = None
    """Why commits wait while files and state go on."""
    noted: str = ""
    """What those who look were last told."""
    rounds: int = 0
    rested: object | None = None
    """What the last round saw, if it did nothing and was begun by the clock."""
    status_due: bool = True
    """Whether the pages of what goes on and what waits are to be composed anew."""
    composed: int = 0
    """How often they were."""
    status_after: float = -1e9
    """They are not before this, on the monotonic clock: they would not be written either (`SettleTimes.between_renders`)."""

    def halt(self, why: str) -> None:
        """Nothing goes on until *why* is put right; said once."""
        if self.halted is None:
            LOG.warning("everything waits: %s", why, extra={"action": "halted"})
        self.halted = why
        self._tell_why()

    def go_on(self) -> None:
        """What halted everything is over."""
        if self.halted is not None:
            LOG.info("work goes on", extra={"action": "goes_on"})
        self.halted = None
        self._tell_why()

    def lag(self, why: str | None) -> None:
        """Commits wait because of *why*, or (None) no longer."""
        self.lagging = why
        self._tell_why()

    def _tell_why(self) -> None:
        lagging = f"files and state go on, but commits wait: {self.lagging}" if self.lagging else ""
        why = self.halted or lagging
        if why != self.noted:
            self.noted = why
            self.note_waits(why)

    @contextmanager
    def halting(self) -> Iterator[None]:
        """What cannot go on now halts everything and deletes nothing; every nap later it is tried again."""
        try:
            yield
        except PASSING as trouble:
            self.status_due = True  # what was done before it stands on no page yet
            self.halt(str(trouble))

    def begin_anew(self, why: str = "another clone decides now", action: str = "home_moved") -> None:
        """Stop, and start again as what this clone is now."""
        LOG.info("%s", why, extra={"action": action})
        self.begins_anew = True
        self.stopping.set()
        self.commit_now.set()
        self.share_soon.set()
        self.inbox.wake()

    def hurry_status(self) -> None:
        """Somebody waits: what is to stand on the pages stands there after the next round."""
        self.status_after = -1e9

    async def tell(self) -> None:
        """Say that a round is over."""
        self.rounds += 1
        async with self.changed:
            self.changed.notify_all()

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the daemon stops."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.stopping.wait()

    async def wait_for(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until *is_so* after some round, *seconds* at most; whether it came to be."""
        try:
            async with asyncio.timeout(seconds), self.changed:
                await self.changed.wait_for(is_so)
        except TimeoutError:
            return False
        return True


AgentLoops: TypeAlias = Callable[[EngineRoom, Boundary], Sequence[Work]]
OpenAgents: TypeAlias = Callable[[], AgentLoops]
"""Loads agents' work, tries its cells, and returns what makes its loops. It takes long, and blocks."""


async def done_beside(room: EngineRoom, works: Sequence[Callable[[], object]]) -> Sequence[object]:
    """What each of the blocking *works* comes to; where they take long, others have the turn that is held.

    What is short is done under the turn: its consequences are then written and committed together with those of the next.
    """
    hands = asyncio.Semaphore(HANDS)

    async def by_a_hand(work: Callable[[], object]) -> object:
        async with hands:
            return await room.session.run(work)

    working = [asyncio.ensure_future(by_a_hand(work)) for work in works]
    late = (await asyncio.wait(working, timeout=SHORT))[1] if working else ()
    if late:
        async with others_first(room.turn):
            await asyncio.wait(late)
    return [await each for each in working]


@asynccontextmanager
async def others_first(turn: asyncio.Lock) -> AsyncIterator[None]:
    """Let go of the *turn* that is held, and take it again, whatever happens in between."""
    turn.release()
    try:
        yield
    finally:
        cancelled: asyncio.CancelledError | None = None
        while True:
            try:
                await turn.acquire()
                break
            except asyncio.CancelledError as told:
                cancelled = told  # whoever took the turn gives it back, and so it has to be held
        if cancelled is not None:
            raise cancelled


async def is_over(room: EngineRoom) -> bool:
    """Whether this daemon is to stop, because another clone decides than when it began; it stops then."""
    if not room.begins_anew and await room.session.run(room.role_changed):
        room.begin_anew()
    return room.begins_anew
