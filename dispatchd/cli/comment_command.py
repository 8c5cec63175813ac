"""`comment`: say something about an issue, as a person or, with `as NAME`, as an agent."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.writing import carry_out, json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(
    cls=Command,
    examples=(
        'dispatchd comment i-7k2m "It also happens behind the proxy."',
        "make test 2>&1 | tail -20 | dispatchd comment i-7k2m -",
    ),
)
@click.argument("entity", metavar="ID")
@click.argument("text", metavar="TEXT")
@json_option
@click.pass_obj
def comment(invocation: "Invocation", entity: str, text: str, as_json: bool) -> None:
    """Say something about an issue; it is signed with your name, at the end of its file.

    TEXT may have many lines; - reads it from standard input. Text that you write below ## Activity in the file
    becomes a comment too, a minute after your last save.
    """
    say(invocation, entity, text, as_json=as_json)


def say(
    invocation: "Invocation", entity: str, text: str, *, as_json: bool, speaker: str | None = None
) -> None:
    """Add the comment, by the person here or by the agent *speaker*."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.COMMENT, as_json=as_json, speaker=speaker, id=entity, text=given_text(text))


def given_text(text: str) -> str:
    """*text*, or where that is `-`, what stands on standard input."""
    if text != "-":
        return text
    with click.open_file("-", encoding="utf-8", errors="replace") as opened:
        return str(opened.read())
