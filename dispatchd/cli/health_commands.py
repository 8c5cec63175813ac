"""`check`: what is wrong with the documents. Exits 1 if anything is."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd check", "dispatchd check --json"))
@json_option
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Read every document of the tree and say what cannot be understood, with file and line."""
    invocation: Invocation = ctx.obj
    problems = invocation.composition.check_tree(invocation.workspace)
    if as_json:
        items = [
            {"path": each.path, "line": each.line, "what": each.what, "hint": each.hint} for each in problems
        ]
        invocation.screen.show_json({"items": items})
    elif not problems:
        invocation.screen.show("Every document reads well.")
    for each in () if as_json else problems:
        place = invocation.place(each.path, each.line)
        invocation.screen.show(f"{invocation.screen.accent(visible(place))}  {visible(each.what)}")
        if each.hint:
            invocation.screen.show(f"    {visible(each.hint)}")
    ctx.exit(1 if problems else 0)
