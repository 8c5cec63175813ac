"""Acting on a workspace: through its daemon where one runs, otherwise here, under the same lock."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dispatchd.adapters.processes.served_call import leave_to_caller
from dispatchd.composition.looking import (
    DAEMON_PURPOSE,
    Workspace,
    config_of,
    daemon_of,
    database_of,
    decides,
    name_of,
    remember_home,
)

if TYPE_CHECKING:
    from dispatchd.adapters.sqlite.store import SqliteStore
    from dispatchd.application.requests.request import Request
    from dispatchd.application.session import Session
    from dispatchd.application.waiting_items import WaitingItem

T = TypeVar("T")
COMMAND_PURPOSE: Final = "a command"
ANSWERS_WITHIN: Final = 10.0
"""Seconds that a command waits for a daemon that runs and does not listen yet."""
LOCK_PATIENCE: Final = 30.0
"""Seconds that a command waits for another command to leave the workspace."""


def perform(workspace: Workspace, request: "Request") -> Mapping[str, Any]:
    """Carry *request* out: through the daemon where one runs, else here. Raises Rejected or WorkspaceError."""
    from dispatchd.application.requests.request import dump_request

    async def carry_out_here(session: "Session") -> Mapping[str, Any]:
        from dispatchd.application.requests.carrying_out import carry_out

        return await carry_out(session, request)

    return _there_or_here(workspace, {"call": "perform", "request": dump_request(request)}, carry_out_here)


def perform_all(
    workspace: Workspace, requests: "Sequence[Request]", done: Callable[[Mapping[str, Any]], None]
) -> None:
    """Carry *requests* out one after the other, each a transaction of its own, telling *done* of each answer.

    Comes back when what follows from them is written and committed. Raises Rejected or WorkspaceError.
    """
    if daemon_of(workspace) is not None:
        for request in requests:
            done(perform(workspace, request))
        sync(workspace, wait=True)
        return
    from dispatchd.application.requests.carrying_out import carry_out

    async def act(session: "Session") -> Mapping[str, Any]:
        for request in requests:
            done(await carry_out(session, request))
        return {}

    _once(workspace, act)


def sync(workspace: Workspace, *, wait: bool) -> Mapping[str, Any]:
    """Take in everything saved until now; with *wait*, come back when it is decided, written and committed."""

    async def nothing(session: "Session") -> Mapping[str, Any]:
        from dispatchd.application.unwritten import waiting_answers

        return await waiting_answers(session)

    return _there_or_here(workspace, {"call": "sync", "wait": wait}, nothing)


def _there_or_here(
    workspace: Workspace,
    message: Mapping[str, Any],
    act: "Callable[[Session], Awaitable[Mapping[str, Any]]]",
) -> Mapping[str, Any]:
    """Have the daemon answer *message* where one runs, else *act* here."""
    from dispatchd.application.requests.request import result_of

    if daemon_of(workspace) is None:
        from dispatchd.application.ports.workspace_lock import WorkspaceBusy

        try:
            return _once(workspace, act)
        except WorkspaceBusy as busy:
            if busy.holder is None or busy.holder.purpose != DAEMON_PURPOSE:
                raise  # a daemon that started just now is asked like any other
    return result_of(call_daemon(workspace, message))


def call_daemon(workspace: Workspace, message: Mapping[str, Any]) -> object:
    """Ask the daemon and return its reply; one that is just beginning, or beginning anew, is waited for."""
    import time

    from dispatchd.adapters.system.control_client import NotReached, call
    from dispatchd.application.requests.request import is_stopping
    from dispatchd.composition.halted import SaidOnce

    halt = SaidOnce(workspace)
    until: float | None = None
    while True:
        unreached: NotReached | None = None
        reply: object = None
        try:
            reply = call(workspace.private, message, on_silence=halt)
        except NotReached as trouble:
            unreached = trouble
        if unreached is None and not is_stopping(reply):
            return reply
        until = until or time.monotonic() + ANSWERS_WITHIN
        if time.monotonic() > until or daemon_of(workspace) is None:
            if unreached is not None:
                raise unreached
            return reply
        time.sleep(0.05)


def _once(workspace: Workspace, act: "Callable[[Session], Awaitable[T]]") -> T:
    return in_session(workspace, lambda session: level_and_act(workspace, session, act))


async def level_and_act(
    workspace: Workspace, session: "Session", act: "Callable[[Session], Awaitable[T]]"
) -> T:
    """Bring the workspace level, *act*, and bring it level again, with the page of what waits."""
    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.one_shot import perform_once
    from dispatchd.application.waiting_items import waiting_items
    from dispatchd.application.waiting_page import update_waiting_page

    def items() -> "tuple[WaitingItem, ...]":
        with closing(open_read_only(database_of(workspace))) as model:
            return waiting_items(model)

    async def level_page(session: "Session") -> None:
        if not session.clone:  # elsewhere it is home's page, and comes with its commits
            await update_waiting_page(session, items)

    return await perform_once(session, act, level_page)


def in_session(workspace: Workspace, work: "Callable[[Session], Awaitable[T]]") -> T:
    """Do *work* in a session of this process's own, holding the workspace's lock. Raises Rejected in an agent's turn."""
    import asyncio

    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock

    refuse_agents(workspace)
    workspace.private.mkdir(mode=0o700, exist_ok=True)
    remember_home(workspace)
    lock = FlockWorkspaceLock(workspace.private / "lock", patience=LOCK_PATIENCE, passing=COMMAND_PURPOSE)
    lock.acquire(COMMAND_PURPOSE, SystemClock().now())

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


def refuse_agents(workspace: Workspace) -> None:
    """Raise Rejected where this process belongs to an agent's turn: it would act as the person at this machine."""
    import os

    from dispatchd.adapters.processes.process_kin import agent_above

    leave_to_caller()  # this process would be asked about itself, and not about who called it
    run = agent_above(workspace.private / "runs", os.getpid())
    if run is not None:
        from dispatchd.application.agents.no_person import NOT_A_PERSON
        from dispatchd.domain.errors import Rejected

        raise Rejected(NOT_A_PERSON.format(run=run))


async def open_session(
    workspace: Workspace,
    aside: "Callable[[Callable[[], object]], Awaitable[object]]",
    opening: "Awaitable[SqliteStore] | None" = None,
) -> "Session":
    """A session on the real world, on the store that *opening* gives. Raises WorkspaceError where the tree is not whole."""
    from dispatchd.adapters.git.audit_branch import GitAuditLog
    from dispatchd.adapters.system.free_memory import release_free_memory
    from dispatchd.adapters.system.random_ids import RandomIds
    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.application.kinds.all_kinds import KINDS
    from dispatchd.application.replica import become_replica
    from dispatchd.application.session import Session
    from dispatchd.application.session_ports import Ports
    from dispatchd.application.settling import SettleTimes
    from dispatchd.composition.person_here import PersonHere

    store = await (opening or open_store(workspace))
    person = PersonHere(places=workspace.places, clock=SystemClock())
    tree = open_tree(workspace.tree, workspace.private)
    ports = Ports(
        store=store,
        tree=tree,
        audit=GitAuditLog(workspace.places, clone=name_of(workspace)),
        clock=SystemClock(),
        ids=RandomIds(),
        person=person.here,
        aside=aside,
        forget_person=person.forget,
        release_memory=release_free_memory,
    )
    session = Session(ports=ports, kinds=KINDS, times=SettleTimes.of(config_of(workspace).sync))
    if not decides(workspace):
        become_replica(session, name_of(workspace))
    return session


async def open_store(workspace: Workspace) -> "SqliteStore":
    """The store; one in the place of a damaged database, which is set aside and then made anew from the history."""
    import logging

    from dispatchd.adapters.sqlite.store import SqliteStore
    from dispatchd.application.first_look import DAMAGED
    from dispatchd.application.ports.store_failures import DatabaseDamaged

    database = database_of(workspace)
    try:
        return await SqliteStore.open(database)
    except DatabaseDamaged as damaged:
        if damaged.set_aside is None:
            raise
        told = f"{damaged.found}; the damaged one is kept as {damaged.set_aside}"
        logging.getLogger(__name__).warning(
            "the database was damaged and is made anew from the branch: %s",
            told,
            extra={"action": "database_damaged"},
        )
    store = await SqliteStore.open(database)
    await store.transact(lambda work: work.set_note(DAMAGED, told))
    return store


async def close_session(session: "Session") -> None:
    """Give everything back."""
    session.ports.tree.close()
    await session.ports.store.close()


def wait_for_answer(workspace: Workspace, thread: str, timeout: float | None) -> Mapping[str, Any] | None:
    """Wait until *thread* is answered or dismissed, *timeout* seconds at most; None with no daemon to wait for."""
    if daemon_of(workspace) is None:
        return None
    from dispatchd.application.requests.request import result_of

    return result_of(call_daemon(workspace, {"call": "wait", "thread": thread, "timeout": timeout}))
