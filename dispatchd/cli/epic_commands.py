"""`epic`: make, list, show and change epics."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.new_text import body_from
from dispatchd.cli.writing import carry_out, json_option, open_new

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(cls=Noun, examples=("dispatchd epic list", "dispatchd epic new --from outline.md"))
def epic() -> None:
    """Epics, their stages, gates and lists."""


@epic.command(
    examples=(
        'dispatchd epic new "Passwordless login"',
        "dispatchd epic new --from outline.md",
        'pbpaste | dispatchd epic new "Passwordless login" --from -',
    )
)
@click.argument("title", required=False)
@click.option(
    "-f",
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="An outline; - is standard input.",
)
@json_option
@click.pass_obj
def new(invocation: "Invocation", title: str | None, file: Path | None, as_json: bool) -> None:
    """Open an epic, a draft, and print its id.

    From an outline, its headings become stages (or, where it has none, the items of its outermost list), and the
    lists under them what is wanted there: a box in the epic's file, or "epic make", makes issues of it.
    """
    from dispatchd.application.requests.request import Verb

    if title is None and file is None:
        raise click.UsageError("give a title, or an outline: dispatchd epic new --from outline.md")
    name = file.stem if file is not None and str(file) != "-" else None
    outline = body_from(None, file)
    open_new(invocation, Verb.EPIC_NEW, as_json=as_json, title=title, outline=outline, name=name)


@epic.command(examples=("dispatchd epic make e-3fq9", "dispatchd epic make e-3fq9 Release"))
@click.argument("entity", metavar="ID")
@click.argument("stage", required=False)
@json_option
@click.pass_obj
def make(invocation: "Invocation", entity: str, stage: str | None, as_json: bool) -> None:
    """Make issues of what an epic's lists want; without STAGE of all its stages."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.EPIC_MAKE, as_json=as_json, id=entity, stage=stage)


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
