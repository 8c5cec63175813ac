"""Puts the program together: the only package that names concrete adapters.

Imports of adapters stand inside its functions, so that a look at the workspace loads no more than it needs.
"""

from dispatchd.composition.acting import perform, sync, wait_for_answer
from dispatchd.composition.health import check_tree, diagnose, merge_documents, restore_tree
from dispatchd.composition.importing import import_from
from dispatchd.composition.looking import (
    RunningDaemon,
    Workspace,
    daemon_of,
    find_workspace,
    init_workspace,
    settings,
)
from dispatchd.composition.reading import open_read_model, paused, staleness
from dispatchd.composition.running import run_daemon, start_daemon, stop_daemon

__all__ = [
    "RunningDaemon",
    "Workspace",
    "check_tree",
    "daemon_of",
    "diagnose",
    "find_workspace",
    "import_from",
    "init_workspace",
    "merge_documents",
    "open_read_model",
    "paused",
    "perform",
    "restore_tree",
    "run_daemon",
    "settings",
    "staleness",
    "start_daemon",
    "stop_daemon",
    "sync",
    "wait_for_answer",
]
