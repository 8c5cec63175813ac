"""Bringing the tree back where its folder or its files are gone, and refusing to work in one that is not whole."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dispatchd.composition.acting import (
    COMMAND_PURPOSE,
    LOCK_PATIENCE,
    call_daemon,
    in_session,
    refuse_agents,
    sync,
)
from dispatchd.composition.looking import Workspace, daemon_of, find_workspace
from dispatchd.domain.errors import WorkspaceError

_MOST_NAMED: Final = 10


def restore_tree(start: Path) -> Sequence[str]:
    """Bring back the tree's folder and every file that is missing in it; says what was done."""
    from dispatchd.adapters.git.repository import places_around
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.application.one_shot import restore_once
    from dispatchd.application.ports.tree_health import TreeFault
    from dispatchd.application.requests.request import result_of

    health = GitTreeHealth()
    findings = health.findings(start)
    is_gone = any(finding.fault is TreeFault.FOLDER_GONE for finding in findings)
    around = Workspace(places_around(start))
    refuse_agents(around)
    done = [
        health.mend(start, finding.fault)
        for finding in findings
        if finding.is_mendable and not finding.asks_first
    ]
    if daemon_of(around) is not None:
        told = result_of(call_daemon(around, {"call": "reopen"}))
        done += map(str, told.get("done", ()))
        workspace = find_workspace(start)
        restored, new = int(told.get("restored", 0)), [str(path) for path in told.get("new", ())]
        unkept = {
            path: datetime.fromisoformat(at) if at else None for path, at in told.get("unkept", {}).items()
        }
        sync(workspace, wait=True)
    else:
        done += _brought_back_here(around, start) if is_gone else ()
        workspace = find_workspace(start)
        back = in_session(workspace, restore_once)
        restored, new = back.files, [*back.new]
        unkept = {str(each.path): each.read_at for each in back.unkept}
    if is_gone:
        restored = len(_files_in(workspace.tree))  # most of them came with the folder, from its branch
    if restored:
        files = "1 file is back as dispatchd last knew it." if restored == 1 else ""
        done.append(files or f"{restored} files are back as dispatchd last knew them.")
    return [*done, *_told_of_new(new), *(_told_of_unkept(path, at) for path, at in unkept.items())]


def bring_folder_back(start: Path) -> Sequence[str]:
    """Make the tree's folder again from its branch, if it is gone; nobody else's git may be at work in it meanwhile."""
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.application.ports.tree_health import TreeFault

    health = GitTreeHealth()
    gone = [each.fault for each in health.findings(start) if each.fault is TreeFault.FOLDER_GONE]
    return [health.mend(start, fault) for fault in gone]


def _brought_back_here(around: Workspace, start: Path) -> Sequence[str]:
    """Do that with no daemon, holding what keeps one and other commands away."""
    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock

    lock = FlockWorkspaceLock(around.private / "lock", patience=LOCK_PATIENCE, passing=COMMAND_PURPOSE)
    lock.acquire(COMMAND_PURPOSE, SystemClock().now())
    try:
        return bring_folder_back(start)
    finally:
        lock.release()


def _files_in(tree: Path) -> Sequence[Path]:
    """The files that stand in *tree*, but for its tie to the repository."""
    standing = (Path(folder) / name for folder, _, names in os.walk(tree) for name in names)
    return [path for path in standing if path != tree / ".git"]


def _told_of_unkept(path: str, read_at: datetime | None) -> str:
    """What came of a file that nobody could read."""
    large = f"{path} was larger than 1 MiB when it went, and dispatchd keeps no copy of such a file"
    if read_at is None:
        return f"{large}: it is not back. If a commit of yours holds it: git -C .dispatch log -- {path}"
    return (
        f"{large}: what is back is the last text that was read, of {read_at.astimezone(UTC):%Y-%m-%d %H:%MZ}."
    )


def _told_of_new(paths: Sequence[str]) -> Sequence[str]:
    """Which of the files that are back nobody had taken in yet."""
    if not paths:
        return ()
    more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
    is_one = len(paths) == 1
    named = f"{', '.join(paths[:_MOST_NAMED])}{more}"
    return (f"New among them, as {'it was' if is_one else 'they were'} saved: {named}.",)


def refuse_broken_tree(workspace: Workspace) -> None:
    """Raise WorkspaceError if the tree does not hang on this repository as it must."""
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.application.ports.tree_health import TreeFault

    harmless = {TreeFault.UNLOCKED, TreeFault.FOREIGN_LOCK, TreeFault.OTHER_BRANCH}
    for finding in GitTreeHealth().findings(workspace.tree.parent):
        if finding.fault not in harmless:
            raise WorkspaceError(f"{finding.what} {finding.why} {finding.next_step}")
