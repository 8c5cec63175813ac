"""`merge`: what waits to come together on the integration branch, holding it, and handing it over."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Noun
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside, visible, visible_lines
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.requests.request import Verb
    from dispatchd.cli.invocation import Invocation

QUEUE = (
    Column(title="issue", style=Style.ACCENT),
    Column(title="state"),
    Column(title="agent"),
    Column(title="commit", style=Style.QUIET),
    Column(title="title", gives_way=True),
)
_SHOWN = 8


@click.group(
    cls=Noun,
    invoke_without_command=True,
    examples=(
        "dispatchd merge list",
        "dispatchd merge --into main",
        "dispatchd merge --into main --epic e-3fq9",
        "dispatchd merge from main",
    ),
)
@click.option("--into", "branch", metavar="BRANCH", help="Move a branch of yours forward, and nothing else.")
@click.option("--epic", help="With --into: only as far as this epic, once all of it is merged.")
@click.pass_context
def merge(ctx: click.Context, branch: str | None, epic: str | None) -> None:
    """Finished work on its way to the integration branch, from there into a branch of yours, and back."""
    if ctx.invoked_subcommand is not None:
        return
    if branch is None:
        if epic is not None:
            raise Failed("say where to: dispatchd merge --into BRANCH --epic EPIC")
        click.echo(ctx.get_help())
        ctx.exit(2)
    _hand_over(ctx.obj, branch, epic)


@merge.command("list", examples=("dispatchd merge list",))
@json_option
@click.pass_obj
def list_queue(invocation: "Invocation", as_json: bool) -> None:
    """What waits to be merged, in that order."""
    from dispatchd.application.agents.in_hand import merge_queue

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        queue = merge_queue(look.work, look.config)
        waits = look.why_merging_waits() if queue else ""
        at_work = {each.issue.id: look.check_at_work(each.issue.id) for each in queue}
    states = [
        f"{at_work[each.issue.id]} runs on it" if at_work[each.issue.id] else each.state for each in queue
    ]
    if as_json:
        items = [
            {
                "id": each.issue.id,
                "title": each.issue.title,
                "state": state,
                "agent": each.work.agent,
                "branch": each.work.branch,
                "commit": each.work.commit,
                "bounces": each.work.bounces,
            }
            for each, state in zip(queue, states, strict=True)
        ]
        invocation.screen.show_json({"items": items, "waits": waits or None})
        return
    if not queue:
        aside("Nothing waits to be merged.")
    rows = [
        (each.issue.id, state, each.work.agent, (each.work.commit or "")[:_SHOWN], each.issue.title)
        for each, state in zip(queue, states, strict=True)
    ]
    invocation.screen.show(*table(QUEUE, rows, invocation.screen), *([visible(waits)] if waits else ()))


@merge.command(examples=("dispatchd merge show i-7k2m",))
@click.argument("issue")
@click.pass_obj
def show(invocation: "Invocation", issue: str) -> None:
    """What was submitted for an issue, why it came back the last time, and what it changes."""
    from dispatchd.application.requests.lookup import issue_named

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        found = issue_named(look.work, issue)
        made = look.work.work(found.id)
    screen = invocation.screen
    if made is None:
        screen.show(f"{found.id}: no agent has worked on it yet")
        return
    screen.show(
        f"{screen.accent(found.id)}  {visible(found.title)}", f"  {visible(made.branch)}: {made.phase}"
    )
    if made.summary:
        screen.show("", visible_lines(made.summary))
    if made.has_branch:
        screen.show("", f"What it changes: git diff {visible(made.base[:_SHOWN])}...{visible(made.branch)}")
    if made.findings and made.bounces:
        screen.show(
            "",
            screen.heading(f"Came back ({made.bounces}), the last time because of this:"),
            visible_lines(made.findings),
        )


@merge.command(examples=("dispatchd merge hold i-7k2m",))
@click.argument("issue")
@click.pass_obj
def hold(invocation: "Invocation", issue: str) -> None:
    """Let the work on an issue wait: it is not merged, and no turn begins."""
    from dispatchd.application.requests.request import Verb

    told = invocation.perform(Verb.MERGE_HOLD, id=issue).get("told", ())
    invocation.screen.show(
        *(visible(str(line)) for line in told) if told else (_held_already(invocation, issue),)
    )


def _held_already(invocation: "Invocation", typed: str) -> str:
    from dispatchd.cli.entity_views import ISSUE, named
    from dispatchd.cli.times import clock

    with invocation.reading(just_written=True) as model:
        issue = named(model, typed, ISSUE).id
        held = next((row for row in model.log(issue) if row.type == "WorkHeld"), None)
    since = f" since {clock(held.at)}, by {visible(held.actor)}" if held is not None else " already"
    return f"It is held{since} (merge hold, agent stop and agent kill do that). It goes on with: dispatchd agent start {issue}"


@merge.command(examples=("dispatchd merge now i-7k2m",))
@click.argument("issue")
@click.pass_obj
def now(invocation: "Invocation", issue: str) -> None:
    """Let held work go on; what was submitted is merged as soon as its checks pass."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.MERGE_NOW, issue, "It is not held; what it waits for: dispatchd merge list")


@merge.command(examples=("dispatchd merge into main",))
@click.argument("branch")
@click.option("--epic", help="Only as far as this epic, once all of it is merged.")
@click.pass_obj
def into(invocation: "Invocation", branch: str, epic: str | None) -> None:
    """Move a branch of yours forward to the integration branch, if it is checked out nowhere.

    Nothing else ever moves a branch of yours. Where it is checked out, the git command to run there is printed.
    """
    _hand_over(invocation, branch, epic)


@merge.command("from", examples=("dispatchd merge from main",))
@click.argument("branch")
@click.pass_obj
def bring(invocation: "Invocation", branch: str) -> None:
    """Bring what you have committed on a branch of yours to where agents begin, if it merges and the checks pass.

    Your branch and your checkout stay as they are. At a conflict nothing is moved, and what to do is printed.
    """
    invocation.screen.show(visible(invocation.composition.merge_from(invocation.workspace, branch)))


def _hand_over(invocation: "Invocation", branch: str, epic: str | None) -> None:
    done = invocation.composition.merge_into(invocation.workspace, branch, epic)
    invocation.screen.show(visible(done))


def _say(invocation: "Invocation", verb: "Verb", issue: str, otherwise: str) -> None:
    told = invocation.perform(verb, id=issue).get("told", ())
    invocation.screen.show(*(visible(str(line)) for line in told) if told else (otherwise,))
