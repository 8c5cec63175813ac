"""The daemon: run here, started in the background, stopped."""

import contextlib
from typing import TYPE_CHECKING, Any, Final

from dispatchd.composition.acting import (
    COMMAND_PURPOSE,
    LOCK_PATIENCE,
    close_session,
    refuse_agents,
)
from dispatchd.composition.beginning import begin_to_run, open_while_loading
from dispatchd.composition.looking import (
    DAEMON_PURPOSE,
    Workspace,
    config_of,
    daemon_of,
    database_of,
    decides,
    find_workspace,
    name_of,
    remember_home,
)
from dispatchd.composition.notifying import TERMINAL, terminal_here
from dispatchd.composition.other_workspaces import make_known
from dispatchd.composition.running_daemon import RunningDaemon
from dispatchd.composition.waits import note_waits
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from dispatchd.application.ports.tree_watcher import TreeWatcher
    from dispatchd.application.requests.request import Request
    from dispatchd.application.session import Session
    from dispatchd.daemon.engine_room import AgentLoops, EngineRoom
    from dispatchd.daemon.hint_inbox import HintInbox

START_WITHIN: Final = 60.0
STOP_WITHIN: Final = 30.0
_ENDED: Final = "dispatchd stopped: "
"""How the log tells what ended a daemon."""
BEGIN_ANEW: Final = -1
"""The daemon ended because another clone decides now, or this one does."""


def run_daemon(workspace: Workspace, *, echo: bool = True) -> int:
    """Run the daemon until it is told to stop. Raises WorkspaceBusy, which names who holds the workspace."""
    import asyncio
    import sys

    from dispatchd.adapters.processes.command_keeper import CommandKeeper
    from dispatchd.adapters.processes.orphans import own_programs
    from dispatchd.adapters.system.control_address import listen
    from dispatchd.adapters.system.logging_setup import logging_to
    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock
    from dispatchd.composition.restoring import refuse_broken_tree

    refuse_agents(workspace)
    workspace.private.mkdir(mode=0o700, exist_ok=True)
    lock = FlockWorkspaceLock(workspace.private / "lock", patience=LOCK_PATIENCE, passing=COMMAND_PURPOSE)
    lock.acquire(DAEMON_PURPOSE, SystemClock().now())
    try:
        own_programs(workspace.private)
        refuse_broken_tree(workspace)
        note_waits(workspace, "")
        logs = logging_to(workspace.private / "logs", echo=sys.stderr if echo else None)
        with logs, CommandKeeper(workspace.private):
            make_known(workspace)
            while (code := asyncio.run(_run(workspace, listen(workspace.private)))) == BEGIN_ANEW:
                workspace = find_workspace(workspace.tree.parent)
            return code
    finally:
        lock.release()


async def _run(workspace: Workspace, listener: "socket.socket") -> int:
    is_told_to_stop = begin_to_run()
    remember_home(workspace)
    decided = decides(workspace)
    session = await open_while_loading(workspace)
    from dispatchd.daemon.supervisor import supervise

    try:
        room = _room(workspace, session, decided=decided)
        room.listen_again = _listening_again(workspace.private)
        code = 0 if is_told_to_stop.is_set() else await supervise(room, listener)
        return BEGIN_ANEW if room.begins_anew and not code else code
    finally:
        await close_session(session)


async def _carry_out(session: "Session", request: "Request") -> "Mapping[str, Any]":
    from dispatchd.application.requests.carrying_out import carry_out

    return await carry_out(session, request)


def _open_agents(workspace: Workspace, session: "Session") -> "AgentLoops":
    from functools import partial

    from dispatchd.composition.agents import open_desk
    from dispatchd.daemon.agents_loop import agents_at_work

    return partial(agents_at_work, open_desk(workspace, session))


def _room(workspace: Workspace, session: "Session", *, decided: bool) -> "EngineRoom":
    """What the loops share. *decided*: whether this clone decided when the daemon began."""
    from dispatchd.adapters.git.shared_branch import GitSharedBranch
    from dispatchd.adapters.processes.peers import agent_at, run_at
    from dispatchd.adapters.processes.runner import hurry_programs
    from dispatchd.adapters.tree.local_tree import open_tree
    from dispatchd.composition.notifying import PeopleTeller
    from dispatchd.composition.status_text import items_that_wait, status_text
    from dispatchd.daemon.engine_room import EngineRoom

    teller, since = PeopleTeller(workspace), session.ports.clock.now()
    return EngineRoom(
        session=session,
        watcher=_watcher(workspace),
        inbox=_inbox(session),
        private=workspace.private,
        carry_out=_carry_out,
        backup=lambda: _back_up(workspace),
        since_backup=lambda: _since_backup(workspace),
        gather=lambda: _gather(workspace),
        refresh_status=lambda: status_text(workspace, since),
        last_status=lambda: status_text(workspace, None),
        refresh_waiting=lambda: items_that_wait(workspace),
        open_tree=lambda: open_tree(workspace.tree, workspace.private),
        mend_tree=lambda: _mend_tree(workspace),
        knows_tree=lambda: _knows_tree(workspace),
        outlet=GitSharedBranch(workspace.places),
        share_settings=lambda: config_of(workspace).share,
        role_changed=lambda: role_changed(workspace, decided=decided),
        clone_name=lambda: name_of(workspace),
        told_home=lambda home: remember_home(workspace, home),
        note_waits=lambda why: note_waits(workspace, why),
        agent_at=lambda connection: agent_at(workspace.private / "runs", connection),
        run_at=lambda connection: run_at(workspace.private / "runs", connection),
        tells=teller.wants_to_know if decided else bool,
        tell_people=teller.tell,
        hurry_programs=hurry_programs,
        open_agents=(lambda: _open_agents(workspace, session)) if decided else None,
    )


def _listening_again(private: "Path") -> "Callable[[], socket.socket | None]":
    from dispatchd.adapters.system.control_address import identity_of, listen_again

    folder = identity_of(private)
    return lambda: listen_again(private, folder)


def _inbox(session: "Session") -> "HintInbox":
    import asyncio

    from dispatchd.daemon.hint_inbox import HintInbox

    return HintInbox(asyncio.get_running_loop(), session.now)


def role_changed(workspace: Workspace, *, decided: bool) -> bool:
    """Whether who decides is another than when this clone *decided*, or did not. Raises OSError."""
    try:
        changed = decides(workspace) is not decided
    except FileNotFoundError:
        if workspace.private.is_dir():
            raise
        return False
    # A repository that is moved away while its files are read says what is not so; where it still stands, they were
    # all there.
    return changed and workspace.private.is_dir()


def _mend_tree(workspace: Workspace) -> "Sequence[str]":
    from dispatchd.composition.restoring import bring_folder_back

    return bring_folder_back(workspace.tree.parent)


def _knows_tree(workspace: Workspace) -> bool:
    return find_workspace(workspace.tree.parent).places.admin_dir == workspace.places.admin_dir


def _back_up(workspace: Workspace) -> "Path":
    from dispatchd.adapters.sqlite.backup import back_up
    from dispatchd.adapters.system.system_clock import SystemClock

    return back_up(database_of(workspace), SystemClock().now())


def _since_backup(workspace: Workspace) -> float:
    from dispatchd.adapters.sqlite.backup import since_backup
    from dispatchd.adapters.system.system_clock import SystemClock

    return since_backup(database_of(workspace), SystemClock().now())


def _gather(workspace: Workspace) -> bool:
    """Put git's many small objects together."""
    from dispatchd.adapters.git.gathering import gather_objects

    return gather_objects(workspace.places)


def _watcher(workspace: Workspace) -> "TreeWatcher":
    """Watches the tree, and what tells that git moved its branch."""
    from dispatchd.adapters.tree.watcher import open_watcher

    watcher = open_watcher(workspace.tree)
    watcher.watch_also(workspace.places.admin_dir)
    watcher.watch_also(workspace.places.common_dir / "refs" / "heads")
    return watcher


def start_daemon(workspace: Workspace) -> RunningDaemon:
    """Start the daemon in the background and wait until it answers. Raises WorkspaceError with what it said."""
    import sys
    import time

    from dispatchd.adapters.processes.background import spawn_detached
    from dispatchd.adapters.processes.environment import without_git

    refuse_agents(workspace)
    output = workspace.private / "logs" / "startup.txt"
    for folder in (workspace.private, output.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    output.write_bytes(b"")
    process = spawn_detached(
        [sys.executable, "-P", "-m", "dispatchd", "run"],  # a library is never looked for in the repository
        env={**without_git(), TERMINAL: terminal_here()},
        cwd=workspace.root,
        output=output,
    )
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        if _answers(workspace, process.pid):
            running = daemon_of(workspace)
            if running is not None:
                return running
        if process.wait(0.02) is not None:
            raise WorkspaceError(_why_not(output))
    raise WorkspaceError(
        f"the daemon (pid {process.pid}) has not answered for {START_WITHIN:.0f} s; its log: {output.parent}"
    )


def _answers(workspace: Workspace, pid: int) -> bool:
    from dispatchd.adapters.system.control_client import call

    running = daemon_of(workspace)
    if running is None or running.pid != pid:
        return False
    with contextlib.suppress(WorkspaceError, TimeoutError):
        call(workspace.private, {"call": "ping"}, timeout=START_WITHIN)
        return True
    return False


def _why_not(output: "Path") -> str:
    """The last thing that the daemon said, which may be of several lines."""
    said = output.read_text(encoding="utf-8", errors="replace").strip()
    lines = said.splitlines() or ["it said nothing"]
    begins = [number for number, line in enumerate(lines) if line.startswith("dispatchd: ") or _ENDED in line]
    last = "\n".join(lines[begins[-1] if begins else -1 :])
    return f"the daemon did not start: {last.rpartition(_ENDED)[2].removeprefix('dispatchd: ')}"


def stop_daemon(workspace: Workspace) -> bool:
    """Stop the daemon and wait until it has finished what it began; False if none runs."""
    import os
    import signal
    import time

    refuse_agents(workspace)
    running = daemon_of(workspace)
    if running is None:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(running.pid, signal.SIGTERM)
    until = time.monotonic() + STOP_WITHIN
    while time.monotonic() < until:
        now = daemon_of(workspace)
        if now is None or now.pid != running.pid:
            return True
        if now.is_stopped:  # it hears nothing else, not even that it is to end
            with contextlib.suppress(ProcessLookupError):
                os.kill(now.pid, signal.SIGCONT)
        time.sleep(0.02)
    raise WorkspaceError(
        f"the daemon (pid {running.pid}) is still finishing what it began after {STOP_WITHIN:.0f} s; "
        f"its log: {workspace.private / 'logs'}"
    )
