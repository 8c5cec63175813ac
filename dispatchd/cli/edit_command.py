"""`edit`: the file of something, in the editor of whoever asks."""

import sys
from typing import TYPE_CHECKING

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Verb

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd edit i-7k2m", "dispatchd edit config.toml"))
@click.argument("entity", metavar="ID")
@click.option("--visual", envvar="VISUAL", hidden=True)
@click.option("--editor", envvar="EDITOR", hidden=True)
@click.pass_obj
def edit(invocation: "Invocation", entity: str, visual: str | None, editor: str | None) -> None:
    """Open the file of ID in $VISUAL or $EDITOR; saving it is what acts."""
    open_in_editor(invocation, entity, visual or editor)


def open_in_editor(invocation: "Invocation", entity: str, editor: str | None) -> None:
    """Open the file of *entity*, and come back when the editor has ended."""
    path = invocation.workspace.tree / path_of(invocation, entity)
    if not path.is_file():
        raise Failed(f"{invocation.shown_folder(path)} is not there; dispatchd restore {entity}")
    if not (editor or _is_at_terminal()):
        raise Failed(
            f"no editor is named and this is no terminal; set EDITOR, or open {invocation.shown_folder(path)}"
        )
    try:
        click.edit(editor=editor or None, filename=str(path))
    except click.ClickException as error:
        raise Failed(
            f"the editor did not do its work ({error.message}); {invocation.shown_folder(path)} is as it was saved last"
        ) from error


def _is_at_terminal() -> bool:
    """Whether an editor that is guessed has a terminal to run in."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def path_of(invocation: "Invocation", entity: str) -> str:
    """The path in the tree that *entity* means: a path already, or an id."""
    from dispatchd.cli.entity_views import named

    plain = entity.partition(".dispatch/")[2] or entity
    if (invocation.workspace.tree / plain).is_file():
        return plain
    with invocation.reading() as model:
        return named(model, entity).path
