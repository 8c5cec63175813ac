"""Bringing in what another tracker holds: its files are read here, and what they say passes the workspace's one door."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dispatchd.composition.acting import perform_all
from dispatchd.composition.looking import Workspace
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.application.imports.report import ImportOptions, ImportReport, Tell
    from dispatchd.documents.foreign.item import Haul

_BACKLOG: Final = frozenset({"tasks", "drafts", "completed", "milestones", "decisions", "docs"})
_INSIDE: Final = ("backlog", ".backlog")


def import_from(
    workspace: Workspace, tool: str, place: Path, options: "ImportOptions", tell: "Tell"
) -> "ImportReport":
    """Import what *tool* keeps at *place*. Raises Rejected, WorkspaceError, OSError."""
    from dispatchd.application.imports.report import ImportReport, Progress, Tool
    from dispatchd.application.requests.import_requests import import_request, outcomes_in
    from dispatchd.reconcile.import_order import order_items

    which = Tool(tool)
    haul = _read(which, place, options)
    order = order_items(haul.items)
    report = ImportReport.of(which, str(place), haul, order.remarks, dry_run=options.dry_run)
    total = len(haul.items)

    def done(result: Mapping[str, Any]) -> None:
        report.add(outcomes_in(result))
        tell(Progress(done=len(report.outcomes), total=total))

    if order.portions:
        tell(Progress(done=0, total=total))
        requests = [import_request(portion, dry_run=options.dry_run) for portion in order.portions]
        perform_all(workspace, requests, done)
    return report


def _read(tool: str, place: Path, options: "ImportOptions") -> "Haul":
    from dispatchd.adapters.system.foreign_files import read_folder, read_ledger
    from dispatchd.application.imports.report import Tool
    from dispatchd.documents.foreign.backlog_md import read_backlog
    from dispatchd.documents.foreign.beads import read_beads
    from dispatchd.documents.foreign.github_json import read_github
    from dispatchd.documents.foreign.task_master import read_task_master

    match Tool(tool):
        case Tool.BACKLOG_MD:
            return read_backlog(read_folder(_backlog_at(place)))
        case Tool.BEADS:
            return read_beads(read_ledger(place), with_deleted=options.with_deleted)
        case Tool.TASK_MASTER:
            return read_task_master(read_ledger(place))
        case Tool.GITHUB_JSON:
            return read_github(read_ledger(place))


def _backlog_at(place: Path) -> Path:
    """The folder of Backlog.md at *place*, or in the project there."""
    from dispatchd.adapters.system.foreign_files import folders_in

    for folder in (place, *(place / name for name in _INSIDE)):
        if folders_in(folder) & _BACKLOG:
            return folder
    raise WorkspaceError(
        f"there is no folder of Backlog.md at {place}: it has tasks/, drafts/, completed/ or the like in it"
    )
