"""`init`: this repository becomes a workspace."""

from typing import TYPE_CHECKING, Final

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import aside, visible

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation

NEXT: Final = "Next: dispatchd up, and dispatchd status, which says how to begin."


@click.command(cls=Verb, examples=("cd my-repo && dispatchd init",))
@click.pass_obj
def init(invocation: "Invocation") -> None:
    """Make this git repository a workspace; nothing of yours is touched."""
    outcome = invocation.composition.init_workspace(invocation.start)
    tree = invocation.shown_folder(invocation.workspace.tree)
    if outcome.created:
        invocation.screen.show(f"{tree} is ready; its README.md says what can be done in it.")
    else:
        invocation.screen.show(f"{tree} was ready already; nothing was changed.")
    if outcome.followed_remote:
        invocation.screen.show(f"It follows the branch dispatch of {visible(outcome.followed_remote)}.")
    for note in outcome.notes:
        aside(visible(note))
    if outcome.created:
        aside(NEXT)
