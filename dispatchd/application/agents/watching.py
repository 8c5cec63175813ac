"""One look at every turn that runs: it is started, listened to, answered, stopped when it is to stop, and ended.

The same look serves a daemon that has just begun: what another one left is finished, gone on with, or found lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatchd.application.agents.asking import answer_waiting
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import finish, why_unwanted
from dispatchd.application.agents.engine_choice import engine_named
from dispatchd.application.agents.handing_in import hand_in
from dispatchd.application.agents.launching import launch
from dispatchd.application.agents.listening import listen
from dispatchd.application.agents.money import MICROS
from dispatchd.application.ports.agent_engine import AgentEngine, Interrupt
from dispatchd.application.ports.run_room import Life, RunSight
from dispatchd.application.ports.run_store import OwedLine, RunProgress
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import AgentSettings
from dispatchd.domain.agent_run import AgentRun, RunOutcome
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.run_command import StopRun

AFTER_INTERRUPT: Final = 15.0
AFTER_TERM: Final = 5.0
AFTER_END: Final = 20.0
"""Seconds that a process has to go by itself once its turn is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the database says of a turn that runs."""

    progress: RunProgress
    owed: Sequence[OwedLine]
    is_unwanted: bool
    rests: bool
    """Whether nothing goes on just now, or its agent does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    """A step of stopping, and how many seconds it has to work."""

    seconds: float


_LADDER: Final = (_Rung(seconds=AFTER_INTERRUPT), _Rung(seconds=AFTER_TERM))


async def watch(desk: Desk) -> bool:
    """Look at every turn that runs; whether anything happened."""
    runs = await desk.session.ports.store.transact(lambda work: work.runs.live())
    if not runs:
        return False
    sights = await desk.session.run(lambda: [desk.ports.room.look(run.id) for run in runs])
    known = await desk.session.ports.store.transact(lambda work: [_known(work, run) for run in runs])
    happened = False
    # Those that begin or end come last: others may work in the session meanwhile, and what was read before is old then.
    steady: list[tuple[AgentRun, RunSight, _Known]] = []
    others: list[tuple[AgentRun, RunSight, _Known]] = []
    for run, sight, each in zip(runs, sights, known, strict=True):
        goes_on = sight.life is Life.ALIVE and engine_named(desk.ports.engines, run.engine) is not None
        (steady if goes_on else others).append((run, sight, each))
    for run, sight, each in (*steady, *others):
        happened = await _watch_one(desk, run, sight, each) or happened
    return happened


def _known(work: UnitOfWork, run: AgentRun) -> _Known:
    return _Known(
        progress=work.runs.progress(run.id),
        owed=work.runs.owed(run.id),
        is_unwanted=bool(why_unwanted(work, run)),
        rests=bool(why_nothing_starts(work)) or _rests(work, run),
    )


async def _watch_one(desk: Desk, run: AgentRun, sight: RunSight, known: _Known) -> bool:
    engine = engine_named(desk.ports.engines, run.engine)
    if sight.life is not Life.ALIVE:
        run = await _now(desk, run)
    if sight.life in {Life.ABSENT, Life.PREPARED} and run.stopping is None:
        await launch(desk, run)
        return True
    if sight.life is not Life.ALIVE or engine is None:
        untaken = await hand_in(desk, run, engine, sight) if engine is not None else ""
        await finish(desk, run, engine, sight, untaken)
        return True
    happened = False
    if sight.transcript_bytes > known.progress.offset and await listen(desk, run, engine, known.progress):
        happened = True
        known = await desk.session.ports.store.transact(lambda work: _known(work, run))
    if known.progress.asked and await answer_waiting(desk, run):
        happened = True
        known = await desk.session.ports.store.transact(lambda work: _known(work, run))
    await _give(desk, run, known.progress, known.owed)
    await _stop_if_due(desk, run, engine, known, sight)
    return happened


async def _now(desk: Desk, run: AgentRun) -> AgentRun:
    def get(work: UnitOfWork) -> AgentRun | None:
        return work.runs.get(run.id)

    return await desk.session.ports.store.transact(get) or run


async def _give(desk: Desk, run: AgentRun, progress: RunProgress, lines: Sequence[OwedLine]) -> None:
    """Give the agent the *lines* it is owed; and once its turn is over, the end of its input."""
    for owed in lines:
        line, number = owed.line, owed.number
        if not await desk.session.run(lambda: desk.ports.room.give(run.id, number, line)):  # noqa: B023 -- awaited here
            return
        await desk.session.ports.store.transact(lambda work: work.runs.given(run.id, number))  # noqa: B023
    if progress.verdict is not None:
        await desk.session.run(lambda: desk.ports.room.end_input(run.id))


async def _stop_if_due(
    desk: Desk, run: AgentRun, engine: AgentEngine, known: _Known, sight: RunSight
) -> None:
    if run.stopping is None and known.progress.verdict is None:
        outcome = _why_stop(desk, run, known, sight)
        if outcome is not None:
            await desk.act(StopRun(issue=run.issue, run=run.id, outcome=outcome))
        return
    await _climb(desk, run, engine)


def _why_stop(desk: Desk, run: AgentRun, known: _Known, sight: RunSight) -> RunOutcome | None:
    """What makes this turn end before its time: the brake, a pause, silence, or its length."""
    settings, progress = desk.ports.settings().agents, known.progress
    if known.is_unwanted:
        return RunOutcome.CANCELLED
    if known.rests:
        return RunOutcome.INTERRUPTED
    cap = desk.ports.settings().budget.turn_usd
    if cap is not None and (progress.spent.micros or 0) > cap * MICROS:
        return RunOutcome.OVER_BUDGET
    if desk.session.ports.clock.now() - run.started > settings.turn:
        return RunOutcome.TIMED_OUT
    heard = desk.heard.setdefault(run.id, desk.now())
    if progress.asked:
        return None
    return RunOutcome.STALLED if desk.now() - heard > _patience(settings, progress, sight) else None


def _rests(work: UnitOfWork, run: AgentRun) -> bool:
    agent = work.agent(run.agent)
    return agent is not None and agent.paused


def _patience(settings: AgentSettings, progress: RunProgress, sight: RunSight) -> float:
    if sight.transcript_bytes == 0:
        return settings.first_line.total_seconds()
    silence = settings.tool_silence if progress.in_tools else settings.model_silence
    return silence.total_seconds()


async def _climb(desk: Desk, run: AgentRun, engine: AgentEngine) -> None:
    """One step up the ladder, when the step before has had its time: its own interrupt, TERM, KILL."""
    if run.stops_at_once:
        await desk.session.run(lambda: desk.ports.room.stop(run.id, force=True))
        return
    step, since = desk.stopping.get(run.id, (-1, desk.now()))
    if step < 0:
        desk.stopping[run.id] = (0, await _begin_to_stop(desk, run, engine))
    elif step < len(_LADDER) and desk.now() - since >= _LADDER[step].seconds:
        desk.stopping[run.id] = (step + 1, desk.now())
        await desk.session.run(lambda: desk.ports.room.stop(run.id, force=step > 0))


async def _begin_to_stop(desk: Desk, run: AgentRun, engine: AgentEngine) -> float:
    """From when the first step counts: a process whose turn is over has longer, one without words for it no time."""
    if run.stopping is None:
        return desk.now() + AFTER_END - AFTER_INTERRUPT
    return desk.now() if await _interrupt(desk, run, engine) else desk.now() - AFTER_INTERRUPT


async def _interrupt(desk: Desk, run: AgentRun, engine: AgentEngine) -> bool:
    """Tell the agent in its engine's words to end its turn; whether the engine has words for that."""

    def owe(work: UnitOfWork) -> _Known | None:
        progress = work.runs.progress(run.id)
        lines = engine.encode(Interrupt(), progress.decoder)
        if not lines:
            return None
        for line in lines:
            progress = replace(progress, queued=progress.queued + 1)
            work.runs.owe(OwedLine(run=run.id, number=progress.queued, line=line))
        work.runs.save_progress(replace(progress, asked=()))
        return _known(work, run)

    owed = await desk.session.ports.store.transact(owe)
    if owed is None:
        return False
    await _give(desk, run, owed.progress, owed.owed)
    return True
