"""`share` and `home`: several clones of one workspace, and which of them decides."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group()
def share() -> None:
    """Fetch and push the branch, so that several clones work on one workspace.

    A daemon does it by itself where config.toml says with whom: [share] remote = "origin".
    """


@share.command("now", cls=Verb, examples=("dispatchd share now", "dispatchd share now --take"))
@click.option("--take", "word", flag_value="take", help="The remote was rewritten: merge what it has now.")
@click.option(
    "--put-back",
    "word",
    flag_value="put-back",
    help="The remote was rewritten: replace it by what stands here.",
)
@json_option
@click.pass_context
def share_now(ctx: click.Context, word: str | None, as_json: bool) -> None:
    """Fetch what others committed, and push what was committed here, without waiting for the daemon's next time."""
    invocation: Invocation = ctx.obj
    done = invocation.composition.share_workspace(invocation.workspace, word or "")
    if as_json:
        invocation.screen.show_json(done)
    elif done["trouble"]:
        invocation.screen.show(visible(f"Not shared: {done['words']}."))
    else:
        what = "What others committed was taken over." if done["took"] else "Nothing new had come."
        invocation.screen.show(f"Level with {visible(str(done['remote']))}. {what}")
    ctx.exit(1 if done["trouble"] else 0)
