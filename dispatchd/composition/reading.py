"""Looking at what the database knows; the standard driver is all that is loaded for it."""

from contextlib import closing
from typing import TYPE_CHECKING

from dispatchd.composition.acting import ANSWERS_WITHIN, sync
from dispatchd.composition.looking import Workspace, daemon_of, database_of
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from datetime import datetime

    from dispatchd.adapters.sqlite.read_only import SqliteReadModel


def open_read_model(workspace: Workspace, *, make: bool = True) -> "SqliteReadModel":
    """The workspace as the database last knew it. A missing database is made first, from the tree; without *make*
    it is DatabaseMissing.

    A daemon that has just begun, or begins anew as home or no home any more, is making it and is waited for.
    """
    import time

    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import DatabaseMissing

    _refuse_to_be_first_on_a_full_disk(workspace)
    until = time.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            return open_read_only(database_of(workspace))
        except DatabaseMissing:
            if not make or time.monotonic() > until:
                raise
        try:
            sync(workspace, wait=True)
        except WorkspaceError:
            if time.monotonic() > until or daemon_of(workspace) is None:
                raise
            time.sleep(0.05)


def _refuse_to_be_first_on_a_full_disk(workspace: Workspace) -> None:
    """Raise WorkspaceError where no daemon has the database open and the disk has no room for what readers share.

    A killed daemon leaves a log that the first reader has to index; on a full disk SQLite may end the process there.
    """
    from dispatchd.composition.waits import MAKE_ROOM, full_disk

    database = database_of(workspace)
    if not database.with_name(f"{database.name}-wal").exists() or daemon_of(workspace) is not None:
        return
    full = full_disk(workspace)
    if full is not None:
        raise WorkspaceError(f"{full}; {MAKE_ROOM}")


def staleness(workspace: Workspace) -> str | None:
    """With no daemon: how many files are newer than the database; None where it is level or a daemon keeps it so."""
    from dispatchd.adapters.tree.looking import look_at
    from dispatchd.application.ports.branch_names import HEAD_NOTE
    from dispatchd.documents.tree_paths import PathRole, role_of

    if daemon_of(workspace) is not None:
        return None
    # First the database: where there is none yet, it is made from the files, and pages are written.
    with closing(open_read_model(workspace)) as model:
        known, head = model.looks(), model.note(HEAD_NOTE)
    found = look_at(workspace.tree, known)
    # What lies where nothing is done with it, or is empty, is never taken in: nothing would make that level.
    newer = sum(path in known for path in found.files)
    new = sum(
        1
        for path, stamp in found.files.items()
        if path not in known and role_of(path) is not PathRole.MISPLACED and stamp.size
    )
    gone = len(known) - len(found.unchanged) - newer
    changed = newer + new + gone
    if not changed:
        return None
    older = _older(workspace, head)
    if older is not None:
        return older
    files_are = "1 file is" if changed == 1 else f"{changed} files are"
    return f"{files_are} newer than what is shown; no daemon runs. dispatchd up, or dispatchd sync --wait"


def _older(workspace: Workspace, head: str | None) -> str | None:
    """That the database is older than the history, where it is; *head* is the commit it saw last."""
    from dispatchd.composition.rolled_back import may_be_older, rolled_back

    if not may_be_older(workspace, head):
        return None
    from dispatchd.adapters.git.runner import GitFailedError

    try:
        found = rolled_back(workspace)
    except GitFailedError:
        return None  # what is wrong with the branch the doctor says; what is known can be shown all the same
    return (
        f"{found.fault}: what is shown is old, and nothing acts on it. dispatchd doctor says what to do"
        if found
        else None
    )


def now() -> "datetime":
    """The clock."""
    from dispatchd.adapters.system.system_clock import SystemClock

    return SystemClock().now()
