"""The event log on the screen and as JSON."""

from typing import TYPE_CHECKING, Any

from dispatchd.cli.entity_views import named, stamp
from dispatchd.cli.log_stroke import without_repeats
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside
from dispatchd.cli.times import clock
from dispatchd.domain.identifiers import EVENT_ID_SHOWN

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import LogRow
    from dispatchd.cli.invocation import Invocation

COLUMNS = (Column(style=Style.QUIET), Column(style=Style.ACCENT), Column())


def show_log(invocation: "Invocation", typed: str | None, most: int | None, *, as_json: bool) -> None:
    """Print the newest *most* events, the newest last."""
    with invocation.reading() as model:
        subject = None if typed is None else _subject(model, typed)
        rows = list(model.log(subject, most))[::-1]
    if as_json:
        invocation.screen.show_json({"items": [log_item(row) for row in rows]})
    elif rows:
        cells = ((clock(row.at), row.id[:EVENT_ID_SHOWN], row.told) for row in without_repeats(rows))
        invocation.screen.show(*table(COLUMNS, cells, invocation.screen))
    else:
        aside("Nothing has happened yet.")


def _subject(model: "ReadModel", typed: str) -> str:
    """What the log calls *typed*: an entity's id, or the path of a file that is none."""
    plain = typed.partition(".dispatch/")[2] or typed
    return plain if model.log(plain, 1) else named(model, typed).id


def log_item(row: "LogRow") -> dict[str, Any]:
    """One event as JSON."""
    return {
        "id": row.id,
        "type": row.type,
        "at": stamp(row.at),
        "actor": row.actor,
        "subject": row.subject,
        "told": row.told,
        "commit": row.commit,
        "event": row.event,
    }
