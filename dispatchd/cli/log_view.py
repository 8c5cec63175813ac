"""The event log on the screen and as JSON."""

from typing import TYPE_CHECKING, Any, NamedTuple

from dispatchd.cli.entity_views import named, stamp
from dispatchd.cli.failures import Failed
from dispatchd.cli.log_stroke import without_repeats
from dispatchd.cli.paging import show_paged
from dispatchd.cli.tables import Column, wrapped_table
from dispatchd.cli.terminal import Style, aside
from dispatchd.cli.times import clock
from dispatchd.domain.identifiers import EVENT_ID_SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import LogRow
    from dispatchd.cli.invocation import Invocation

_MARGIN = 8
"""Events beyond what is to be shown that are read, so that of most portions one is enough."""
COLUMNS = (Column(style=Style.QUIET), Column(style=Style.ACCENT), Column())


class Wanted(NamedTuple):
    """What is asked for: events about `typed` (of all, where that is None), the newest `most`, none before `since`."""

    typed: str | None
    most: int | None
    since: "datetime | None" = None


def show_log(invocation: "Invocation", wanted: Wanted, *, as_json: bool, plainly: bool) -> None:
    """Print the *wanted* events, the newest last; more than a screenful in a pager, unless *plainly*."""
    with invocation.reading() as model:
        rows = in_order((_rows if as_json else _lines)(model, wanted))
    if as_json:
        invocation.screen.show_json({"items": [log_item(row) for row in rows]})
    elif rows:
        cells = [(clock(row.at), row.id[:EVENT_ID_SHOWN], row.told) for row in rows]
        show_paged(invocation, wrapped_table(COLUMNS, cells, invocation.screen), plainly=plainly)
    else:
        aside(
            f"Nothing has happened since {clock(wanted.since)}."
            if wanted.since
            else "Nothing has happened yet."
        )


def _rows(model: "ReadModel", wanted: Wanted) -> "list[LogRow]":
    """The events, the newest last."""
    typed, most, since = wanted
    return list(model.log(None, most, since) if typed is None else _rows_of(model, typed, most, since))[::-1]


def _lines(model: "ReadModel", wanted: Wanted) -> "list[LogRow]":
    """The same without those that only repeat what is told beside them: `most` are left, if there are so many."""
    most = wanted.most
    asked = most and 2 * most + _MARGIN
    while True:
        rows = _rows(model, wanted._replace(most=asked))
        shown = without_repeats(rows)
        if most is None or asked is None or len(rows) < asked or len(shown) > most:
            return shown[-most:] if most is not None else shown
        asked *= 2


def in_order(rows: "Sequence[LogRow]") -> "list[LogRow]":
    """*rows* by when it happened. They come as they were taken in: prose when it rests, a commit when it arrives. What
    happened within a second stays in the order in which it was decided.
    """
    return sorted(rows, key=lambda row: row.at.replace(microsecond=0))


def _rows_of(
    model: "ReadModel", typed: str, most: int | None, since: "datetime | None"
) -> "Sequence[LogRow]":
    """What happened to *typed*, an entity (an issue with the threads about it) or the path of a file that is none; or the event whose id begins so."""
    plain = typed.partition(".dispatch/")[2] or typed
    if (found := model.log(plain, most, since)) or (since is not None and model.log(plain, 1)):
        return found
    try:
        subject = named(model, typed).id
    except Failed:
        if events := _events_called(model, typed.lower()):
            return [each for each in events if since is None or each.at >= since][:most]
        raise
    return model.log(subject, most, since)


def _events_called(model: "ReadModel", beginning: str) -> "Sequence[LogRow]":
    if len(beginning) < EVENT_ID_SHOWN:
        return ()
    return [row for row in model.log() if row.id.startswith(beginning)]


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
