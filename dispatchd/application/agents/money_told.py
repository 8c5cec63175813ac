"""Threads that ask for money: put away when they are answered, and closed when what they ask about is not so any more.

What an answer raises follows from the thread itself (`money.day_limit`, `caps.Purse`), wherever its file lies. A limit
that is another one now was changed in the settings, or raised by another answer: where that is not enough either, it is
asked about by itself.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from dispatchd.application.agents.caps import CAP
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.money import (
    BUDGET,
    MICROS,
    NOT_ASKED,
    day_cause,
    day_limit,
    day_of,
    dollars,
)
from dispatchd.application.intake import Plan
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.command import AnswerThread, Command, DeliverAnswer, DismissThread
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread, ThreadStatus

_DAY_OVER: Final = "the day is over"


async def settle_money(desk: Desk) -> None:
    """Put away what was answered about money, and close what need not be asked any more."""
    at = desk.session.ports.clock.now()
    budget = desk.ports.settings().budget

    def over(work: UnitOfWork) -> list[Command]:
        return list(_over(work, budget, at))

    if await desk.session.ports.store.transact(over):
        await desk.plan(lambda door: Plan(commands=over(door.work)))


def _over(work: UnitOfWork, budget: BudgetSettings, at: datetime) -> Iterator[Command]:
    for thread in work.entities(EntityKind.THREAD):
        if not isinstance(thread, Thread) or thread.removed or not thread.cause.startswith((BUDGET, CAP)):
            continue
        if thread.status is ThreadStatus.ANSWERED and not thread.delivered:
            yield DeliverAnswer(thread=thread.id)
        elif thread.status is ThreadStatus.OPEN:
            why = _why_over(work, thread, budget, at)
            if why is not None:
                yield AnswerThread(thread=thread.id, text=f"{NOT_ASKED}: {why}.")
                yield DismissThread(thread=thread.id)


def _why_over(work: UnitOfWork, thread: Thread, budget: BudgetSettings, at: datetime) -> str | None:
    """Why *thread* need not be answered any more, as a clause; None where it stands."""
    if thread.cause.startswith(BUDGET):
        if not thread.cause.startswith(f"{day_cause(at)}:"):
            return _DAY_OVER
        return _changed(int(thread.cause.split(":")[2]), day_limit(work, budget, at))
    setting, _, rest = thread.cause.removeprefix(CAP).partition(":")
    issue = work.issue(thread.issue) if thread.issue is not None else None
    if issue is not None and issue.status.is_final:
        return f"{issue.id} is {issue.status}"
    if setting == "agent_usd" and thread.created < day_of(at):
        return _DAY_OVER
    limit: float | None = getattr(budget, setting, None)
    asked = int(rest.rpartition(":")[2])
    set_now = None if limit is None else round(limit * MICROS)
    return _changed(asked, set_now) if set_now is None or set_now > asked else None


def _changed(asked: int, now: int | None) -> str | None:
    if now is None:
        return "there is no such limit any more"
    return None if asked == now else f"the limit is {dollars(now)} now"
