"""`status`: the screen people leave open."""

from typing import TYPE_CHECKING, Any

import click

from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import visible
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.ports.branch_names import Behind
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Verb, examples=("dispatchd status", "watch dispatchd status", "dispatchd status --json"))
@json_option
@click.pass_obj
def status(invocation: "Invocation", as_json: bool) -> None:
    """What waits for you, what runs, what is next, what waits on what, and what cannot be read."""
    from dispatchd.application.workspace_status import status_of
    from dispatchd.cli.clone_lines import clone_lines
    from dispatchd.cli.status_screen import MOST, status_lines

    daemon = invocation.daemon
    with invocation.reading() as model:
        found = status_of(model, None if as_json else MOST + 1, lambda: invocation.me)
        clones = invocation.composition.clones_of(invocation.workspace, model)
    paused = invocation.composition.paused(invocation.workspace)
    untold = invocation.composition.untold(invocation.workspace)
    behind = invocation.composition.behind(invocation.workspace)
    if not as_json:
        headline, *lines = status_lines(invocation, found, daemon)
        about = [
            *([visible(daemon.mismatch)] if daemon is not None and daemon.mismatch else []),
            *_why_paused(paused),
            *_to_be_taken(behind),
            *([f"not told: {visible(untold)}"] if untold else []),
            *clone_lines(clones, is_running=daemon is not None),
        ]
        invocation.screen.show(headline, *about, *lines)
        return
    invocation.screen.show_json(
        {
            "daemon": _daemon(invocation, daemon),
            "paused": paused,
            "untold": untold,
            "behind": behind._asdict() if behind is not None else None,
            "clones": {
                **clones._asdict(),
                "home_seen": clones.home_seen or None,
                "since": clones.since or None,
            },
            **_plain(found),
        }
    )


def _daemon(invocation: "Invocation", daemon: Any) -> dict[str, Any] | None:
    from dispatchd.cli.entity_views import stamp
    from dispatchd.cli.times import moment

    if daemon is None:
        return None
    return {
        "pid": daemon.pid,
        "since": stamp(moment(daemon.since)),
        "home": _home(invocation),
        "stopped": daemon.is_stopped,
        "version": daemon.version,
    }


def _home(invocation: "Invocation") -> str:
    """The clone that decides, as config.toml names it."""
    settings = invocation.composition.settings(invocation.workspace)
    return next((str(each.value) for each in settings if each.key == "workspace.home"), "")


def _plain(found: Any) -> dict[str, Any]:
    from dispatchd.cli.entity_views import plain

    return {**plain(found), "counts": dict(found.counts)}


def _to_be_taken(behind: "Behind | None") -> list[str]:
    """How many merges of agents' work the checked out branch lacks, and the command that takes them."""
    if behind is None:
        return []
    count = "1 merge" if behind.merges == 1 else f"{behind.merges} merges"
    into = visible(behind.into)
    how = f"git merge --ff-only {into}" if behind.forward else f"git merge {into}"
    return [f"{visible(behind.branch)} lacks {count} of {into}: {how}"]


def _why_paused(paused: str | None) -> list[str]:
    """What git is at in the tree, and where it says which files wait."""
    if not paused:
        return []
    ends = (
        ["  git -C .dispatch status says which files wait, and how to end it"]
        if " is open in " in paused
        else []
    )
    return [f"paused: {paused}", *ends]
