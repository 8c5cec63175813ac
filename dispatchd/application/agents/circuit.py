"""Engines that rest: for a while where their processes crash one after the other, and until their account's limit is
over where a turn met that. Of crashes people are told why; those of one issue alone say something of that issue, whose
tries are counted already, and nothing of the engine. Where its program is missing one turn says so, and no other begins
in vain while people are asked about that.

Whether one rests follows from how turns have ended, so that it is the same after a restart; a person may end it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.engine_choice import engine_named
from dispatchd.application.command_handler import Door
from dispatchd.application.engines_at_rest import ASKED, MISSING, parts_of_missing
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, ever_about, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import AgentRun, RunOutcome
from dispatchd.domain.command import DeliverAnswer
from dispatchd.domain.due_turns import LONGEST_BACK_OFF, Waits, stuck_cause
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import ThreadKind, ThreadStatus

CRASHES: Final = 3
OF_DIFFERENT: Final = 2
"""Issues, or other subjects, that they have to be about."""
WITHIN: Final = timedelta(seconds=60)
RESTS: Final = timedelta(minutes=5)
LOOKED_BACK: Final = 50
"""Turns of all engines among which the last of one is looked for."""
AGAIN: Final = "Try again now"
WAIT: Final = "Wait"
_AGAIN: Final = "circuit.again."


def why_engine_rests(work: UnitOfWork, engine: str, at: datetime) -> str | None:
    """Why no turn begins on *engine* at *at*; None where one may."""
    crashes = _broken_by(work, engine, at)
    if not crashes:
        return None
    until = _opened(crashes) + RESTS
    return f"{_crashed(engine, crashes)}, so it rests until {until:%H:%M:%S}Z"


def why_account_rests(work: UnitOfWork, engine: str, at: datetime) -> str | None:
    """Why the account that *engine* runs on takes no turn at *at*: the last that ended there met its limit."""
    last = next((run for run in work.runs.newest_ended(LOOKED_BACK) if run.engine == engine), None)
    if last is None or last.outcome is not RunOutcome.RATE_LIMITED:
        return None
    until = last.resets_at or (last.ended or last.started) + LONGEST_BACK_OFF
    return f"the account of {engine} is at its limit until {until:%H:%M:%S}Z" if at < until else None


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
    """Which engines rest, asked once for each in one decision, however many issues it is about."""

    def __init__(self, work: UnitOfWork, at: datetime) -> None:
        self._work, self._at = work, at
        self._known: dict[str, str | None] = {}

    def why(self, engine: str) -> str | None:
        """Why no turn begins on *engine* now; None where one may."""
        if engine not in self._known:
            missing = self._work.note(MISSING + engine)
            self._known[engine] = (
                not_installed(parts_of_missing(missing)[0])
                if missing is not None
                else why_engine_rests(self._work, engine, self._at)
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


def _broken_by(work: UnitOfWork, engine: str, at: datetime) -> Sequence[AgentRun]:
    """The crashes for which *engine* rests at *at*."""
    since = at - RESTS - WITHIN
    again = work.note(_AGAIN + engine)
    crashes = [
        run
        for run in work.runs.ended_since(max(since, datetime.fromisoformat(again)) if again else since)
        if run.engine == engine and run.outcome is RunOutcome.CRASHED
    ]
    for first in reversed(range(len(crashes) - CRASHES + 1)):
        some = crashes[first : first + CRASHES]
        soon = _opened(some) - (some[0].ended or some[0].started) <= WITHIN
        if soon and len({run.issue for run in some}) >= OF_DIFFERENT:
            return some if at < _opened(some) + RESTS else ()
    return ()


def _crashed(engine: str, crashes: Sequence[AgentRun]) -> str:
    return f"{len(crashes)} turns on {engine} crashed within a minute"


def _opened(crashes: Sequence[AgentRun]) -> datetime:
    return crashes[-1].ended or crashes[-1].started


async def break_circuits(desk: Desk) -> None:
    """Tell people of engines that rest, once for each rest, and let those go on that a person wants to."""
    at = desk.session.ports.clock.now()
    for engine, told, crashes in await desk.session.ports.store.transact(lambda work: _seen(work, desk, at)):
        if told is not None:
            await _hear(desk, engine, told, at)
        elif crashes:
            await desk.plan(lambda door: _ask(door, engine, crashes, at))  # noqa: B023 -- awaited here


def _seen(work: UnitOfWork, desk: Desk, at: datetime) -> list[tuple[str, str | None, tuple[AgentRun, ...]]]:
    """Of each engine what people were told of its rest, else the crashes for which it rests now."""
    told = {engine: work.note(ASKED + engine) for engine in desk.ports.engines}
    return [
        (engine, said, () if said is not None else tuple(_broken_by(work, engine, at)))
        for engine, said in told.items()
    ]


def _ask(door: Door, engine: str, crashes: Sequence[AgentRun], at: datetime) -> Plan:
    until = _opened(crashes) + RESTS
    # The first paragraph is all that lists of what waits have room for.
    first = (
        f"{_crashed(engine, crashes)}, so no turn begins on it until {until:%H:%M:%S}Z; then it is tried again. "
        f"*{AGAIN}* does not wait for that."
    )
    lines = [first, ""]
    lines += [f"- {run.agent} on {run.issue} ({run.id}): {run.said}" for run in crashes]
    lines += ["", f"What the processes said: `dispatchd agent logs {crashes[-1].agent}`."]
    cause = f"circuit:{engine}"
    # A database made anew has no note of whom it asked about this rest, and the answer may be there.
    asked = [each for each in ever_about(door.work, cause) if each.created >= _opened(crashes)]
    notice = Notice(
        cause=cause,
        title=f"{engine} crashes again and again, and rests",
        text="\n".join(lines),
        kind=ThreadKind.ESCALATION,
        options=(AGAIN, WAIT),
    )
    thread = asked[-1] if asked else open_once(door, notice, at)
    door.work.set_note(ASKED + engine, f"{thread.id} {until.isoformat()}")
    return Plan(commands=[], subject=thread.id)


async def _hear(desk: Desk, engine: str, told: str, at: datetime) -> None:
    """What became of the thread: answered, or overtaken by the end of the rest."""
    name, _, until = told.partition(" ")

    def hear(door: Door) -> Plan:
        thread = door.work.thread(EntityId(name))
        answered = thread is not None and thread.status is ThreadStatus.ANSWERED
        is_over = at >= datetime.fromisoformat(until)
        if not (is_over or (answered and thread is not None and thread.chosen == AGAIN)):
            return Plan(commands=[])
        door.work.set_note(ASKED + engine, None)
        door.work.set_note(_AGAIN + engine, at.isoformat())
        if answered and thread is not None and not thread.delivered:
            return Plan(commands=[DeliverAnswer(thread=thread.id)], subject=thread.id)
        return Plan(commands=[])

    await desk.plan(hear)
