"""`why`: what keeps an issue from beginning, or going on."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd why i-7k2m",))
@click.argument("issue")
@json_option
@click.pass_obj
def why(invocation: "Invocation", issue: str, as_json: bool) -> None:
    """Say why no agent works on an issue now, or which will."""
    from dispatchd.application.agents.looks import why as explained
    from dispatchd.application.requests.lookup import issue_named
    from dispatchd.cli.entity_views import ISSUE, named

    with invocation.reading() as model:
        meant = named(model, issue, ISSUE).id
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        told = explained(look.work, look.assets, look.config, issue_named(look.work, meant), look.now)
    if as_json:
        found = {"id": told.issue.id, "status": told.issue.status, "why": told.why, "starts": told.starts}
        invocation.screen.show_json(found)
        return
    screen = invocation.screen
    screen.show(f"{screen.accent(told.issue.id)}  {visible(told.issue.title)}", f"  {visible(told.why)}")
