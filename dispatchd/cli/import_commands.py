"""`import`: bring in what another tracker holds, and say of everything that was read what came of it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from dispatchd.cli.failures import DONE, REFUSED
from dispatchd.cli.grammar import Noun
from dispatchd.cli.terminal import aside, visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.imports.report import ImportReport, Progress
    from dispatchd.cli.invocation import Invocation
    from dispatchd.documents.foreign.item import LeftOut, Remark

C = TypeVar("C", bound=Callable[..., Any])
FEW: Final = 3
"""Of many that are alike a person is shown so many; programs get all of them."""
_NAMES: Final = {
    "backlog-md": "Backlog.md",
    "beads": "beads",
    "task-master": "Task Master",
    "github-json": "GitHub",
}


@click.group(
    "import",
    cls=Noun,
    examples=(
        "dispatchd import backlog-md backlog --dry-run",
        "dispatchd import beads .beads/issues.jsonl",
    ),
)
def import_group() -> None:
    """Bring in what another tracker holds.

    Everything keeps its old id under source:, so that importing again adds only what is new, and nothing that was
    changed here is touched. What has no place here is kept in the text. Nothing begins by itself.
    """


def import_options(command: C) -> C:
    """What every import takes."""
    command = json_option(command)
    return click.option(
        "-n", "--dry-run", is_flag=True, help="Say what would come of it, and change nothing."
    )(command)


@import_group.command(
    "backlog-md",
    examples=("dispatchd import backlog-md backlog", "dispatchd import backlog-md ../old-project --dry-run"),
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@import_options
@click.pass_context
def backlog_md(ctx: click.Context, folder: Path, dry_run: bool, as_json: bool) -> None:
    """Import a folder of Backlog.md.

    Tasks, drafts, finished and archived ones become issues, milestones epics; decisions and documents go to context/.
    """
    _import(ctx, "backlog-md", folder, dry_run=dry_run, as_json=as_json)


@import_group.command(
    examples=("dispatchd import beads .beads/issues.jsonl", "dispatchd import beads issues.jsonl --deleted")
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--deleted", is_flag=True, help="Bring in what was deleted there too, as cancelled.")
@import_options
@click.pass_context
def beads(ctx: click.Context, file: Path, deleted: bool, dry_run: bool, as_json: bool) -> None:
    """Import a ledger of beads.

    Issues, epics, what blocks what and what is part of what, and comments come along.
    """
    _import(ctx, "beads", file, dry_run=dry_run, as_json=as_json, with_deleted=deleted)


@import_group.command("task-master", examples=("dispatchd import task-master .taskmaster/tasks/tasks.json",))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@import_options
@click.pass_context
def task_master(ctx: click.Context, file: Path, dry_run: bool, as_json: bool) -> None:
    """Import the tasks.json of Task Master.

    With tags and without them; subtasks become issues with a parent.
    """
    _import(ctx, "task-master", file, dry_run=dry_run, as_json=as_json)


@import_group.command(
    "github-json",
    examples=(
        "gh api --paginate 'repos/O/R/issues?state=all' > i.json && dispatchd import github-json i.json",
    ),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@import_options
@click.pass_context
def github_json(ctx: click.Context, file: Path, dry_run: bool, as_json: bool) -> None:
    """Import issues from GitHub, as its REST interface gives them.

    Milestones become epics, pull requests stay out, and are listed.
    """
    _import(ctx, "github-json", file, dry_run=dry_run, as_json=as_json)


def _import(
    ctx: click.Context,
    tool: str,
    place: Path,
    *,
    dry_run: bool,
    as_json: bool,
    with_deleted: bool = False,
) -> None:
    from dispatchd.application.imports.report import ImportOptions

    invocation: Invocation = ctx.obj
    options = ImportOptions(dry_run=dry_run, with_deleted=with_deleted)
    watch = _Watch()
    try:
        report = invocation.composition.import_from(invocation.workspace, tool, place, options, watch.tell)
    finally:
        watch.clear()
    if as_json:
        invocation.screen.show_json(report.as_json())
    else:
        _show(invocation, report)
    ctx.exit(DONE if report.is_whole else REFUSED)


class _Watch:
    """Shows how far it is, on a terminal only, on one line that is gone afterwards."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._is_dirty = False

    def tell(self, progress: "Progress") -> None:
        """Show *progress*."""
        if not self._is_shown:
            return
        what = "writing files and committing" if progress.done >= progress.total else "importing"
        sys.stderr.write(f"\r\x1b[K{progress.done:,} of {progress.total:,} … {what}")
        sys.stderr.flush()
        self._is_dirty = True

    def clear(self) -> None:
        """Take the line away."""
        if self._is_dirty:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _show(invocation: "Invocation", report: "ImportReport") -> None:
    screen = invocation.screen
    name = _NAMES[report.tool]
    would = "Would import" if report.dry_run else "Imported"
    kinds = ", ".join(_counted(count, kind) for kind, count in report.kinds().items())
    screen.show(f"{would} {report.imported:,} of {report.read:,} from {name}{f': {kinds}' if kinds else ''}.")
    if report.here:
        stays = "stays as it is" if report.here == 1 else "stay as they are"
        screen.show(f"{report.here:,} came before and {stays} here.")
    if report.left_out:
        screen.show("", screen.heading(f"Left out: {len(report.left_out):,}"))
        screen.show(*_grouped([(each.why, _line(each)) for each in report.left_out]))
    if report.worth_a_look:
        screen.show("", screen.heading(f"Worth a look: {len(report.worth_a_look):,}"))
        screen.show(*_grouped([(each.what, _line(each)) for each in report.worth_a_look]))
    if report.kept:
        screen.show("", screen.heading("Kept in the text, for want of a place"))
        screen.show(f"  {', '.join(f'{visible(key)} ({count:,})' for key, count in report.kept.items())}")
        screen.show(*_nobody_here(invocation, report))
    if not report.dry_run and report.imported:
        aside(
            "",
            "See: dispatchd issue list. Finished ones stand in archive/. Queue what is next: status: queued.",
        )


def _nobody_here(invocation: "Invocation", report: "ImportReport") -> Iterator[str]:
    """Who is named as an assignee and is nobody here, so that it can be put right before the import."""
    settings = invocation.composition.settings(invocation.workspace)
    people = {each.key.removeprefix("people.") for each in settings if each.key.startswith("people.")}
    names = [(name, count) for name, count in report.unplaced_assignees.items() if name.lower() not in people]
    if names:
        shown = ", ".join(f"@{visible(name)} ({count:,})" for name, count in names[:FEW])
        more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
        first = "enter them there first, then import" if report.dry_run else "their names stand in the text"
        yield f"  assignees who are not in [people]: {shown}{more}; {first}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _line(said: "LeftOut | Remark") -> str:
    return visible(f"{said.path}:{said.line}{f'  {said.detail}' if said.detail else ''}")


def _grouped(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Lines below what they have in common; of many that are alike the first are shown."""
    groups: dict[str, list[str]] = {}
    for what, line in lines:
        groups.setdefault(what, []).append(line)
    for what, alike in sorted(groups.items(), key=lambda group: -len(group[1])):
        yield f"  {len(alike):,} × {visible(what)}"
        yield from (f"      {line}" for line in alike[:FEW])
        if len(alike) > FEW:
            yield f"      … and {len(alike) - FEW:,} more; --json lists all"
