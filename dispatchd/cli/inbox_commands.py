"""`inbox` and `answer`: the threads that wait for people."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.writing import carry_out, json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(cls=Noun, examples=("dispatchd inbox list", "dispatchd inbox show t-4kq2"))
def inbox() -> None:
    """Questions, problems and notices that wait for people."""


@inbox.command("list", examples=("dispatchd inbox list", "dispatchd inbox list --all --json"))
@click.option("--all", "everything", is_flag=True, help="Answered and dismissed ones too.")
@json_option
@click.pass_obj
def list_threads(invocation: "Invocation", everything: bool, as_json: bool) -> None:
    """What waits, the oldest first."""
    from dispatchd.cli.listings import show_threads

    show_threads(invocation, everything=everything, as_json=as_json)


@inbox.command(examples=("dispatchd inbox show t-4kq2",))
@click.argument("entity", metavar="ID")
@json_option
@click.pass_obj
def show(invocation: "Invocation", entity: str, as_json: bool) -> None:
    """One thread: what was said, and what can be answered."""
    from dispatchd.cli.entity_views import THREAD, show_entity

    show_entity(invocation, entity, THREAD, as_json=as_json)


@click.command(
    cls=Command,
    examples=(
        "dispatchd answer t-4kq2 argon2id",
        'dispatchd answer t-4kq2 --text "Neither: use the platform\'s own."',
        "dispatchd answer t-9m1c seen",
    ),
)
@click.argument("thread")
@click.argument("option", required=False)
@click.option("--text", help="What you want to say, with an option or instead of one.")
@json_option
@click.pass_obj
def answer(
    invocation: "Invocation", thread: str, option: str | None, text: str | None, as_json: bool
) -> None:
    """Answer THREAD with one of its options (the beginning is enough, or its number), with words, or both."""
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.ANSWER, as_json=as_json, thread=thread, option=option, text=text)
