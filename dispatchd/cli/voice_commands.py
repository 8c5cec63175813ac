"""`as NAME`: what an agent says and hears. The name is made known where it is new."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Noun
from dispatchd.cli.run_voice import COMMANDS, said_in_run
from dispatchd.cli.terminal import aside, visible, visible_lines
from dispatchd.cli.writing import carry_out, json_option, say_where, show_entity_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from dispatchd.cli.invocation import Invocation


@click.group(
    "as",
    cls=Noun,
    examples=(
        'dispatchd as ash ask "Which hash?" --option argon2id --option bcrypt --issue i-7k2m',
        "dispatchd as ash wait t-4kq2",
    ),
)
@click.argument("name")
@click.pass_context
def voice(ctx: click.Context, name: str) -> None:
    """Speak as the agent NAME; one nobody has met gets a card, agents/NAME/agent.md, as a coder.

    Inside a turn of NAME's this goes over the socket of its run, and the commands that say so work there only.
    """
    ctx.meta["speaker"] = name


for _command in COMMANDS:
    voice.add_command(_command)


@voice.command(
    examples=('dispatchd as ash ask "Which hash?" --option argon2id --option bcrypt --issue i-7k2m',)
)
@click.argument("question")
@click.option("--option", "options", multiple=True, help="An answer to offer; several make a choice.")
@click.option("--text", help="What one should know to answer.")
@click.option("--issue", help="The issue it is about.")
@json_option
@click.pass_context
def ask(
    ctx: click.Context,
    question: str,
    options: tuple[str, ...],
    text: str | None,
    issue: str | None,
    as_json: bool,
) -> None:
    """Ask people; a thread appears in inbox/, and its id is printed."""
    from dispatchd.application.requests.request import Verb

    if said_in_run(ctx, "ask_human", as_json=as_json, question=question, options=list(options), text=text):
        return
    invocation, speaker = _spoken(ctx)
    with _introducing(invocation, speaker):
        result = invocation.perform(
            Verb.ASK, speaker=speaker, question=question, options=list(options), text=text, issue=issue
        )
    thread = str(result["subject"])
    if as_json:
        show_entity_json(invocation, thread)
        return
    invocation.screen.show(visible(thread))
    say_where(invocation, thread)
    aside(f"For the answer: dispatchd as {visible(speaker)} wait {visible(thread)}")


@voice.command(
    examples=(
        'dispatchd as ash tell "The form is ready to be looked at"',
        'dispatchd as ash tell "Use v2" --to bob',
    )
)
@click.argument("text")
@click.option("--to", help="The agent or person it is for; without it, whoever reads the inbox.")
@click.option("--issue", help="The issue it is about.")
@json_option
@click.pass_context
def tell(ctx: click.Context, text: str, to: str | None, issue: str | None, as_json: bool) -> None:
    """Say something that needs no answer."""
    from dispatchd.application.requests.request import Verb

    if said_in_run(ctx, "send_message", as_json=as_json, text=text, to=to):
        return
    invocation, speaker = _spoken(ctx)
    with _introducing(invocation, speaker):
        carry_out(invocation, Verb.TELL, as_json=as_json, speaker=speaker, text=text, to=to, issue=issue)


@voice.command(examples=('dispatchd as ash comment i-7k2m "The proxy drops the header."',))
@click.argument("entity", metavar="ID")
@click.argument("text", metavar="TEXT")
@json_option
@click.pass_context
def comment(ctx: click.Context, entity: str, text: str, as_json: bool) -> None:
    """Say something about an issue; - reads TEXT from standard input."""
    from dispatchd.cli.comment_command import given_text, say

    text = given_text(text)
    if said_in_run(ctx, "note_progress", as_json=as_json, text=text):
        return
    invocation, speaker = _spoken(ctx)
    with _introducing(invocation, speaker):
        say(invocation, entity, text, as_json=as_json, speaker=speaker)


@voice.command(examples=('dispatchd as ash vote p-9xw4 approve "Fastest to build."',))
@click.argument("proposal")
@click.argument("choice")
@click.argument("reason", nargs=-1)
@json_option
@click.pass_context
def vote(ctx: click.Context, proposal: str, choice: str, reason: tuple[str, ...], as_json: bool) -> None:
    """Vote in the agent's own name or its role's.

    CHOICE is approve, reject, abstain or more_info.
    """
    from dispatchd.application.requests.request import Verb

    said = " ".join(reason)
    if said_in_run(ctx, "cast_vote", as_json=as_json, proposal=proposal, choice=choice, reason=said):
        return
    invocation, speaker = _spoken(ctx)
    with _introducing(invocation, speaker):
        carry_out(
            invocation,
            Verb.VOTE,
            as_json=as_json,
            speaker=speaker,
            proposal=proposal,
            choice=choice,
            reason=said,
        )


@voice.command(examples=("dispatchd as ash wait t-4kq2", "dispatchd as ash wait t-4kq2 --timeout 60"))
@click.argument("thread")
@click.option("--timeout", type=click.FloatRange(min=0), help="Seconds to wait at most; then it exits 1.")
@json_option
@click.pass_context
def wait(ctx: click.Context, thread: str, timeout: float | None, as_json: bool) -> None:
    """Print the answer to THREAD, as soon as there is one."""
    from dispatchd.application.requests.request import Verb

    invocation, speaker = _spoken(ctx)
    if invocation.composition.run_here() is not None:
        raise Failed("commit, and end your turn; you go on with the answer in the next one")
    asked = _thread(invocation, thread)
    if speaker not in {asked["from"], asked["to"]}:
        raise Failed(
            f"{asked['id']} is between {asked['from']} and {asked['to'] or 'people'}; nothing in it is for {speaker}"
        )
    found = _answered(invocation, str(asked["id"]), timeout)
    if as_json:
        invocation.screen.show_json(found)
    else:
        invocation.screen.show(*_answer_lines(found))
    invocation.perform(Verb.RECEIVE, speaker=speaker, thread=str(found["id"]))


def _answered(invocation: "Invocation", typed: str, timeout: float | None) -> "Mapping[str, Any]":
    """The thread as JSON, once it is no longer open."""
    found = _thread(invocation, typed)
    if found["status"] != "open":
        return found
    if invocation.daemon is None:
        raise Failed(
            f"{found['id']} has no answer yet, and no daemon runs that would hear one: dispatchd up, then wait again"
        )
    invocation.composition.wait_for_answer(invocation.workspace, str(found["id"]), timeout)
    found = _thread(invocation, str(found["id"]))
    if found["status"] == "open":
        raise Failed(f"{found['id']} has no answer yet; it waits in {found['path']}")
    return found


def _thread(invocation: "Invocation", typed: str) -> "Mapping[str, Any]":
    from dispatchd.cli.entity_views import THREAD, entity_json, named

    with invocation.reading() as model:
        return entity_json(model, named(model, typed, THREAD).id)


def _answer_lines(found: "Mapping[str, Any]") -> tuple[str, ...]:
    """The chosen option on the first line, what was written below it."""
    if found["status"] == "dismissed":
        raise Failed(f"{found['id']} was closed without an answer")
    return (visible_lines(str(found["answer"] or "")),)


def _spoken(ctx: click.Context) -> "tuple[Invocation, str]":
    return ctx.obj, str(ctx.meta["speaker"]).removeprefix("@")


@contextmanager
def _introducing(invocation: "Invocation", speaker: str) -> "Iterator[None]":
    """Say, once what is asked has been done, that it made *speaker* known."""
    card = invocation.workspace.tree / "agents" / speaker.lower() / "agent.md"
    is_known = card.is_file()
    yield
    if not is_known:
        aside(
            f"{visible(speaker)} is new here, a coder that is paused: {visible(invocation.shown_folder(card))}"
        )
