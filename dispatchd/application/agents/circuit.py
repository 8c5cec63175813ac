"""Engines that rest: for a while where their processes crash one after the other, and until their account's limit is
over where a turn met that. Of crashes people are told why. Those of one issue alone say something of that issue, whose
tries are counted already; those of one agent something of that agent, who rests alone, so that none stops all others.
Where an engine's program is missing one turn says so, and no other begins in vain while people are asked about that.

Whether one rests follows from how turns have ended, so that it is the same after a restart; a person may end it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatchd.application.agents.account_limits import limits_seen, tell_of_limit, why_account_rests
from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.engine_choice import engine_named
from dispatchd.application.command_handler import Door
from dispatchd.application.engines_at_rest import (
    AGAIN,
    AGAIN_AT,
    ASKED,
    MISSING,
    WAIT,
    agent_at_rest,
    own_rest,
    parts_of_missing,
)
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, ever_about, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.named_checks import why_no_command
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, RunOutcome
from dispatchd.domain.command import DeliverAnswer
from dispatchd.domain.due_turns import Waits, stuck_cause
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import ThreadKind, ThreadStatus

CRASHES: Final = 3
OF_DIFFERENT: Final = 2
"""Issues, or other subjects, that they have to be about; and agents whose they have to be, for an engine to rest."""
WITHIN: Final = timedelta(seconds=60)
RESTS: Final = timedelta(minutes=5)


def why_rests(work: UnitOfWork, who: str, at: datetime, crashes: Sequence[AgentRun]) -> str | None:
    """Why no turn begins at *at* on the engine, or of the agent, that *who* names; None where one may. *crashes* are all
    of late.
    """
    broken = _broken_by(work, who, at, crashes)
    if not broken:
        return None
    until = _opened(broken) + RESTS
    return f"{_crashed(who, broken)}, so it rests until {until:%H:%M:%S}Z"


def crashes_of_late(work: UnitOfWork, at: datetime) -> Sequence[AgentRun]:
    """The turns that crashed so short a time before *at* that somebody may rest for it, oldest first."""
    ended = work.runs.ended_since(at - RESTS - WITHIN)
    return [run for run in ended if run.outcome is RunOutcome.CRASHED]


def not_installed(program: str) -> str:
    """That *program* is missing, as a clause."""
    return f"{program} is not installed, or not on the PATH that the daemon was started with"


def note_missing(work: UnitOfWork, run: AgentRun, program: str) -> None:
    """The turn *run* could not begin because *program* is missing."""
    known = work.note(MISSING + run.engine)
    finder = run.issue if run.works else parts_of_missing(known or "")[1]
    work.set_note(MISSING + run.engine, f"{program} {finder}")


def look_for_missing(desk: Desk, work: UnitOfWork, engines: Iterable[str]) -> None:
    """Engines whose program was missing take turns again once it is there; nobody has to say so."""
    for name in engines:
        if work.note(MISSING + name) is not None:
            engine = engine_named(desk.ports.engines, name)
            if engine is None or desk.ports.missing(engine.programs) is None:
                work.set_note(MISSING + name, None)


class Resting:
    """Which engines and agents rest, asked once for each in one decision, however many issues it is about. *commands* are
    those of the settings.
    """

    def __init__(self, work: UnitOfWork, at: datetime, commands: Mapping[str, str]) -> None:
        self._work, self._at, self._commands = work, at, commands
        self._crashes = crashes_of_late(work, at)
        self._known: dict[str, str | None] = {}

    def why_not(self, agent: Agent) -> str | None:
        """Why *agent* begins no turn now that is none of work; None where it may."""
        return self.why(agent.engine) or self._why_alone(agent)

    def why_not_work(self, agent: Agent) -> str | None:
        """Why *agent* begins no work on an issue now."""
        return self.why_no_work(agent.engine) or self._why_alone(agent)

    def _why_alone(self, agent: Agent) -> str | None:
        who = own_rest(agent.name)
        if who not in self._known:
            self._known[who] = why_rests(self._work, who, self._at, self._crashes)
        return self._known[who]

    def why(self, engine: str) -> str | None:
        """Why no turn begins on *engine* now; None where one may."""
        if engine not in self._known:
            missing = self._work.note(MISSING + engine)
            self._known[engine] = (
                why_no_command(engine, self._commands)
                or (not_installed(parts_of_missing(missing)[0]) if missing is not None else None)
                or why_rests(self._work, engine, self._at, self._crashes)
                or why_account_rests(self._work, engine, self._at)
            )
        return self._known[engine]

    def why_no_work(self, engine: str) -> str | None:
        """The same of a turn that works on an issue. Where a program is missing and nobody is asked about that any
        more, one may begin in this decision, and says so anew.
        """
        missing = self._work.note(MISSING + engine) if engine not in self._known else None
        why = self.why(engine)
        return why if missing is None or _is_told(self._work, engine, parts_of_missing(missing)[1]) else None


def _is_told(work: UnitOfWork, engine: str, issue_id: str) -> bool:
    """Whether people are asked how the issue is to go on whose turn could not begin, or will be in a moment: by it, or
    by a turn that is on its way.
    """
    if any(run.engine == engine and run.works for run in work.runs.live()):
        return True
    issue = work.issue(EntityId(issue_id)) if issue_id else None
    if issue is None:
        return False
    if work.open_thread_about(stuck_cause(issue.id)) is not None:
        return True
    due = due_of(work, issue)
    return isinstance(due, Waits) and due.stuck


def _broken_by(work: UnitOfWork, who: str, at: datetime, crashes: Sequence[AgentRun]) -> Sequence[AgentRun]:
    """Of *crashes* those for which *who* rests at *at*."""
    own = [run for run in crashes if who in {run.engine, own_rest(run.agent)}]
    if len(own) < CRASHES:
        return ()
    again = work.note(AGAIN_AT + who)
    since = datetime.fromisoformat(again) if again else None
    own = [run for run in own if since is None or (run.ended or run.started) >= since]
    for first in reversed(range(len(own) - CRASHES + 1)):
        some = own[first : first + CRASHES]
        soon = _opened(some) - (some[0].ended or some[0].started) <= WITHIN
        if soon and _says_something_of(who, some):
            return some if at < _opened(some) + RESTS else ()
    return ()


def _says_something_of(who: str, crashes: Sequence[AgentRun]) -> bool:
    """Whether they are about different issues, and for an engine to rest of different agents."""
    of_one = agent_at_rest(who) is not None
    issues, agents = {run.issue for run in crashes}, {run.agent for run in crashes}
    return len(issues) >= OF_DIFFERENT and (of_one or len(agents) >= OF_DIFFERENT)


def _crashed(who: str, crashes: Sequence[AgentRun]) -> str:
    agent = agent_at_rest(who)
    whose = f"on {who}" if agent is None else f"of {agent}"
    return f"{len(crashes)} turns {whose} crashed within a minute"


def _opened(crashes: Sequence[AgentRun]) -> datetime:
    return crashes[-1].ended or crashes[-1].started


async def break_circuits(desk: Desk) -> None:
    """Tell people of engines that rest, once for each rest, and let those go on that a person wants to."""
    at = desk.session.ports.clock.now()
    rests, limits = await desk.session.ports.store.transact(
        lambda work: (_seen(work, desk, at), limits_seen(work, desk, at))
    )
    for limit in limits:
        await tell_of_limit(desk, limit, at)
    for who, told, crashes in rests:
        if told is not None:
            await _hear(desk, who, told, at)
        elif crashes:
            await desk.plan(lambda door: _ask(door, who, crashes, at))  # noqa: B023 -- awaited here


def _seen(work: UnitOfWork, desk: Desk, at: datetime) -> list[tuple[str, str | None, Sequence[AgentRun]]]:
    """Of each engine and agent what people were told of its rest, else the crashes for which it rests now. An agent's
    that let its engine rest as well are told of there.
    """
    crashes = crashes_of_late(work, at)
    found = [_told_or_broken(work, engine, at, crashes) for engine in desk.ports.engines]
    resting = {engine for engine, told, broken in found if told is not None or broken}
    for agent in work.agents():
        who, told, broken = _told_or_broken(work, own_rest(agent.name), at, crashes)
        found.append((who, told, () if agent.engine in resting else broken))
    return found


def _told_or_broken(
    work: UnitOfWork, who: str, at: datetime, crashes: Sequence[AgentRun]
) -> tuple[str, str | None, Sequence[AgentRun]]:
    told = work.note(ASKED + who)
    return who, told, () if told is not None else _broken_by(work, who, at, crashes)


def _ask(door: Door, who: str, crashes: Sequence[AgentRun], at: datetime) -> Plan:
    until = _opened(crashes) + RESTS
    agent = agent_at_rest(who)
    stops = "no turn begins on it" if agent is None else "it begins no turn"
    # The first paragraph is all that lists of what waits have room for.
    first = (
        f"{_crashed(who, crashes)}, so {stops} until {until:%H:%M:%S}Z; then it is tried again. "
        f"*{AGAIN}* does not wait for that."
    )
    lines = [first, ""]
    lines += [f"- {run.agent} on {run.issue} ({run.id}): {run.said}" for run in crashes]
    lines += ["", f"What the processes said: `dispatchd agent logs {crashes[-1].agent}`."]
    cause = f"circuit:{who}"
    # A database made anew has no note of whom it asked about this rest, and the answer may be there.
    asked = [each for each in ever_about(door.work, cause) if each.created >= _opened(crashes)]
    notice = Notice(
        cause=cause,
        title=f"{agent or who} crashes again and again, and rests",
        text="\n".join(lines),
        kind=ThreadKind.ESCALATION,
        options=(AGAIN, WAIT),
    )
    thread = asked[-1] if asked else open_once(door, notice, at)
    door.work.set_note(ASKED + who, f"{thread.id} {until.isoformat()}")
    return Plan(commands=[], subject=thread.id)


async def _hear(desk: Desk, who: str, told: str, at: datetime) -> None:
    """What became of the thread: answered, or overtaken by the end of the rest."""
    name, _, until = told.partition(" ")

    def hear(door: Door) -> Plan:
        thread = door.work.thread(EntityId(name))
        answered = thread is not None and thread.status is ThreadStatus.ANSWERED
        is_over = at >= datetime.fromisoformat(until)
        if not (is_over or (answered and thread is not None and thread.chosen == AGAIN)):
            return Plan(commands=[])
        door.work.set_note(ASKED + who, None)
        door.work.set_note(AGAIN_AT + who, at.isoformat())
        if answered and thread is not None and not thread.delivered:
            return Plan(commands=[DeliverAnswer(thread=thread.id)], subject=thread.id)
        return Plan(commands=[])

    await desk.plan(hear)
