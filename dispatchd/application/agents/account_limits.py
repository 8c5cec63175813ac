"""Accounts at their limit: until when nothing begins on an engine whose last turn met that, and the thread that asks
people where it is long. A person may have it tried before.

What is said of a limit may be an agent's invention (`domain/account_limit`), and holds up everybody on its engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.engines_at_rest import AGAIN, AGAIN_AT, ASKED, WAIT, account_of
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, close, ever_about, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.account_limit import limit_ends
from dispatchd.domain.agent_run import AgentRun, RunOutcome
from dispatchd.domain.command import DeliverAnswer
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import ThreadKind, ThreadStatus
from dispatchd.domain.wording import clock_time

LOOKED_BACK: Final = 50
"""Turns of all engines among which the last of one is looked for."""
LONG: Final = timedelta(hours=6)
"""A limit that is over later is asked about; those of a few hours are what accounts have every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """That the account of *engine* is at its limit since its turn *run*, where it is; and the note of whom was asked."""

    engine: str
    run: AgentRun | None
    told: str | None


def why_account_rests(work: UnitOfWork, engine: str, at: datetime) -> str | None:
    """Why the account that *engine* runs on takes no turn at *at*: the last that ended there met its limit."""
    run = _met_by(work, engine, at, work.runs.newest_ended(LOOKED_BACK))
    if run is None:
        return None
    return f"the account of {engine} is at its limit until {clock_time(limit_ends(run), at)}"


def _met_by(work: UnitOfWork, engine: str, at: datetime, ended: Sequence[AgentRun]) -> AgentRun | None:
    last = next((run for run in ended if run.engine == engine), None)
    if last is None or last.outcome is not RunOutcome.RATE_LIMITED or at >= limit_ends(last):
        return None
    return None if _is_lifted(work, last) else last


def _is_lifted(work: UnitOfWork, run: AgentRun) -> bool:
    """Whether a person has said since *run* that its account is to be tried again."""
    again = work.note(AGAIN_AT + account_of(run.engine))
    return again is not None and datetime.fromisoformat(again) >= (run.ended or run.started)


def as_lifted(work: UnitOfWork, run: AgentRun) -> AgentRun:
    """*run*, as if it had been interrupted where a person has said since that its limit is to be tried again."""
    if run.outcome is not RunOutcome.RATE_LIMITED or not _is_lifted(work, run):
        return run
    return replace(run, outcome=RunOutcome.INTERRUPTED, resets_at=None)


def lifted_limits(work: UnitOfWork, engines: Iterable[str]) -> Mapping[str, datetime]:
    """When a person said of the account of an engine that it is to be tried again, by engine."""
    notes = ((engine, work.note(AGAIN_AT + account_of(engine))) for engine in engines)
    return {engine: datetime.fromisoformat(note) for engine, note in notes if note is not None}


def limits_seen(work: UnitOfWork, desk: Desk, at: datetime) -> Sequence[Limit]:
    """Of the engines of all agents those whose account is at its limit, or of whose people were asked."""
    if not desk.may_be_limited:
        return ()
    engines = {agent.engine for agent in work.agents()}
    ended = work.runs.newest_ended(LOOKED_BACK)
    limited = {run.engine for run in ended if run.outcome is RunOutcome.RATE_LIMITED}
    seen: list[Limit] = []
    for engine in sorted(engines):
        told = work.note(ASKED + account_of(engine))
        run = _met_by(work, engine, at, ended) if engine in limited else None
        if told is not None or run is not None:
            seen.append(Limit(engine=engine, run=run, told=told))
    desk.may_be_limited = bool(seen)
    return seen


async def tell_of_limit(desk: Desk, limit: Limit, at: datetime) -> None:
    """Ask people about *limit* once, and do as they say."""
    told, run = limit.told, limit.run
    if told is not None:
        await desk.plan(lambda door: _hear(door, limit, told, at))
    elif run is not None and limit_ends(run) - at > LONG:
        await desk.plan(lambda door: _ask(door, run, at))


def _ask(door: Door, run: AgentRun, at: datetime) -> Plan:
    until = limit_ends(run)
    notice = Notice(
        cause=account_of(run.engine),
        title=f"The account of {run.engine} is at its limit for long",
        text=f"{run.agent} met it on {run.issue} ({run.id}), so no turn begins on {run.engine} until "
        f"{clock_time(until, at)}; then it is tried again. *{AGAIN}* does not wait for that.\n\n"
        "That moment was read from what the processes of that turn printed. Where you doubt it, look what they "
        f"said: `dispatchd agent logs {run.agent}`.",
        kind=ThreadKind.ESCALATION,
        options=(AGAIN, WAIT),
    )
    # A database made anew has no note of whom it asked about this limit, and the answer may be there.
    since = run.ended or run.started
    asked = [each for each in ever_about(door.work, notice.cause) if each.created >= since]
    thread = asked[-1] if asked else open_once(door, notice, at)
    door.work.set_note(ASKED + notice.cause, thread.id)
    return Plan(commands=[], subject=thread.id)


def _hear(door: Door, limit: Limit, told: str, at: datetime) -> Plan:
    """What became of the thread: answered, or overtaken by the end of the limit."""
    who = account_of(limit.engine)
    thread = door.work.thread(EntityId(told))
    answered = thread is not None and thread.status is ThreadStatus.ANSWERED
    again = answered and thread is not None and thread.chosen == AGAIN
    if limit.run is not None and not again:
        return Plan(commands=[])
    door.work.set_note(ASKED + who, None)
    if again:
        door.work.set_note(AGAIN_AT + who, at.isoformat())
    else:
        close(door, who, at)
    if answered and thread is not None and not thread.delivered:
        return Plan(commands=[DeliverAnswer(thread=thread.id)], subject=thread.id)
    return Plan(commands=[])
