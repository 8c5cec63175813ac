"""`lsp`: the language server, which editors start and talk to on standard input and output."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd lsp", "dispatchd lsp --stdio"))
@click.option("--stdio", is_flag=True, help="Accepted because editors give it; there is no other way.")
@click.pass_obj
def lsp(invocation: "Invocation", stdio: bool) -> None:  # noqa: ARG001 -- said by editors, and true anyway
    """Be a language server for an editor, on standard input and output, until the editor hangs up.

    It shows what a save would be refused for while one types, completes keys, states, names and ids, follows links,
    and offers the boxes that can be ticked as actions. It writes nothing: an action edits the buffer, and your save
    is the act. How editors are told to start it: docs/editors.md.
    """
    invocation.composition.serve_language()
