"""Caps besides the day's: what one issue, one epic, or one agent in a day, may cost. A cap that is reached pauses and asks.

One `Purse` serves one decision: what it has let begin counts as reserved for what is asked of it next.
"""

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.money import (
    MICROS,
    RESERVED,
    day_limit,
    day_of,
    dollars,
    spent_today,
    was_overtaken,
)
from dispatchd.application.command_handler import Door
from dispatchd.application.engines_at_rest import MONEY_SPENT
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.agent import Agent, is_free
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

STOP: Final = "Stop"
CAP: Final = "cap:"
"""What the cause of a thread begins with that asks about a cap: the setting, whose it is and the limit follow."""
_FIRST_RAISE: Final = MICROS
"""What a cap is raised to at least, in millionths of a dollar: twice nothing would be no raise."""
_MOST_TURNS: Final = 500
"""Of an agent in a day; more than these cost what these cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A cap that is reached: whose, what was spent, and the limit as it stands, in millionths of a dollar."""

    whose: str
    setting: str
    spent: int
    limit: int
    subject: EntityId | None = None
    reserved: int = 0
    """What turns at work count as."""

    @property
    def why(self) -> str:
        """As a clause."""
        return f"{dollars(self.spent)} of {dollars(self.limit)} are spent on {self.whose}{_at_work(self.reserved)}"

    @property
    def cause(self) -> str:
        """What makes the thread unique that asks: each limit is asked about once."""
        return f"{CAP}{self.setting}:{self.whose}:{self.limit}"


@dataclass(slots=True)
class Purse:
    """What may still be spent at one moment. `breaches` are the caps that kept a turn from beginning."""

    work: UnitOfWork
    budget: BudgetSettings
    at: datetime
    breaches: dict[str, Breach] = field(default_factory=dict)
    _let: list[tuple[Issue | None, Agent]] = field(default_factory=list)
    _day: tuple[int | None, int, int] | None = None
    _raised: dict[str, int] | None = None

    def why_not(self, issue: Issue, agent: Agent) -> str | None:
        """Why *agent* may not begin a turn on *issue*; where it may, the turn counts as begun from then on."""
        if is_free(agent.engine):
            return None
        why = self.why_no_day()
        for breach in self._reached(issue, agent) if why is None else ():
            self.breaches[breach.cause] = breach
            why = why or breach.why
        if why is None:
            self._let.append((issue, agent))
        return why

    def why_not_vote(self, agent: Agent) -> str | None:
        """Why *agent* may not be asked for a vote: the day's money is spent, or its own."""
        if is_free(agent.engine):
            return None
        why = self.why_no_day()
        for breach in self._over_own(agent) if why is None else ():
            self.breaches[breach.cause] = breach
            why = why or breach.why
        if why is None:
            self._let.append((None, agent))
        return why

    def why_no_day(self) -> str | None:
        """Why nothing that costs may begin today, as a clause; None where it may."""
        if self._day is None:
            live = sum(RESERVED for run in self.work.runs.live() if not is_free(run.engine))
            limit = day_limit(self.work, self.budget, self.at)
            self._day = (limit, spent_today(self.work, self.at) if limit is not None else 0, live)
        limit, spent, live = self._day
        reserved = live + RESERVED * len(self._let)
        if limit is None or spent + reserved + RESERVED <= limit:
            return None
        more = f"{_at_work(reserved)}, and one more turn counts as {dollars(RESERVED)} until it has ended"
        return f"{dollars(spent)} of {dollars(limit)} are spent today{more}"

    def _reached(self, issue: Issue, agent: Agent) -> Iterator[Breach]:
        budget = self.budget
        if budget.issue_usd is not None:
            runs = tuple(self.work.runs.of_issue(issue.id))
            yield from self._over(issue.id, "issue_usd", budget.issue_usd, runs, 0, issue.id)
        if budget.epic_usd is not None and issue.epic is not None:
            runs = tuple(
                run for each in self.work.issues_of(issue.epic) for run in self.work.runs.of_issue(each.id)
            )
            more = sum(each is not None and each.epic == issue.epic for each, _ in self._let)
            yield from self._over(issue.epic, "epic_usd", budget.epic_usd, runs, more, issue.epic)
        yield from self._over_own(agent)

    def _over_own(self, agent: Agent) -> Iterator[Breach]:
        if self.budget.agent_usd is None:
            return
        day = day_of(self.at)
        newest = self.work.runs.last_of_agent(agent.name, _MOST_TURNS)
        runs = tuple(run for run in newest if run.ended is None or run.ended >= day)
        yield from self._over(f"{agent.name} today", "agent_usd", self.budget.agent_usd, runs, 0, None)

    def _over(
        self,
        whose: str,
        setting: str,
        usd: float,
        runs: tuple[AgentRun, ...],
        more: int,
        subject: EntityId | None,
    ) -> Iterator[Breach]:
        spent = sum(run.spent.micros or 0 for run in runs)
        reserved = RESERVED * (more + sum(run.is_live for run in runs))
        limit = max(round(usd * MICROS), self._raises().get(f"{setting}:{whose}", 0))
        if spent + reserved >= limit:
            yield Breach(
                whose=whose, setting=setting, spent=spent, limit=limit, subject=subject, reserved=reserved
            )

    def _raises(self) -> dict[str, int]:
        """What people have raised caps to, by setting and whose."""
        if self._raised is None:
            self._raised = {}
            for thread in self.work.entities(EntityKind.THREAD):
                if isinstance(thread, Thread) and thread.cause.startswith(CAP) and _is_raised(thread):
                    name, _, limit = thread.cause.removeprefix(CAP).rpartition(":")
                    self._raised[name] = max(self._raised.get(name, 0), _raise_of(int(limit)))
        return self._raised


def _at_work(reserved: int) -> str:
    return f", turns at work count as {dollars(reserved)}" if reserved else ""


async def note_money(desk: Desk) -> None:
    """Leave word for looks whether the day's money is spent, and take it back."""
    at, budget = desk.session.ports.clock.now(), desk.ports.settings().budget

    def note(work: UnitOfWork) -> None:
        is_spent = Purse(work, budget, at).why_no_day() is not None
        if is_spent != (work.note(MONEY_SPENT) is not None):
            work.set_note(MONEY_SPENT, "today" if is_spent else None)

    await desk.session.ports.store.transact(note)


def _raise_of(limit: int) -> int:
    """What a person's word raises a cap to; all of it in millionths of a dollar."""
    return max(2 * limit, _FIRST_RAISE)


def _is_raised(thread: Thread) -> bool:
    return thread.status is ThreadStatus.ANSWERED and thread.chosen is not None and thread.chosen != STOP


async def ask_about_caps(desk: Desk, breaches: dict[str, Breach]) -> None:
    """Ask people about each cap that is reached, once for each limit."""
    at = desk.session.ports.clock.now()
    for cause, breach in breaches.items():

        def ask(door: Door, cause: str = cause, breach: Breach = breach) -> Plan:
            known = door.work.entities(EntityKind.THREAD)
            asked = (each for each in known if isinstance(each, Thread) and each.cause == cause)
            if all(was_overtaken(each) for each in asked):
                open_once(door, _notice(cause, breach), at)
            return Plan(commands=[])

        await desk.plan(ask)


def _notice(cause: str, breach: Breach) -> Notice:
    return Notice(
        cause=cause,
        title=f"Agents have spent {dollars(breach.spent)} of {dollars(breach.limit)} on {breach.whose}",
        text="No turn that costs money begins there until you say so. What runs is left to end. The limit itself is "
        f"`{breach.setting}` below `[budget]` in config.toml.",
        kind=ThreadKind.ESCALATION,
        subject=breach.subject,
        options=(f"Raise to {dollars(_raise_of(breach.limit))}", STOP),
    )
