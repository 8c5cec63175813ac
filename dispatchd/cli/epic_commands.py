"""`epic`: list, show and change epics."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.writing import carry_out, json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(cls=Noun, examples=("dispatchd epic list", "dispatchd epic show e-3fq9"))
def epic() -> None:
    """Epics, their stages and their gates."""


@epic.command("list", examples=("dispatchd epic list", "dispatchd epic list --json"))
@click.option("--all", "everything", is_flag=True, help="Completed and cancelled ones too.")
@json_option
@click.pass_obj
def list_epics(invocation: "Invocation", everything: bool, as_json: bool) -> None:
    """The epics under way, with the stage each is in."""
    from dispatchd.cli.listings import show_epics

    show_epics(invocation, everything=everything, as_json=as_json)


@epic.command(examples=("dispatchd epic show e-3fq9",))
@click.argument("entity", metavar="ID")
@json_option
@click.pass_obj
def show(invocation: "Invocation", entity: str, as_json: bool) -> None:
    """One epic: its stages, gates and issues, and its text."""
    from dispatchd.cli.entity_views import EPIC, show_entity

    show_entity(invocation, entity, EPIC, as_json=as_json)


@epic.command("set", examples=("dispatchd epic set e-3fq9 status=ready",))
@click.argument("entity", metavar="ID")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@json_option
@click.pass_obj
def set_facts(invocation: "Invocation", entity: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Change facts of an epic; status=ready starts it."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.SET, as_json=as_json, noun="epic", id=entity, changes=list(changes))
