"""`as NAME …` inside an agent's turn: the same words, said over the socket of the run, which knows who speaks.

For programs that do not speak MCP. Nothing here waits for a person, and nothing decides what a person must.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import aside, visible, visible_lines
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from typing import TextIO

    from dispatchd.cli.invocation import Invocation


def said_in_run(ctx: click.Context, verb: str, *, as_json: bool = False, **said: Any) -> bool:
    """Say it over the run's socket, where the command was given inside a turn; whether it was."""
    invocation: Invocation = ctx.obj
    if invocation.composition.run_here() is None:
        return False
    given = {name: value for name, value in said.items() if value not in (None, "", [], ())}
    speaker = str(ctx.meta["speaker"]).removeprefix("@").lower()
    done = invocation.composition.speak_in_run(verb, {**given, "speaker": speaker})
    if as_json:
        invocation.screen.show_json(dict(done))
    else:
        _show(invocation, done)
    return True


def _show(invocation: "Invocation", done: Mapping[str, Any]) -> None:
    """The thread or the commit that came of it, on a line of its own; what to do next beside it."""
    result = done.get("thread") or done.get("commit") or done.get("plan") or done.get("issue")
    if result is not None:
        invocation.screen.show(visible(str(result)))
    elif "text" in done:
        invocation.screen.show(visible_lines(str(done["text"])))
    elif "messages" in done:
        for each in done["messages"]:
            head = f"{each['thread']}  {each['from']}: {each['title']}"
            invocation.screen.show(visible(head), visible_lines(str(each["text"])), "")
    elif "plans" in done:
        invocation.screen.show_json(dict(done))
    else:
        invocation.screen.show(*(visible(str(line)) for line in done.get("told", ())))
    if done.get("say"):
        aside(visible(str(done["say"])))


def _only_in_run(ctx: click.Context, verb: str, *, as_json: bool = False, **said: Any) -> None:
    if not said_in_run(ctx, verb, as_json=as_json, **said):
        name = visible(str(ctx.meta["speaker"]))
        raise Failed(
            f"this is said inside a turn of {name}'s, over the socket of its run, and this is no process of one; "
            f"what people do instead: dispatchd agent --help"
        )


@click.command(cls=Verb, examples=('dispatchd as ash submit "The form keeps what was typed; test_form.py"',))
@click.argument("summary")
@json_option
@click.pass_context
def submit(ctx: click.Context, summary: str, as_json: bool) -> None:
    """Hand in what is committed on the branch; then the turn is to end."""
    _only_in_run(ctx, "submit_work", as_json=as_json, summary=summary)


@click.command(cls=Verb, examples=('dispatchd as ash blocked "Which account may I test with?"',))
@click.argument("what")
@json_option
@click.pass_context
def blocked(ctx: click.Context, what: str, as_json: bool) -> None:
    """Say that the work cannot go on, and what is missing; it goes on when that is answered."""
    _only_in_run(ctx, "report_blocked", as_json=as_json, what=what)


@click.command(cls=Verb, examples=('dispatchd as ash note "Half of the pages are done"',))
@click.argument("text")
@json_option
@click.pass_context
def note(ctx: click.Context, text: str, as_json: bool) -> None:
    """Say where the work is; it stands in the issue's Activity."""
    _only_in_run(ctx, "note_progress", as_json=as_json, text=text)


@click.command(cls=Verb, examples=('dispatchd as ash review "The locking above all"',))
@click.argument("text", required=False, default="")
@json_option
@click.pass_context
def review(ctx: click.Context, text: str, as_json: bool) -> None:
    """Ask a reviewer, or a person, to look at the work."""
    _only_in_run(ctx, "request_review", as_json=as_json, text=text)


@click.command(cls=Verb, examples=('dispatchd as ash propose "Use argon2id" --body "Because …"',))
@click.argument("title")
@click.option("--body", help="Why, and what would follow.")
@json_option
@click.pass_context
def propose(ctx: click.Context, title: str, body: str | None, as_json: bool) -> None:
    """Put something to the vote."""
    _only_in_run(ctx, "propose", as_json=as_json, title=title, body=body)


@click.command(cls=Verb, examples=("dispatchd as ash inbox",))
@json_option
@click.pass_context
def inbox(ctx: click.Context, as_json: bool) -> None:
    """Read the messages that wait."""
    _only_in_run(ctx, "read_inbox", as_json=as_json)


@click.command(cls=Verb, examples=("dispatchd as ash issue",))
@json_option
@click.pass_context
def issue(ctx: click.Context, as_json: bool) -> None:
    """Read the issue as its file says it now."""
    _only_in_run(ctx, "get_issue", as_json=as_json)


@click.command(
    "answer-question",
    cls=Verb,
    examples=('dispatchd as sage answer-question "Allow once" --reason "It only reads"',),
)
@click.argument("answer")
@click.option("--reason", help="Why, in a sentence.")
@json_option
@click.pass_context
def answer_question(ctx: click.Context, answer: str, reason: str | None, as_json: bool) -> None:
    """Answer what another agent asks, in the turn that is for that."""
    _only_in_run(ctx, "answer_question", as_json=as_json, answer=answer, reason=reason)


@click.command(
    "answer-finding", cls=Verb, examples=('dispatchd as ash answer-finding 3 "Mended; test_login.py"',)
)
@click.argument("number", type=int)
@click.argument("answer")
@json_option
@click.pass_context
def answer_finding(ctx: click.Context, number: int, answer: str, as_json: bool) -> None:
    """Say what was done about a reviewer's finding, or why nothing was."""
    _only_in_run(ctx, "answer_finding", as_json=as_json, number=number, answer=answer)


@click.command(
    cls=Verb,
    examples=(
        "dispatchd as oak verdict approve",
        'dispatchd as oak verdict changes "src/form.py:12: blocker: It forgets what was typed"',
    ),
)
@click.argument("verdict")
@click.argument("findings", nargs=-1)
@json_option
@click.pass_context
def verdict(ctx: click.Context, verdict: str, findings: tuple[str, ...], as_json: bool) -> None:
    """Judge the work that the phase reviews.

    Each of FINDINGS is `path:12: blocker: what is wrong`, of which only the last part has to be.
    """
    _only_in_run(ctx, "give_verdict", as_json=as_json, verdict=verdict, findings=list(findings))


@click.command("plan", cls=Verb, examples=('cat plan.md | dispatchd as kit plan "Sign in by a link"',))
@click.argument("title")
@click.option(
    "--from", "file", type=click.File(encoding="utf-8"), default="-", help="Its Markdown; - reads it here."
)
@json_option
@click.pass_context
def plan_it(ctx: click.Context, title: str, file: "TextIO", as_json: bool) -> None:
    """Lay a plan, as a draft that people start; for coordinators."""
    _only_in_run(ctx, "lay_plan", as_json=as_json, title=title, text=file.read())


@click.command("ask-role", cls=Verb, examples=('dispatchd as kit ask-role security "Is a link enough?"',))
@click.argument("role")
@click.argument("text")
@click.option("--issue", help="The issue whose work it is about.")
@json_option
@click.pass_context
def ask_role(ctx: click.Context, role: str, text: str, issue: str | None, as_json: bool) -> None:
    """Ask a role for a review or another answer; for coordinators."""
    _only_in_run(ctx, "ask_role", as_json=as_json, role=role, text=text, issue=issue)


@click.command(cls=Verb, examples=("dispatchd as kit collect",))
@json_option
@click.pass_context
def collect(ctx: click.Context, as_json: bool) -> None:
    """See what came of the plan, of what was asked and of votes; for coordinators."""
    _only_in_run(ctx, "collect_answers", as_json=as_json)


COMMANDS = (
    *(submit, blocked, note, review, propose, inbox, issue),
    *(answer_question, answer_finding, verdict, plan_it, ask_role, collect),
)
