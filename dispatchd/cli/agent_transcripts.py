"""`agent logs` and `agent context`: what an agent did and said, and what it is told."""

import time
from typing import TYPE_CHECKING, Any, Final

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.terminal import aside, visible, visible_lines
from dispatchd.cli.times import clock

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation

FOLLOWS_EVERY: Final = 0.3
_CHUNK: Final = 1 << 20


def add_transcripts(group: click.Group) -> None:
    """Give *group* these commands."""
    group.add_command(logs)
    group.add_command(context)


@click.command(
    cls=Command,
    help="What an agent said and did, turn by turn; --follow goes on as it happens.",
    examples=("dispatchd agent logs i-7k2m --follow",),
)
@click.argument("name", metavar="ISSUE|TURN|AGENT")
@click.option(
    "--follow", "-f", is_flag=True, help="Wait for the first turn, and go on until the one that runs is over."
)
@click.option("--raw", is_flag=True, help="The lines as the engine printed them.")
@click.option("--all", "everything", is_flag=True, help="Every turn, not only the last.")
@click.pass_obj
def logs(invocation: "Invocation", name: str, *, follow: bool, raw: bool, everything: bool) -> None:
    """`agent logs ISSUE|TURN|AGENT`."""
    if follow:
        _wait_for_a_turn(invocation, name)
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        runs = _runs(look, name)
        for run in runs if everything else runs[-1:]:
            invocation.screen.show_now(
                invocation.screen.heading(f"{run.id}  {visible(run.agent)}, {clock(run.started)}")
            )
            _print(invocation, look, run, follow=follow and run.ended is None, raw=raw)
            if not raw:
                _print_end(invocation, run.id)


def _wait_for_a_turn(invocation: "Invocation", typed: str) -> None:
    """Come back when a turn of what *typed* names has begun; where none will (no daemon runs), or nothing is called so,
    at once: what is said of that follows.
    """
    is_told = False
    while not _has_begun(invocation, typed) and _daemon_runs(invocation):
        if not is_told:
            aside(f"no turn of {visible(typed)} has begun yet; waiting for one (Ctrl-C: no more)")
            is_told = True
        time.sleep(FOLLOWS_EVERY)


def _has_begun(invocation: "Invocation", typed: str) -> bool:
    """Whether there is a turn of *typed*, or nothing is called so; a card that was saved just now is not known yet."""
    from dispatchd.application.agents.looks import turns_of
    from dispatchd.application.requests.lookup import handle_of

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        turns = turns_of(look.work, typed)
    if turns is not None:
        return bool(turns.runs)
    agents = invocation.workspace.tree / "agents"
    return handle_of(typed) not in (each.parent.name for each in agents.glob("*/agent.md"))


def _daemon_runs(invocation: "Invocation") -> bool:
    """Whether one runs at this moment."""
    return invocation.composition.daemon_of(invocation.workspace) is not None


def _runs(look: Any, typed: str) -> Any:
    from dispatchd.application.agents.looks import turns_of

    turns = turns_of(look.work, typed)
    if turns is None:
        raise Failed(
            f'no issue, turn or agent is called "{visible(typed)}"; see dispatchd issue list, dispatchd agent list'
        )
    if not turns.runs:
        why = f"why: dispatchd why {turns.issue}" if turns.issue else "what waits: dispatchd status"
        raise Failed(f"no turn of {visible(turns.issue or typed)} has begun yet; {why}")
    return turns.runs


def _print_end(invocation: "Invocation", run_id: str) -> None:
    """How it ended, as it is known now: whoever has followed a turn began to look before its end."""
    from dispatchd.application.agents.transcripts import asked_in, end_of

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        run = look.work.run(run_id)
        if run is not None:
            told = (*asked_in(run, look.work.threads_of(run.issue)), *end_of(run, look.room.look(run.id)))
            invocation.screen.show(*(visible_lines(words) for words in told))


def _print(invocation: "Invocation", look: Any, run: Any, *, follow: bool, raw: bool) -> None:
    from dispatchd.application.ports.run_room import Life

    offset, rest, memory = 0, b"", ""
    while True:
        life = look.room.look(run.id).life if follow else Life.GONE
        alive = life is Life.ALIVE or (life in {Life.ABSENT, Life.PREPARED} and _begins(invocation, run.id))
        data = look.room.read(run.id, offset, _CHUNK)
        offset += len(data)
        *lines, rest = (rest + data).split(b"\n")
        shown: list[str] = []
        for line in lines:
            told, memory = (
                ((line.decode("utf-8", "replace"),), memory) if raw else look.told(line, run.engine, memory)
            )
            shown += map(visible_lines, told)
        if shown:
            invocation.screen.show_now(*shown)
        if not data and not alive:
            return
        if not data:
            time.sleep(FOLLOWS_EVERY)


def _begins(invocation: "Invocation", run_id: str) -> bool:
    """Whether the process of a turn that was written down is still to come: its worktree may take a while."""
    with invocation.composition.look_at_agents(invocation.workspace) as look:
        run = look.work.run(run_id)
        return run is not None and run.is_live and _daemon_runs(invocation)


@click.command(
    cls=Command,
    help="What an agent would be told, whole, if its turn on the issue began now.",
    examples=("dispatchd agent context i-7k2m",),
)
@click.argument("issue")
@click.pass_obj
def context(invocation: "Invocation", issue: str) -> None:
    """`agent context ISSUE`."""
    from dispatchd.application.requests.lookup import issue_named

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        found = issue_named(look.work, issue)
        invocation.screen.show(visible_lines(look.context(found.id)))
