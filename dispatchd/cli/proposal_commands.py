"""`proposal`, `vote` and `override`: what is put to the vote, and what people say to it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.new_text import body_from, body_options
from dispatchd.cli.writing import carry_out, json_option, open_new

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(cls=Noun, examples=("dispatchd proposal list", "dispatchd proposal show p-9xw4"))
def proposal() -> None:
    """What is put to the vote."""


@proposal.command(
    "new",
    examples=('dispatchd proposal new "Use argon2id" --voter coder --voter @alice --deadline 2026-11-28',),
)
@click.argument("title")
@body_options
@click.option(
    "--voter", "voters", multiple=True, help="A role, an agent or @person; without any, all people."
)
@click.option("--threshold", help="unanimous, super_majority, simple_majority or single_approval.")
@click.option("--deadline", help="A date (it ends with that day, UTC) or a moment.")
@click.option(
    "--action", "actions", multiple=True, help='What follows if it passes, like "create issue: TITLE".'
)
@json_option
@click.pass_obj
def new_proposal(  # noqa: PLR0917 - one for each option, and click passes them by name
    invocation: "Invocation",
    title: str,
    body: str | None,
    body_file: Path | None,
    voters: tuple[str, ...],
    threshold: str | None,
    deadline: str | None,
    actions: tuple[str, ...],
    as_json: bool,
) -> None:
    """Open a proposal and print its id."""
    from dispatchd.application.requests.request import Verb

    open_new(
        invocation,
        Verb.PROPOSAL_NEW,
        as_json=as_json,
        title=title,
        body=body_from(body, body_file),
        voters=list(voters),
        threshold=threshold,
        deadline=deadline,
        actions=list(actions),
    )


@proposal.command("list", examples=("dispatchd proposal list", "dispatchd proposal list --all --json"))
@click.option("--all", "everything", is_flag=True, help="Closed ones too.")
@json_option
@click.pass_obj
def list_proposals(invocation: "Invocation", everything: bool, as_json: bool) -> None:
    """The open proposals, the next to end first."""
    from dispatchd.cli.listings import show_proposals

    show_proposals(invocation, everything=everything, as_json=as_json)


@proposal.command(examples=("dispatchd proposal show p-9xw4",))
@click.argument("entity", metavar="ID")
@json_option
@click.pass_obj
def show(invocation: "Invocation", entity: str, as_json: bool) -> None:
    """One proposal: its voters, its votes and its text."""
    from dispatchd.cli.entity_views import PROPOSAL, show_entity

    show_entity(invocation, entity, PROPOSAL, as_json=as_json)


@click.command(
    cls=Command,
    examples=("dispatchd vote p-9xw4 approve", 'dispatchd vote p-9xw4 reject "bcrypt is proven"'),
)
@click.argument("proposal_id", metavar="PROPOSAL")
@click.argument("choice")
@click.argument("reason", nargs=-1)
@json_option
@click.pass_obj
def vote(
    invocation: "Invocation", proposal_id: str, choice: str, reason: tuple[str, ...], as_json: bool
) -> None:
    """Vote approve, reject, abstain or more_info; voting again changes your vote while it is open."""
    from dispatchd.application.requests.request import Verb

    carry_out(
        invocation,
        Verb.VOTE,
        as_json=as_json,
        proposal=proposal_id,
        choice=choice,
        reason=" ".join(reason),
    )


@click.command(cls=Command, examples=('dispatchd override p-9xw4 veto "the licence changed"',))
@click.argument("proposal_id", metavar="PROPOSAL")
@click.argument("how", metavar="approve|reject|veto")
@click.argument("reason", nargs=-1, required=True)
@json_option
@click.pass_obj
def override(
    invocation: "Invocation", proposal_id: str, how: str, reason: tuple[str, ...], as_json: bool
) -> None:
    """Decide over the vote, with a reason; a veto also turns what has passed."""
    from dispatchd.application.requests.request import Verb

    carry_out(
        invocation, Verb.OVERRIDE, as_json=as_json, proposal=proposal_id, how=how, reason=" ".join(reason)
    )
