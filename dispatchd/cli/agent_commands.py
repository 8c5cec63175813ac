"""`agent`: list and show agents, and what people say to them and read of them while they work."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.agent_control import add_control
from dispatchd.cli.agent_transcripts import add_transcripts
from dispatchd.cli.grammar import Noun
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(
    cls=Noun,
    examples=("dispatchd agent list", "dispatchd agent logs ash --follow", "dispatchd agent stop i-7k2m"),
)
def agent() -> None:
    """Agents: as their cards describe them, and at work."""


add_control(agent)
add_transcripts(agent)


@agent.command("list", examples=("dispatchd agent list",))
@json_option
@click.pass_obj
def list_agents(invocation: "Invocation", as_json: bool) -> None:
    """Every agent, its role and engine, and what it does."""
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
