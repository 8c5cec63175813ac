"""`up`, `down`, `run` and `sync`: the daemon, and when what was saved is taken in."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Verb
from dispatchd.cli.terminal import aside, visible
from dispatchd.cli.times import clock
from dispatchd.cli.writing import json_option
from dispatchd.domain.errors import DispatchdError

if TYPE_CHECKING:
    from dispatchd.application.ports.read_rows import RunRow
    from dispatchd.cli.invocation import Invocation

TOLD_AFTER: Final = 5.0
TOLD_AGAIN: Final = 30.0
"""Seconds until somebody who waits is told what for, and told again."""
MOST_HELD: Final = 5
"""Files named whose answer waits; a burst leaves hundreds."""


@click.command(cls=Verb, examples=("dispatchd up",))
@click.pass_obj
def up(invocation: "Invocation") -> None:
    """Start the daemon in the background; it stops with `dispatchd down`."""
    composition = invocation.composition
    running = invocation.daemon
    if running is not None:
        if running.halt:
            raise Failed(running.halt)
        invocation.screen.show(f"It already runs since {clock(running.since)} (pid {running.pid}).")
        if running.mismatch:
            aside(visible(running.mismatch))
        return
    started = composition.start_daemon(invocation.workspace)
    tree = invocation.shown_folder(invocation.workspace.tree)
    invocation.screen.show(f"dispatchd runs (pid {started.pid}) and does what you write in {tree}.")
    aside("See: dispatchd status. Stop: dispatchd down.")


@click.command(cls=Verb, examples=("dispatchd down",))
@click.pass_obj
def down(invocation: "Invocation") -> None:
    """Stop the daemon; what it began is finished first."""
    running = _turns(invocation)
    if invocation.daemon is not None and invocation.daemon.is_stopped:
        aside(f"The daemon (pid {invocation.daemon.pid}) was stopped by a signal; it is let go on, to end.")
    if invocation.composition.stop_daemon(invocation.workspace):
        invocation.screen.show("dispatchd has stopped. What you save now is taken in at the next start.")
        for run in running:
            aside(
                visible(
                    f"{run.agent} goes on with {run.issue} by itself. To stop it: dispatchd up && dispatchd agent kill "
                    f"{run.issue}"
                )
            )
    else:
        invocation.screen.show("No daemon runs here.")


def _turns(invocation: "Invocation") -> "Sequence[RunRow]":
    """The agents' turns that run: they outlive the daemon. None are known where the database cannot be read."""
    if invocation.daemon is None:
        return ()
    try:
        with invocation.reading() as model:
            return model.runs()
    except DispatchdError:
        return ()


@click.command(cls=Verb, examples=("dispatchd run",))
@click.pass_context
def run(ctx: click.Context) -> None:
    """Run the daemon here until Ctrl-C."""
    invocation: Invocation = ctx.obj
    ctx.exit(invocation.composition.run_daemon(invocation.workspace))


@click.command(cls=Verb, examples=("dispatchd sync --wait && dispatchd status",))
@click.option("--wait", is_flag=True, help="Come back when all of it is decided, written and committed.")
@json_option
@click.pass_obj
def sync(invocation: "Invocation", wait: bool, as_json: bool) -> None:
    """Take in everything that was saved until now."""
    with _said_what_for(invocation) if wait else nullcontext():
        report = invocation.composition.sync(invocation.workspace, wait=wait)
    if as_json:
        invocation.screen.show_json(report)
        return
    composition, workspace = invocation.composition, invocation.workspace
    is_done = wait or invocation.daemon is None
    if is_done and composition.home_of(workspace) not in {"", composition.name_of(workspace)}:
        invocation.screen.show(
            "Everything is committed. It takes effect at home: dispatchd status says how far that is."
        )
    else:
        everything = "Everything else is in." if _held(report) else "Everything is in."
        invocation.screen.show(everything if is_done else "The daemon takes it in now.")
    for line in _held(report):
        aside(line)


@contextmanager
def _said_what_for(invocation: "Invocation") -> Iterator[None]:
    """Whoever waits for longer than a moment is told what for, on the error stream."""
    over = threading.Event()
    composition, workspace = invocation.composition, invocation.workspace

    def tell() -> None:
        wait = TOLD_AFTER
        while not over.wait(wait):
            wait = TOLD_AGAIN
            with suppress(DispatchdError):
                awaited = composition.awaited(workspace)
                if awaited:
                    aside(visible(f"Still waiting: {awaited}."))

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()


def _held(report: Mapping[str, Any]) -> list[str]:
    """The files whose answer waits, because a hand is on them or because something is in the way."""
    held = report.get("held", ())
    edited = [
        f"{path} is being edited; its answer is written when it is left alone." for path in held[:MOST_HELD]
    ]
    if len(held) > MOST_HELD:
        edited.append(f"So are {len(held) - MOST_HELD} more: dispatchd sync --wait --json names all.")
    refused = [f"{path} is not written: {why}" for path, why in report.get("unwritten", {}).items()]
    return [visible(line) for line in (*edited, *refused)]
