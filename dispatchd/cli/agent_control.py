"""`agent start|stop|kill|pause|resume|reassign|waive`: what people say to agents at work. Each does what an edit would."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.terminal import aside, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dispatchd.application.requests.request import Verb
    from dispatchd.cli.invocation import Invocation
    from dispatchd.domain.identifiers import EntityId


def add_control(group: click.Group) -> None:
    """Give *group* these commands."""
    for command in (start, stop, kill, pause, resume, reassign, waive):
        group.add_command(command)


@click.command(
    cls=Command,
    help="Let work on an issue begin, or go on where it was held.",
    examples=("dispatchd agent start i-7k2m",),
)
@click.argument("issue")
@click.pass_obj
def start(invocation: "Invocation", issue: str) -> None:
    """`agent start ISSUE`."""
    from dispatchd.application.requests.request import Verb

    told = invocation.perform(Verb.AGENT_START, id=issue).get("told", ())
    invocation.screen.show(*(visible(str(line)) for line in told))
    asked = _questions(invocation, issue)
    if not told and not asked:
        invocation.screen.show(f"It may begin already; why it does not: dispatchd why {visible(issue)}")
    for thread, path in asked:
        place = visible(invocation.place(path))
        said = f'Nothing begins before {place} is answered: tick or write there, or dispatchd answer {thread} "…"'
        invocation.screen.show(said)


def _questions(invocation: "Invocation", issue: str) -> "Sequence[tuple[EntityId, str]]":
    """What has to be answered before a turn can begin."""
    from dispatchd.application.agents.looks import questions_that_hold

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        return questions_that_hold(look.work, issue)


@click.command(
    cls=Command,
    help="Stop what runs on an issue, or all that an agent runs, and hold the work.",
    examples=("dispatchd agent stop i-7k2m",),
)
@click.argument("issue_or_agent")
@click.pass_obj
def stop(invocation: "Invocation", issue_or_agent: str) -> None:
    """`agent stop ISSUE|AGENT`."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.AGENT_STOP, issue_or_agent, "It stands still already.")
    _say_how_to_go_on(invocation, issue_or_agent)


@click.command(
    cls=Command,
    help="End what runs on an issue, or all that an agent runs, without asking the agent first, and hold the work.",
    examples=("dispatchd agent kill ash",),
)
@click.argument("issue_or_agent")
@click.pass_obj
def kill(invocation: "Invocation", issue_or_agent: str) -> None:
    """`agent kill ISSUE|AGENT`."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.AGENT_KILL, issue_or_agent, "It stands still already.")
    _say_how_to_go_on(invocation, issue_or_agent)


@click.command(
    cls=Command,
    help="Give an agent nothing more; its turn ends at the next safe point, and goes on later.",
    examples=("dispatchd agent pause ash",),
)
@click.argument("name")
@click.pass_obj
def pause(invocation: "Invocation", name: str) -> None:
    """`agent pause NAME`."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.AGENT_PAUSE, name, f"{visible(name)} is paused already.")


@click.command(cls=Command, help="Let a paused agent work again.", examples=("dispatchd agent resume ash",))
@click.argument("name")
@click.pass_obj
def resume(invocation: "Invocation", name: str) -> None:
    """`agent resume NAME`."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.AGENT_RESUME, name, f"{visible(name)} is not paused.")


@click.command(
    cls=Command,
    help="Give an issue to another agent; what runs on it is stopped, its branch stays.",
    examples=("dispatchd agent reassign i-7k2m birch",),
)
@click.argument("issue")
@click.argument("name")
@click.pass_obj
def reassign(invocation: "Invocation", issue: str, name: str) -> None:
    """`agent reassign ISSUE NAME`."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.AGENT_REASSIGN, issue, f"It is {visible(name)}'s already.", to=name)


@click.command(
    cls=Command,
    help="Say that nothing has to be done about what a reviewer found.",
    examples=('dispatchd agent waive i-7k2m 3 "Old clients are gone by then"',),
)
@click.argument("issue")
@click.argument("finding")
@click.argument("why")
@click.pass_obj
def waive(invocation: "Invocation", issue: str, finding: str, why: str) -> None:
    """`agent waive ISSUE FINDING WHY`."""
    from dispatchd.application.requests.request import Verb

    _say(invocation, Verb.AGENT_WAIVE, issue, "It is waived already.", finding=finding, why=why)


def _say(invocation: "Invocation", verb: "Verb", what: str, otherwise: str, **more: str) -> None:
    told = invocation.perform(verb, id=what, **more).get("told", ())
    invocation.screen.show(*(visible(str(line)) for line in told) if told else (otherwise,))


def _say_how_to_go_on(invocation: "Invocation", what: str) -> None:
    from dispatchd.application.agents.looks import held_works

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        held = held_works(look.work, what)
    for issue in held:
        aside(f"To go on: dispatchd agent start {visible(issue)}")
