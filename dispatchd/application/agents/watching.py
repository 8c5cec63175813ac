"""One look at every turn that runs: it is started, listened to, answered, stopped when it is to stop, and ended.

The same look serves a daemon that has just begun: what another one left is finished, gone on with, or found lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatchd.application.agents.asking import answer_waiting
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import NOT_BEGUN, Gone, finish, why_unwanted
from dispatchd.application.agents.engine_choice import engine_named
from dispatchd.application.agents.handing_in import hand_in
from dispatchd.application.agents.launching import launch
from dispatchd.application.agents.listening import Ear, listen
from dispatchd.application.agents.money import MICROS
from dispatchd.application.ports.agent_engine import AgentEngine, Interrupt
from dispatchd.application.ports.run_room import Life, RunSight
from dispatchd.application.ports.run_store import OwedLine, RunProgress
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import AgentSettings
from dispatchd.domain.agent_run import AgentRun, RunId, RunOutcome
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A turn that runs, what its room shows of it, and what the database says."""

    run: AgentRun
    sight: RunSight
    known: _Known


async def watch(desk: Desk) -> bool:
    """Look at every turn that runs; whether anything happened.

    What is to be done for several is done together: what a transaction and a call beside the loop cost is paid once.
    """
    runs = await desk.session.ports.store.transact(lambda work: work.runs.live())
    if not runs:
        return False
    sights = await desk.session.run(lambda: [desk.ports.room.look(run.id) for run in runs])
    known = await _known_of(desk, runs)
    seen = [_Seen(run=run, sight=sight, known=known[run.id]) for run, sight in zip(runs, sights, strict=True)]
    rest: list[_Seen] = []
    steady: list[tuple[_Seen, AgentEngine]] = []
    for each in seen:
        engine = engine_named(desk.ports.engines, each.run.engine)
        if each.sight.life is Life.ALIVE and engine is not None:
            steady.append((each, engine))
        else:
            rest.append(each)
    happened = await _attend(desk, steady)
    # Those that begin or end come last: others may work in the session meanwhile, and what was read before is old then.
    return await _begin_or_end(desk, rest) or happened


async def _known_of(desk: Desk, runs: Sequence[AgentRun]) -> dict[RunId, _Known]:
    return await desk.session.ports.store.transact(lambda work: {run.id: _known(work, run) for run in runs})


def _known(work: UnitOfWork, run: AgentRun) -> _Known:
    return _Known(
        progress=work.runs.progress(run.id),
        owed=work.runs.owed(run.id),
        is_unwanted=bool(why_unwanted(work, run)),
        rests=bool(why_nothing_starts(work)) or _rests(work, run),
    )


async def _attend(desk: Desk, turns: Sequence[tuple[_Seen, AgentEngine]]) -> bool:
    """Listen to agents at work, tell them what was answered, stop who is to stop; whether anything happened."""
    known = {seen.run.id: seen.known for seen, _ in turns}
    ears = [
        Ear(run=seen.run, engine=engine, progress=seen.known.progress)
        for seen, engine in turns
        if seen.sight.transcript_bytes > seen.known.progress.offset
    ]
    whole = await listen(desk, ears) if ears else ()
    heard = [ear.run for ear, was_heard in zip(ears, whole, strict=True) if was_heard]
    if heard:
        known |= await _known_of(desk, heard)
    told = [
        seen.run
        for seen, _ in turns
        if known[seen.run.id].progress.asked and await answer_waiting(desk, seen.run)
    ]
    if told:
        known |= await _known_of(desk, told)
    for seen, engine in turns:
        now = known[seen.run.id]
        await _give(desk, seen.run, now.progress, now.owed)
        await _stop_if_due(desk, seen.run, engine, now, seen.sight)
    return bool(heard or told)


async def _begin_or_end(desk: Desk, turns: Sequence[_Seen]) -> bool:
    """Start what was written down, and end what is over; whether there was any of it."""
    if not turns:
        return False
    runs = await _now(desk, [each.run for each in turns])
    begins: list[AgentRun] = []
    gone: list[Gone] = []
    for run, each in zip(runs, turns, strict=True):
        engine = engine_named(desk.ports.engines, run.engine)
        if _is_to_begin(desk, run, each):
            begins.append(run)
        else:
            gone.append(Gone(run=run, engine=engine, sight=each.sight))
    unheard = [each.run.id for each in gone if each.sight.life is not Life.EXITED]
    if unheard:  # nobody has seen its processes end
        await desk.session.run(lambda: _end_for_sure(desk, unheard))
    for number, over in enumerate(gone):
        if over.engine is not None:
            untaken = await hand_in(desk, over.run, over.engine, over.sight)
            gone[number] = replace(over, untaken=untaken)
    await finish(desk, gone)
    await launch(desk, begins)
    return True


def _is_to_begin(desk: Desk, run: AgentRun, seen: _Seen) -> bool:
    """Whether its process was never started. One whose folder was taken away is not started anew: it has had its turn."""
    progress = seen.known.progress
    has_begun = run.id in desk.heard or progress.offset > 0 or progress.verdict is not None
    was_taken_away = seen.sight.life is Life.ABSENT and has_begun
    return run.stopping is None and seen.sight.life in NOT_BEGUN and not was_taken_away


def _end_for_sure(desk: Desk, runs: Sequence[RunId]) -> None:
    for run in runs:
        desk.ports.room.stop(run, force=True)


async def _now(desk: Desk, runs: Sequence[AgentRun]) -> list[AgentRun]:
    return await desk.session.ports.store.transact(
        lambda work: [work.runs.get(run.id) or run for run in runs]
    )


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
    """What makes this turn end before its time: the brake, a pause, a move, silence, or its length."""
    settings, progress = desk.ports.settings().agents, known.progress
    if known.is_unwanted:
        return RunOutcome.CANCELLED
    if known.rests or sight.moved:  # what its order names is not there any more, nor where it speaks to us
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
