"""`undo`: take something back, or see what could be taken back."""

from typing import TYPE_CHECKING

import click

from dispatchd.cli.grammar import Verb as Command
from dispatchd.cli.log_view import COLUMNS
from dispatchd.cli.tables import table
from dispatchd.cli.terminal import aside, visible
from dispatchd.cli.times import clock, moment
from dispatchd.cli.writing import json_option
from dispatchd.domain.identifiers import EVENT_ID_SHOWN

if TYPE_CHECKING:
    from dispatchd.cli.invocation import Invocation


@click.command(cls=Command, examples=("dispatchd undo", "dispatchd undo k3j2p9"))
@click.argument("event", metavar="[EVENT]", required=False)
@json_option
@click.pass_obj
def undo(invocation: "Invocation", event: str | None, as_json: bool) -> None:
    """Take back what happened: EVENT is the beginning of its id in `dispatchd log`.

    A state, an assignment, a fact, a deletion, a comment, the brake, and an approval that nothing was built on can be
    taken back while nobody has changed them since. The log keeps both. Without EVENT, what could be is listed.
    """
    from dispatchd.application.requests.request import Verb

    result = invocation.perform(Verb.UNDO, event=event)
    screen = invocation.screen
    if as_json:
        screen.show_json(dict(result))
    elif event is not None:
        screen.show(*(visible(str(line)) for line in result["told"]))
    elif result["items"]:
        rows = (
            (clock(moment(each["at"])), each["id"][:EVENT_ID_SHOWN], each["told"]) for each in result["items"]
        )
        screen.show(*table(COLUMNS, rows, screen))
        aside(f"Take one back: dispatchd undo {visible(result['items'][0]['id'][:EVENT_ID_SHOWN])}")
    else:
        aside("Nothing that was done lately can be taken back.")
