"""Puts the program together: the only package that names concrete adapters.

Imports of adapters stand inside its functions, so that a look at the workspace loads no more than it needs; and each
function's module is loaded when the function is first asked for, because a command needs a few of them.
"""

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dispatchd.adapters.processes.served_call import leave_to_caller
    from dispatchd.composition.acting import perform, sync, wait_for_answer
    from dispatchd.composition.agent_looks import clean_worktrees, look_at_agents, merge_from, merge_into
    from dispatchd.composition.agents import run_here, serve_tools, speak_in_run
    from dispatchd.composition.branches import behind, branches_of
    from dispatchd.composition.clones import clones_of, home_here, share_workspace
    from dispatchd.composition.health import check_tree, diagnose, merge_documents, treat
    from dispatchd.composition.importing import import_from
    from dispatchd.composition.keeping import backup_now, backups, rebuild, restore_backup
    from dispatchd.composition.language import serve_language
    from dispatchd.composition.looking import (
        Workspace,
        daemon_of,
        find_workspace,
        home_of,
        init_workspace,
        name_of,
        settings,
        wants_pager,
        who_looks,
    )
    from dispatchd.composition.notifying import untold
    from dispatchd.composition.opening import open_on_desktop, remote_of
    from dispatchd.composition.reading import now, open_read_model, staleness
    from dispatchd.composition.restoring import restore_tree
    from dispatchd.composition.running import run_daemon, start_daemon, stop_daemon
    from dispatchd.composition.running_daemon import RunningDaemon
    from dispatchd.composition.waits import paused
    from dispatchd.composition.what_is_awaited import awaited
    from dispatchd.composition.workflows import workflows_of

__all__ = [
    "RunningDaemon",
    "Workspace",
    "awaited",
    "backup_now",
    "backups",
    "behind",
    "branches_of",
    "check_tree",
    "clean_worktrees",
    "clones_of",
    "daemon_of",
    "diagnose",
    "find_workspace",
    "home_here",
    "home_of",
    "import_from",
    "init_workspace",
    "leave_to_caller",
    "look_at_agents",
    "merge_documents",
    "merge_from",
    "merge_into",
    "name_of",
    "now",
    "open_on_desktop",
    "open_read_model",
    "paused",
    "perform",
    "rebuild",
    "remote_of",
    "restore_backup",
    "restore_tree",
    "run_daemon",
    "run_here",
    "serve_language",
    "serve_tools",
    "settings",
    "share_workspace",
    "speak_in_run",
    "staleness",
    "start_daemon",
    "stop_daemon",
    "sync",
    "treat",
    "untold",
    "wait_for_answer",
    "wants_pager",
    "who_looks",
    "workflows_of",
]
_STAND_IN: Final[Mapping[str, str]] = {
    name: module
    for module, names in {
        "dispatchd.adapters.processes.served_call": ("leave_to_caller",),
        "dispatchd.composition.acting": ("perform", "sync", "wait_for_answer"),
        "dispatchd.composition.agent_looks": (
            "clean_worktrees",
            "look_at_agents",
            "merge_from",
            "merge_into",
        ),
        "dispatchd.composition.agents": ("run_here", "serve_tools", "speak_in_run"),
        "dispatchd.composition.what_is_awaited": ("awaited",),
        "dispatchd.composition.branches": ("behind", "branches_of"),
        "dispatchd.composition.clones": ("clones_of", "home_here", "share_workspace"),
        "dispatchd.composition.health": ("check_tree", "diagnose", "merge_documents", "treat"),
        "dispatchd.composition.importing": ("import_from",),
        "dispatchd.composition.keeping": ("backup_now", "backups", "rebuild", "restore_backup"),
        "dispatchd.composition.language": ("serve_language",),
        "dispatchd.composition.running_daemon": ("RunningDaemon",),
        "dispatchd.composition.looking": (
            "Workspace",
            "daemon_of",
            "find_workspace",
            "home_of",
            "init_workspace",
            "name_of",
            "settings",
            "wants_pager",
            "who_looks",
        ),
        "dispatchd.composition.notifying": ("untold",),
        "dispatchd.composition.opening": ("open_on_desktop", "remote_of"),
        "dispatchd.composition.reading": ("now", "open_read_model", "staleness"),
        "dispatchd.composition.restoring": ("restore_tree",),
        "dispatchd.composition.running": ("run_daemon", "start_daemon", "stop_daemon"),
        "dispatchd.composition.waits": ("paused",),
        "dispatchd.composition.workflows": ("workflows_of",),
    }.items()
    for name in names
}
"""The module of each function."""


def __getattr__(name: str) -> Any:
    if name not in _STAND_IN:
        raise AttributeError(f"there is no {name} in {__name__}")
    found = globals()[name] = getattr(importlib.import_module(_STAND_IN[name]), name)
    return found
