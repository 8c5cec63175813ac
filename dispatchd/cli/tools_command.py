"""`mcp`: the tools of one run of an agent, which its engine starts and talks to on standard input and output."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd mcp --run i-7k2m.1",))
@click.option(
    "--run", "run_id", required=True, help="The run whose agent speaks; its token is in the environment."
)
@click.pass_obj
def mcp(invocation: "Invocation", run_id: str) -> None:
    """Be the MCP server of a run, for the agent that works in it: ask people, say where it is, submit.

    Engines start this; a person has no use for it. It passes each call on to the socket of its run and can do nothing
    else: what needs a person's word, it has no tool for.
    """
    invocation.composition.serve_tools(run_id)
