"""`rebuild` and `backup`: the database made anew from the history, copied, and put back from a copy."""

from typing import TYPE_CHECKING, Any

import click

from dispatchd.cli.grammar import Noun, Verb
from dispatchd.cli.terminal import aside, visible
from dispatchd.cli.times import clock
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd rebuild && dispatchd check",))
@json_option
@click.pass_obj
def rebuild(invocation: "Invocation", as_json: bool) -> None:
    """Make the database anew from the branch and the files.

    It holds nothing that they do not say. The present one, whatever its state, is set aside and not deleted; a daemon
    that runs steps aside meanwhile.
    """
    made = invocation.composition.rebuild(invocation.workspace)
    if as_json:
        invocation.screen.show_json(_plain(made))
        return
    invocation.screen.show(f"The database is made anew: {_counted(made)}.", *_compared(made))
    _say_what_became(made)


@click.group(
    cls=Noun,
    invoke_without_command=True,
    examples=("dispatchd backup", "dispatchd backup list", "dispatchd backup restore"),
)
@json_option
@click.pass_context
def backup(ctx: click.Context, as_json: bool) -> None:
    """Copy the database now; see the copies there are, or put one back.

    The daemon makes one an hour and one before each change of the schema; the newest seven are kept, in
    .git/dispatchd/backups.
    """
    if ctx.invoked_subcommand is not None:
        return
    invocation: Invocation = ctx.obj
    made = invocation.composition.backup_now(invocation.workspace)
    if as_json:
        invocation.screen.show_json(_as_item(made))
    else:
        invocation.screen.show(visible(made.name))
        aside("To put it back: dispatchd backup restore")


@backup.command("list", cls=Verb, examples=("dispatchd backup list",))
@json_option
@click.pass_obj
def backup_list(invocation: "Invocation", as_json: bool) -> None:
    """The copies there are, newest first."""
    from dispatchd.cli.tables import Column, table

    found = invocation.composition.backups(invocation.workspace)
    if as_json:
        invocation.screen.show_json({"items": [_as_item(each) for each in found]})
    elif not found:
        invocation.screen.show(
            "There is no backup yet. The daemon makes one an hour; dispatchd backup makes one now."
        )
    else:
        rows = [(each.name, clock(each.at), _size(each.size), each.why) for each in found]
        columns = (Column(), Column(), Column(right=True), Column(gives_way=True, optional=True))
        invocation.screen.show(*table(columns, rows, invocation.screen))


@backup.command(
    "restore", cls=Verb, examples=("dispatchd backup restore", "dispatchd backup restore state-20261121T12")
)
@click.argument("name", metavar="[NAME]", required=False)
@json_option
@click.pass_obj
def backup_restore(invocation: "Invocation", name: str | None, as_json: bool) -> None:
    """Let a copy be the database: the newest, or the one whose name begins with NAME.

    The present database is set aside. What the branch knows and the copy does not happens once more, so that nothing
    is reverted.
    """
    chosen, made = invocation.composition.restore_backup(invocation.workspace, name)
    if as_json:
        invocation.screen.show_json({"name": chosen.name, **_plain(made), "caught_up": made.caught_up})
        return
    since = (
        f"{_events(made.caught_up)} since came from the branch"
        if made.caught_up
        else "nothing was missing in it"
    )
    invocation.screen.show(
        f"The database is {visible(chosen.name)} again, of {clock(chosen.at)}; {since}: {_counted(made)}."
    )
    _say_what_became(made)


def _counted(made: Any) -> str:
    things = "1 thing" if made.entities == 1 else f"{made.entities} things"
    return f"{things}, {_events(made.events)}"


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count} events"


def _compared(made: Any) -> list[str]:
    if made.differs is None:
        return []
    if not made.differs:
        return ["It says the same as the old one, in every fact."]
    parts = ", ".join(made.differs)
    return [
        f"It differs from the old one in: {parts}. dispatchd log and dispatchd status show what holds now."
    ]


def _say_what_became(made: Any) -> None:
    if made.kept is not None:
        aside(f"The old one is kept: {visible(str(made.kept))}")
    if made.restarted:
        aside("The daemon stepped aside meanwhile and runs again.")


def _plain(made: Any) -> dict[str, Any]:
    return {
        "events": made.events,
        "entities": made.entities,
        "kept": None if made.kept is None else str(made.kept),
        "differs": None if made.differs is None else list(made.differs),
        "restarted": made.restarted,
    }


def _as_item(found: Any) -> dict[str, Any]:
    from dispatchd.cli.entity_views import stamp

    return {"name": found.name, "at": stamp(found.at), "bytes": found.size, "why": found.why or None}


def _size(count: int) -> str:
    return f"{count / 1024:.0f} KiB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MiB"
