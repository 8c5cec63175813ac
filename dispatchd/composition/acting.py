"""Acting on a workspace: through its daemon where one runs, otherwise here, under the same lock."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dispatchd.composition.looking import (
    Workspace,
    config_of,
    daemon_of,
    database_of,
    decides,
    name_of,
    remember_home,
)

if TYPE_CHECKING:
    from dispatchd.application.ports.person_identity import PersonName
    from dispatchd.application.ports.unit_of_work import UnitOfWork
    from dispatchd.application.requests.request import Request
    from dispatchd.application.session import Session
    from dispatchd.domain.actors import Actor

T = TypeVar("T")
IDENTITY_KEPT: Final = 10.0
"""Seconds for which git is not asked again who sits here: every save would start a process."""
ANSWERS_WITHIN: Final = 10.0
"""Seconds that a command waits for a daemon that runs and does not listen yet."""
LOCK_PATIENCE: Final = 10.0
"""Seconds that a command waits for another command to leave the workspace."""


def perform(workspace: Workspace, request: "Request") -> Mapping[str, Any]:
    """Carry *request* out: through the daemon where one runs, else here. Raises Rejected or WorkspaceError."""
    if daemon_of(workspace) is not None:
        from dispatchd.application.requests.request import dump_request, result_of

        return result_of(call_daemon(workspace, {"call": "perform", "request": dump_request(request)}))
    from dispatchd.application.requests.carrying_out import carry_out

    return _once(workspace, lambda session: carry_out(session, request))


def sync(workspace: Workspace, *, wait: bool) -> Mapping[str, Any]:
    """Take in everything saved until now; with *wait*, come back when it is decided, written and committed."""
    if daemon_of(workspace) is not None:
        from dispatchd.application.requests.request import result_of

        return result_of(call_daemon(workspace, {"call": "sync", "wait": wait}))

    async def nothing(session: "Session") -> Mapping[str, Any]:
        return {"held": [str(path) for path in session.hands.since]}

    return _once(workspace, nothing)


def call_daemon(workspace: Workspace, message: Mapping[str, Any]) -> object:
    """Ask the daemon and return its reply; one that is just beginning, or beginning anew, is waited for."""
    import time

    from dispatchd.adapters.system.control_client import NotReached, call

    until = time.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            return call(workspace.private, message)
        except NotReached:
            if time.monotonic() > until or daemon_of(workspace) is None:
                raise
            time.sleep(0.05)


def _once(workspace: Workspace, act: "Callable[[Session], Awaitable[T]]") -> T:
    from dispatchd.application.one_shot import perform_once

    return in_session(workspace, lambda session: perform_once(session, act))


def in_session(workspace: Workspace, work: "Callable[[Session], Awaitable[T]]") -> T:
    """Do *work* in a session of this process's own, holding the workspace's lock."""
    import asyncio

    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock

    workspace.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    remember_home(workspace)
    lock = FlockWorkspaceLock(workspace.private / "lock", patience=LOCK_PATIENCE)
    lock.acquire("a command", SystemClock().now())

    async def directly(blocking: Callable[[], object]) -> object:
        return blocking()

    async def run() -> T:
        session = await open_session(workspace, directly)
        try:
            return await work(session)
        finally:
            await close_session(session)

    try:
        return asyncio.run(run())
    finally:
        lock.release()


async def open_session(
    workspace: Workspace, aside: "Callable[[Callable[[], object]], Awaitable[object]]"
) -> "Session":
    """A session on the real world. Raises WorkspaceError where the tree is not whole."""
    from dispatchd.adapters.git.audit_branch import GitAuditLog
    from dispatchd.adapters.sqlite.store import SqliteStore
    from dispatchd.adapters.system.random_ids import RandomIds
    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.application.kinds.all_kinds import KINDS
    from dispatchd.application.replica import become_replica
    from dispatchd.application.session import Ports, Session
    from dispatchd.application.settling import SettleTimes

    store = await SqliteStore.open(database_of(workspace))
    tree = open_tree(workspace.tree, workspace.private)
    ports = Ports(
        store=store,
        tree=tree,
        audit=GitAuditLog(workspace.places),
        clock=SystemClock(),
        ids=RandomIds(),
        person=_person(workspace),
        aside=aside,
    )
    session = Session(ports=ports, kinds=KINDS, times=SettleTimes.of(config_of(workspace).sync))
    if not decides(workspace):
        become_replica(session, name_of(workspace))
    return session


async def close_session(session: "Session") -> None:
    """Give everything back."""
    session.ports.tree.close()
    await session.ports.store.close()


def _person(workspace: Workspace) -> "Callable[[UnitOfWork], Actor]":
    from dispatchd.adapters.git.identity import identity_in
    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.application.people import person_by_email

    clock = SystemClock()

    asked: list[tuple[float, PersonName]] = []

    def person(work: "UnitOfWork") -> "Actor":
        now = clock.monotonic()
        if not asked or now - asked[0][0] > IDENTITY_KEPT:
            asked[:] = [(now, identity_in(workspace.places.common_dir))]
        who = asked[0][1]
        return person_by_email(work.rules.people, who.name, who.email)

    return person


def wait_for_answer(workspace: Workspace, thread: str, timeout: float | None) -> Mapping[str, Any] | None:
    """Wait until *thread* is answered or dismissed, *timeout* seconds at most; None with no daemon to wait for."""
    if daemon_of(workspace) is None:
        return None
    from dispatchd.application.requests.request import result_of

    return result_of(call_daemon(workspace, {"call": "wait", "thread": thread, "timeout": timeout}))
