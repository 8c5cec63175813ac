"""`pause` and `resume`: the brake, for everything at once."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.terminal import aside, visible

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Command, examples=("dispatchd pause", 'dispatchd pause "The tests are red on main"'))
@click.argument("reason", nargs=-1)
@click.pass_obj
def pause(invocation: "Invocation", reason: tuple[str, ...]) -> None:
    """Let nothing start until you say so; what people do goes on working.

    The same as a file named PAUSE in .dispatch/, also one that comes with a commit: what it says is the reason.
    """
    from dispatchd.application.requests.request import Verb

    told = invocation.perform(Verb.PAUSE, reason=" ".join(reason)).get("told", ())
    invocation.screen.show(*(visible(str(line)) for line in told) if told else ("It is paused already.",))
    aside(f"To go on: dispatchd resume, or delete {visible(invocation.place('PAUSE'))}")


@click.command(cls=Command, examples=("dispatchd resume",))
@click.pass_obj
def resume(invocation: "Invocation") -> None:
    """Let work go on; the file PAUSE goes."""
    from dispatchd.application.requests.request import Verb

    told = invocation.perform(Verb.RESUME).get("told", ())
    invocation.screen.show(*(visible(str(line)) for line in told) if told else ("Nothing is paused.",))
