"""What STATUS.md and WAITING.md say as the database stands now."""

from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace, database_of

if TYPE_CHECKING:
    from dispatchd.adapters.sqlite.read_only import SqliteReadModel
    from dispatchd.application.waiting_items import WaitingItem


def status_text(workspace: Workspace, since: datetime | None) -> str:
    """The page. It says since when the daemon runs (None: it does not), and nothing that changes by itself."""
    from dispatchd.application.status_view import view_of
    from dispatchd.application.workspace_status import status_of
    from dispatchd.documents.stamps import format_moment
    from dispatchd.documents.status_document import render_status

    with closing(_model_of(workspace)) as model:
        status = status_of(model, MOST)
    runs = (
        f"dispatchd runs since {format_moment(since)}."
        if since
        else "No daemon runs; to start it: dispatchd up."
    )
    return render_status(view_of(status, runs))


def items_that_wait(workspace: Workspace) -> "tuple[WaitingItem, ...]":
    """Everything that waits for people."""
    from dispatchd.application.waiting_items import waiting_items

    with closing(_model_of(workspace)) as model:
        return waiting_items(model)


def _model_of(workspace: Workspace) -> "SqliteReadModel":
    """The database that the daemon has open. Where its path leads nowhere, nothing is made there: that is DatabaseAway."""
    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import DatabaseAway, DatabaseMissing

    database = database_of(workspace)
    try:
        return open_read_only(database)
    except DatabaseMissing as missing:
        raise DatabaseAway(database) from missing


MOST = 10
"""Lines of each part: one screen, however large the workspace."""
