"""`issue`: make, list, show and change issues."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Noun
from dispatchd.cli.new_text import body_from, body_options
from dispatchd.cli.paging import pager_option
from dispatchd.cli.writing import carry_out, json_option, open_new

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.group(
    cls=Noun,
    examples=(
        'dispatchd issue new "Login times out" --priority high',
        "dispatchd issue set i-7k2m status=queued",
    ),
)
def issue() -> None:
    """Make, list, show and change issues."""


@issue.command(
    examples=(
        'dispatchd issue new "Login times out" --type bug --priority high --label auth',
        'dispatchd issue new "Send the link by mail" --epic e-3fq9 --stage Build --body-file notes.md',
    )
)
@click.argument("title")
@body_options
@click.option("-t", "--type", "kind", help="feature (default), bug, docs, refactor, test, security, chore.")
@click.option("-p", "--priority", help="critical, high, medium (default) or low.")
@click.option("-s", "--status", help="Where it begins; unassigned if not said, queued lets an agent start.")
@click.option("-l", "--label", "labels", multiple=True, help="A label; may be said several times.")
@click.option("-r", "--role", help="What kind of agent it is for.")
@click.option("-a", "--assignee", help="A person or an agent.")
@click.option("--epic", help="The epic it belongs to.")
@click.option("--stage", help="The heading of a stage of the epic.")
@click.option("--parent", help="The issue it is a part of.")
@click.option("-d", "--depends-on", multiple=True, help="An issue that has to be done first.")
@json_option
@click.pass_obj
def new(  # noqa: PLR0917 - one for each option, and click passes them by name
    invocation: "Invocation",
    /,
    title: str,
    body: str | None,
    body_file: Path | None,
    kind: str | None,
    labels: tuple[str, ...],
    depends_on: tuple[str, ...],
    as_json: bool,
    **facts: str | None,
) -> None:
    """Open an issue and print its id."""
    from dispatchd.application.requests.request import Verb

    open_new(
        invocation,
        Verb.ISSUE_NEW,
        as_json=as_json,
        title=title,
        body=body_from(body, body_file),
        type=kind,
        labels=list(labels),
        depends_on=list(depends_on),
        **facts,
    )


@issue.command(
    "set",
    examples=(
        "dispatchd issue set i-7k2m status=queued",
        "dispatchd issue set i-7k2m priority=high labels+=auth labels-=later assignee=",
        "dispatchd issue set i-7k2m status=done!",
    ),
)
@click.argument("entity", metavar="ID")
@click.argument("changes", nargs=-1, required=True, metavar="KEY=VALUE...")
@json_option
@click.pass_obj
def set_facts(invocation: "Invocation", entity: str, changes: tuple[str, ...], as_json: bool) -> None:
    """Change facts of an issue.

    key=value sets and key= clears; labels+=one and labels-=other for lists. All of them happen, or none.
    """
    from dispatchd.application.requests.request import Verb

    carry_out(invocation, Verb.SET, as_json=as_json, noun="issue", id=entity, changes=list(changes))


@issue.command(
    "list",
    examples=(
        "dispatchd issue list",
        "dispatchd issue list --ready --role coder",
        "dispatchd issue list --status queued --label auth --json",
    ),
)
@click.option("-s", "--status", "statuses", multiple=True, help="Of this state; several may be named.")
@click.option("-t", "--type", "kind", help="Of this type.")
@click.option("-p", "--priority", help="Of this priority.")
@click.option("-l", "--label", "labels", multiple=True, help="With all of these labels.")
@click.option("-r", "--role", help="For this role: coder, reviewer and so on.")
@click.option("-a", "--assignee", help="Of this person or agent.")
@click.option("--epic", help="Of this epic.")
@click.option("--stage", help="Of the stage with this heading.")
@click.option("--parent", help="A part of this issue.")
@click.option("--text", help="With these words in the title or the text.")
@click.option("--ready", is_flag=True, help="An agent could start now.")
@click.option("--waiting", is_flag=True, help="Something they depend on is not done.")
@click.option("--blocked", is_flag=True, help="Somebody said that they cannot go on.")
@click.option("--all", "everything", is_flag=True, help="Done and cancelled ones too.")
@click.option("-n", "--limit", type=click.IntRange(min=1), help="At most this many.")
@pager_option
@json_option
@click.pass_obj
def list_issues(invocation: "Invocation", /, as_json: bool, plainly: bool, **wanted: object) -> None:
    """Issues by priority, then age; finished ones are left out.

    What is longer than the terminal is shown in your pager (less; PAGER names another).
    """
    from dispatchd.cli.issue_listing import show_issues

    show_issues(invocation, wanted, as_json=as_json, plainly=plainly)


@issue.command(examples=("dispatchd issue show i-7k2m", "dispatchd issue show i-7k --json"))
@click.argument("entity", metavar="ID")
@json_option
@click.pass_obj
def show(invocation: "Invocation", entity: str, as_json: bool) -> None:
    """One issue: its facts, what it waits for, and its text."""
    from dispatchd.cli.entity_views import ISSUE, show_entity

    show_entity(invocation, entity, ISSUE, as_json=as_json)
