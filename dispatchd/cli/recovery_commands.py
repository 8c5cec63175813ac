"""`restore` and `confirm`: what was deleted comes back, and what was done in somebody's name is theirs."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import carry_out, json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(
    cls=Command,
    examples=("dispatchd restore i-7k2m", "dispatchd restore context/style.md", "dispatchd restore --all"),
)
@click.argument("entity", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="The whole folder, as it last was.")
@json_option
@click.pass_obj
def restore(invocation: "Invocation", entity: str | None, everything: bool, as_json: bool) -> None:
    """Bring back a deleted file, by its id or its path; or the whole folder, if that is gone."""
    from dispatchd.application.requests.request import Verb

    require_one(entity, everything)
    if not everything:
        carry_out(invocation, Verb.RESTORE, as_json=as_json, id=entity)
        return
    done = [visible(line) for line in invocation.composition.restore_tree(invocation.start)]
    invocation.screen.show(*(done or ["Nothing is missing."]))


@click.command(cls=Command, examples=("dispatchd confirm t-4kq2", "dispatchd confirm --all"))
@click.argument("entity", metavar="[ID]", required=False)
@click.option("--all", "everything", is_flag=True, help="Everything that waits to be confirmed.")
@json_option
@click.pass_obj
def confirm(invocation: "Invocation", entity: str | None, everything: bool, as_json: bool) -> None:
    """Confirm an act that was found in a file and might not have been yours.

    ID is the thread that asks, or what the act is about.
    """
    from dispatchd.application.requests.request import Verb

    require_one(entity, everything)
    carry_out(invocation, Verb.CONFIRM, as_json=as_json and not everything, id=entity, all=everything or None)


def require_one(entity: str | None, everything: bool) -> None:
    """Refuse a call that names nothing, or names one and says all."""
    if (entity is None) is not everything:
        raise click.UsageError("name one ID, or say --all")
