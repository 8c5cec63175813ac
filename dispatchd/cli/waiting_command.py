"""`waiting`: what WAITING.md has, printed, or walked through one by one."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(
    cls=Verb, examples=("dispatchd waiting", "dispatchd waiting --next", "dispatchd waiting --json")
)
@click.option("--next", "one_by_one", is_flag=True, help="Walk through it: answer, or leave for later.")
@click.option("--all", "everybody", is_flag=True, help="What waits for other people too.")
@click.option("--visual", envvar="VISUAL", hidden=True)
@click.option("--editor", envvar="EDITOR", hidden=True)
@json_option
@click.pass_obj
def waiting(
    invocation: "Invocation",
    one_by_one: bool,
    everybody: bool,
    visual: str | None,
    editor: str | None,
    as_json: bool,
) -> None:
    """Everything that waits for you, what holds somebody up first.

    WAITING.md is the same list, for everybody, with the same boxes: what you tick there is done as well.
    """
    if one_by_one and as_json:
        raise click.UsageError("--next asks a person and --json answers a program; take one of them.")
    if one_by_one:
        from dispatchd.cli.waiting_walk import walk_at_terminal

        walk_at_terminal(invocation, visual or editor)
        return
    from dispatchd.application.waiting_items import waiting_items
    from dispatchd.cli.waiting_list import items_json, waiting_lines

    with invocation.reading() as model:
        items = waiting_items(model, None if everybody else lambda: invocation.me)
    if as_json:
        invocation.screen.show_json(items_json(items))
    else:
        invocation.screen.show(*waiting_lines(invocation, items))
