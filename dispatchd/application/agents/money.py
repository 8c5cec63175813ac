"""What agents may spend in a day: counted from what their turns have used and what those at work may still use."""

from datetime import UTC, datetime
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent import is_free
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

MICROS: Final = 1_000_000
RESERVED: Final = MICROS
"""What a turn at work is taken to cost until it has ended and says what it did; in millionths of a dollar."""
STOP: Final = "Stop for today"
BUDGET: Final = "budget:"
"""What the cause of a thread begins with that asks for the day's money: the day and the limit follow."""
NOT_ASKED: Final = "This is not asked any more"
"""How the daemon's word begins with which it closes a thread about money (`money_told`)."""


def day_of(at: datetime) -> datetime:
    """The beginning of the day, in UTC, that a daily budget counts from."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def spent_today(work: UnitOfWork, at: datetime) -> int:
    """What turns have cost since the day began, in millionths of a dollar."""
    return work.runs.spent_since(day_of(at)).micros or 0


def day_limit(work: UnitOfWork, budget: BudgetSettings, at: datetime) -> int | None:
    """What may be spent today, in millionths of a dollar: as set, or as a person has raised it for this day."""
    if budget.day_usd is None:
        return None
    limit = round(budget.day_usd * MICROS)
    for thread in work.entities(EntityKind.THREAD):
        if (
            isinstance(thread, Thread)
            and thread.cause.startswith(day_cause(at))
            and _raised(thread) is not None
        ):
            limit = max(limit, _raised(thread) or 0)
    return limit


async def ask_for_money(desk: Desk) -> None:
    """Ask people, once for each limit of each day, when the day's money is spent."""
    at = desk.session.ports.clock.now()
    budget = desk.ports.settings().budget

    def spent_up(work: UnitOfWork) -> tuple[int, int] | None:
        limit = day_limit(work, budget, at)
        spent = spent_today(work, at)
        is_up = limit is not None and spent + RESERVED > limit
        if limit is None or not is_up or all(is_free(agent.engine) for agent in work.agents()):
            return None
        return None if _was_asked(work, f"{day_cause(at)}:{limit}") else (spent, limit)

    found = await desk.session.ports.store.transact(spent_up)
    if found is None:
        return

    def ask(door: Door) -> Plan:
        open_once(door, _notice(at, *found), at)
        return Plan(commands=[])

    await desk.plan(ask)


def _was_asked(work: UnitOfWork, about: str) -> bool:
    """Whether people were asked about this limit of this day, whatever it was to be raised to."""
    return any(
        isinstance(each, Thread) and f"{each.cause}:".startswith(f"{about}:") and not was_overtaken(each)
        for each in work.entities(EntityKind.THREAD)
    )


def was_overtaken(thread: Thread) -> bool:
    """Whether the daemon has closed *thread*, because the limit was another one: what is so again is asked again."""
    last = thread.turns[-1] if thread.turns else None
    by_us = last is not None and last.by == DAEMON and last.text.startswith(NOT_ASKED)
    return thread.status is ThreadStatus.DISMISSED and by_us


def _notice(at: datetime, spent: int, limit: int) -> Notice:
    """What asks, with the limit and what it would be raised to in its cause: one at which a turn could begin."""
    whole = -(-(spent + RESERVED) // MICROS) * MICROS
    raised = max(2 * limit, whole)
    title = f"Agents have spent {dollars(spent)} of today's {dollars(limit)}"
    return Notice(
        cause=f"{day_cause(at)}:{limit}:{raised}",
        title=title if limit else "Nothing may be spent today, and there are agents whose turns cost money",
        text="No turn that costs money begins until you say so, or the day ends (00:00 UTC). What runs is left to end. "
        f"A turn counts as {dollars(RESERVED)} until it has ended and says what it cost, so none begins with less than that "
        "left. The limit itself is `day_usd` below `[budget]` in config.toml.",
        kind=ThreadKind.ESCALATION,
        options=(f"Raise to {dollars(raised)} for today", STOP),
    )


def _raised(thread: Thread) -> int | None:
    """The limit that the answer to *thread* raises the day's to, in millionths of a dollar."""
    if thread.status is not ThreadStatus.ANSWERED or thread.chosen is None or thread.chosen == STOP:
        return None
    _, _, limit, *raised = thread.cause.split(":")  # older ones name the limit alone, and offered twice that
    return int(raised[0]) if raised else 2 * int(limit)


def day_cause(at: datetime) -> str:
    """What the causes of threads about the day's money begin with on the day of *at*."""
    return f"{BUDGET}{day_of(at):%Y-%m-%d}"


def dollars(micros: int) -> str:
    """Millionths of a dollar, as people write money."""
    return f"${micros / MICROS:,.2f}"
