"""`agent`: list and show agents."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(cls=Noun, examples=("dispatchd agent list", "dispatchd agent show ash"))
def agent() -> None:
    """Agents, as their cards describe them."""


@agent.command("list", examples=("dispatchd agent list",))
@json_option
@click.pass_obj
def list_agents(invocation: "Invocation", as_json: bool) -> None:
    """Every agent, its role and its engine."""
    from dispatchd.cli.listings import show_agents

    show_agents(invocation, as_json=as_json)


@agent.command(examples=("dispatchd agent show ash",))
@click.argument("name")
@json_option
@click.pass_obj
def show(invocation: "Invocation", name: str, as_json: bool) -> None:
    """One agent and its card."""
    from dispatchd.cli.entity_views import AGENT, show_entity

    show_entity(invocation, name, AGENT, as_json=as_json)
