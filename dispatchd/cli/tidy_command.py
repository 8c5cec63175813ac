"""`tidy`: files named after what they are, when asked."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside, visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation

COLUMNS = (Column(), Column(style=Style.QUIET), Column(style=Style.ACCENT))


@click.command(
    cls=Command,
    examples=("dispatchd tidy --dry-run", "dispatchd tidy", "dispatchd tidy .dispatch/issues/sub"),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Only say what would be renamed.")
@json_option
@click.pass_obj
def tidy(invocation: "Invocation", paths: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Rename files of issues, epics and proposals to ID-title.md, after the titles they have now.

    They stay in their folders, and nothing is written over. The archive is left alone unless it is named. Links that
    dispatchd wrote are right afterwards; those that you wrote are yours.
    """
    from dispatchd.application.requests.request import Verb

    places = [_inside(invocation, path) for path in paths]
    result = invocation.perform(Verb.TIDY, paths=places, dry_run=dry_run or None)
    screen = invocation.screen
    if as_json:
        screen.show_json(dict(result))
        return
    rows = [(each["from"], "→", each["to"]) for each in result["items"]]
    for each in result["taken"]:
        aside(f"{visible(each['from'])} keeps its name: something else is called {visible(each['to'])}.")
    if not rows:
        screen.show("Nothing has to be renamed.")
        return
    screen.show(*table(COLUMNS, rows, screen))
    files = "1 file" if len(rows) == 1 else f"{len(rows)} files"
    aside(
        f"{files} would be renamed: dispatchd tidy"
        if dry_run
        else f"{files} renamed, open ones when they are left."
    )


def _inside(invocation: "Invocation", typed: str) -> str:
    """The path in the tree that *typed* means from where the command was given, else as typed: an id, a path of the tree."""
    place = (Path.cwd() / typed).resolve()
    tree = invocation.workspace.tree.resolve()
    return place.relative_to(tree).as_posix() if place.is_relative_to(tree) else typed.removeprefix("./")
