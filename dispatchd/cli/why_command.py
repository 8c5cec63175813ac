"""`why`: what keeps an issue from beginning, or going on, and whose vote a proposal waits for."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd why i-7k2m", "dispatchd why p-9xw4"))
@click.argument("issue")
@json_option
@click.pass_obj
def why(invocation: "Invocation", issue: str, as_json: bool) -> None:
    """Say why no agent works on an issue now, or which will; of a proposal, whose vote it waits for."""
    if issue.strip().lower().startswith("p-"):
        _show_vote(invocation, issue, as_json=as_json)
        return
    from dispatchd.application.agents.looks import why as explained
    from dispatchd.application.requests.lookup import issue_named
    from dispatchd.cli.entity_views import ISSUE, named

    with invocation.reading() as model:
        meant = named(model, issue, ISSUE).id
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        found_issue = issue_named(look.work, meant)
        told = explained(look.work, look.assets, look.config, found_issue, look.now, look.why_merging_waits)
    if as_json:
        found = {"id": told.issue.id, "status": told.issue.status, "why": told.why, "starts": told.starts}
        invocation.screen.show_json(found)
        return
    screen = invocation.screen
    screen.show(f"{screen.accent(told.issue.id)}  {visible(told.issue.title)}", f"  {visible(told.why)}")


def _show_vote(invocation: "Invocation", typed: str, *, as_json: bool) -> None:
    from dispatchd.application.agents.voting.looks import why_vote
    from dispatchd.application.requests.lookup import proposal_named
    from dispatchd.cli.entity_views import PROPOSAL, named

    with invocation.reading() as model:
        meant = named(model, typed, PROPOSAL).id
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        told = why_vote(look.work, look.config, look.engines, proposal_named(look.work, meant), look.now)
    about, screen = told.proposal, invocation.screen
    if as_json:
        voters = [{"voter": each.seat, "why": each.why} for each in told.seats]
        found = {
            "id": about.id,
            "status": about.status,
            "why": told.why,
            "starts": told.asks,
            "voters": voters,
        }
        screen.show_json(found)
        return
    screen.show(f"{screen.accent(about.id)}  {visible(about.title)}", f"  {visible(told.why)}")
    screen.show(*(f"  {visible(each.seat)}: {visible(each.why)}" for each in told.seats))
