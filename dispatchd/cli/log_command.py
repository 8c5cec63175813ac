"""`log`: who did what, and when."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.paging import pager_option
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from datetime import datetime

    from dispatchd.cli.invocation import Invocation

SHOWN = 30


@click.command(
    cls=Verb,
    examples=(
        "dispatchd log",
        "dispatchd log i-7k2m",
        "dispatchd log --since 1d",
        "dispatchd log --json -n 1000",
    ),
)
@click.argument("entity", metavar="[ID]", required=False)
@click.option("-n", "--limit", type=click.IntRange(min=1), help=f"At most this many; {SHOWN} on a terminal.")
@click.option(
    "--since", help="From when on: 18:00, yesterday, 2026-11-21, 3d; all of it, unless -n says less."
)
@pager_option
@json_option
@click.pass_obj
def log(
    invocation: "Invocation",
    entity: str | None,
    limit: int | None,
    since: str | None,
    as_json: bool,
    plainly: bool,
) -> None:
    """What happened, the newest last: everything, or to ID; ID may be an event's, too. `git -C .dispatch log` has the same.

    Of an issue it has what was asked, told and answered in the threads about it, too.

    Each line has the beginning of the event's id, by which `dispatchd undo` knows it.
    """
    from dispatchd.cli.log_view import Wanted, show_log

    shown = SHOWN if invocation.screen.width is not None and not (as_json or since) else None
    wanted = Wanted(entity, limit or shown, _moment(invocation, since) if since else None)
    show_log(invocation, wanted, as_json=as_json, plainly=plainly or limit is None)


def _moment(invocation: "Invocation", written: str) -> "datetime":
    from dispatchd.cli.usage_commands import moment_since

    return moment_since(written, invocation.composition.now())
