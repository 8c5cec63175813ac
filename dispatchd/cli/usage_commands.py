"""`usage` and `report`: what agents have used, and what came of it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from dispatchd.cli.failures import Failed
from dispatchd.cli.grammar import Verb
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside, visible
from dispatchd.cli.times import clock
from dispatchd.cli.writing import json_option

if TYPE_CHECKING:
    from dispatchd.application.agents.looks import Report, Usage
    from dispatchd.cli.invocation import Invocation

USES = (
    Column(title="agent", style=Style.ACCENT),
    Column(title="turns", right=True),
    Column(title="ended well", right=True),
    Column(title="minutes", right=True),
    Column(title="tokens", right=True),
    Column(title="cost", right=True),
)
_MICROS = 1_000_000


_DAYS = {"today": timedelta(), "yesterday": timedelta(days=1)}


@click.command(cls=Verb, examples=("dispatchd usage", "dispatchd usage --since 2026-11-01"))
@click.option(
    "--since", help="From when on: 18:00, yesterday, 2026-11-21, 3d. Without it, since the day began (UTC)."
)
@json_option
@click.pass_obj
def usage(invocation: "Invocation", since: str | None, as_json: bool) -> None:
    """Turns, time, tokens and money, agent by agent, beside what may be spent today."""
    from dispatchd.application.agents.looks import usage as used

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        found = used(look.work, look.config, moment_since(since, look.now) if since else None, look.now)
    if as_json:
        invocation.screen.show_json(_plain_usage(found))
        return
    if not found.agents:
        aside(f"No turn has ended since {clock(found.since)}.")
    rows = [
        (
            each.agent,
            str(each.turns),
            str(each.well),
            f"{each.seconds / 60:.1f}",
            f"{each.spent.read + each.spent.cached + each.spent.written:,}",
            dollars(each.spent.micros),
        )
        for each in found.agents
    ]
    of = f" of {dollars(found.limit)}" if found.limit is not None else ""
    lines = table(USES, rows, invocation.screen, headed=True)
    invocation.screen.show(*lines, f"Today: {dollars(found.today)}{of}")


@click.command(cls=Verb, examples=("dispatchd report --since 18:00", "dispatchd report --since 1d"))
@click.option(
    "--since", default="1d", show_default=True, help="From when on: 18:00, yesterday, 2026-11-21, 3d."
)
@json_option
@click.pass_obj
def report(invocation: "Invocation", since: str, as_json: bool) -> None:
    """What agents did: what was merged, what is under way or was cancelled, what went wrong, what it cost."""
    from dispatchd.application.agents.looks import report as reported

    with invocation.composition.look_at_agents(invocation.workspace) as look:
        found = reported(look.work, moment_since(since, look.now))
    if as_json:
        invocation.screen.show_json(_plain_report(found))
        return
    _show_report(invocation, found)


def _show_report(invocation: "Invocation", found: "Report") -> None:
    screen = invocation.screen
    outcomes = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in found.outcomes)
    turns = f"{found.turns} turn{'' if found.turns == 1 else 's'} ended" + (
        f" ({outcomes})" if outcomes else ""
    )
    screen.show(f"Since {clock(found.since)}: {turns}, {dollars(found.spent.micros) or 'nothing'} spent.")
    for title, items in (
        ("Merged", found.merged),
        ("Under way", found.under_way),
        ("Cancelled", found.cancelled),
        ("Went wrong", found.troubles),
    ):
        if items:
            screen.show("", screen.heading(title))
            screen.show(
                *(
                    f"  {screen.accent(issue.id)}  {visible(issue.title)}: {visible(told)}"
                    for issue, told in items
                )
            )


def dollars(micros: int | None) -> str:
    """Money as people read it."""
    return "" if micros is None else f"${micros / _MICROS:,.2f}"


def moment_since(written: str, at: datetime) -> datetime:
    """`18:00` is the last time it was so, `3d` so long ago, `2026-11-21` the beginning of that day, `yesterday` and
    `today` those of these days; all in UTC.
    """
    from dispatchd.documents.setting_kinds import BadSetting, read_duration

    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if (back := _DAYS.get(written.strip().casefold())) is not None:
        return day - back
    try:
        return at - read_duration(written)
    except BadSetting:
        pass
    try:
        if ":" in written and "-" not in written:
            hour, minute = (int(part) for part in written.split(":"))
            found = at.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
            return found if found <= at else found - timedelta(days=1)
        found = datetime.fromisoformat(written)
    except ValueError:
        raise Failed(
            f'"{visible(written)}" is no time; write it as 18:00, 3d, yesterday or 2026-11-21'
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _plain_usage(found: "Usage") -> dict[str, Any]:
    from dispatchd.cli.entity_views import stamp

    return {
        "since": stamp(found.since),
        "today_usd": found.today / _MICROS,
        "limit_usd": None if found.limit is None else found.limit / _MICROS,
        "items": [
            {
                "agent": each.agent,
                "turns": each.turns,
                "ended_well": each.well,
                "seconds": each.seconds,
                "tokens": {
                    "read": each.spent.read,
                    "cached": each.spent.cached,
                    "written": each.spent.written,
                },
                "usd": None if each.spent.micros is None else each.spent.micros / _MICROS,
            }
            for each in found.agents
        ],
    }


def _plain_report(found: "Report") -> dict[str, Any]:
    from dispatchd.cli.entity_views import stamp

    def plain(items: Any) -> list[dict[str, str]]:
        return [{"id": issue.id, "title": issue.title, "told": told} for issue, told in items]

    return {
        "since": stamp(found.since),
        "turns": found.turns,
        "outcomes": dict(found.outcomes),
        "usd": None if found.spent.micros is None else found.spent.micros / _MICROS,
        "merged": plain(found.merged),
        "under_way": plain(found.under_way),
        "cancelled": plain(found.cancelled),
        "went_wrong": plain(found.troubles),
    }
