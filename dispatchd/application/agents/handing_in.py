"""A program that knows nothing of dispatchd hands in its work by ending well: its exit code says that it is through."""

from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.engine_choice import command_named
from dispatchd.application.agents.listening import Ear, hear_out
from dispatchd.application.agents.submitting import submit
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.run_room import RunSight
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import AgentRun, RunOutcome, WorkPhase
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState

_LONGEST: Final = 200
"""Characters of what a program said that stand where its work is told of."""


async def hand_in(desk: Desk, run: AgentRun, engine: AgentEngine, sight: RunSight) -> str:
    """Submit what the command committed, unless it has asked something; why it was not taken, empty where it was."""
    if not run.works or not engine.abilities.commanded or sight.exit is None or run.stopping is not None:
        return ""
    ended = engine.conclude(sight.exit.code, "")
    if ended is None or ended.outcome is not RunOutcome.OK:
        return ""
    if await desk.session.ports.store.transact(lambda work: _asks(work, run)):
        return ""
    try:
        await submit(desk, run, await _summary(desk, run, engine), by_its_end=True)
    except Rejected as refused:
        if not await desk.session.ports.store.transact(lambda work: _is_at_work(work, run)):
            return ""
        return f"what it made was not handed in: {str(refused).rstrip('.')}"
    return ""


async def _summary(desk: Desk, run: AgentRun, engine: AgentEngine) -> str:
    """What the program said last, in one line. All that it printed is read for that."""
    progress = await desk.session.ports.store.transact(lambda work: work.runs.progress(run.id))
    (progress,) = await hear_out(desk, [Ear(run=run, engine=engine, progress=progress)])
    said = " ".join(progress.said.strip().rpartition("\n")[2].split())
    cut = said if len(said) <= _LONGEST else f"{said[:_LONGEST].rpartition(' ')[0]} …"
    return f"`{command_named(run.engine)}` ended well{f': {cut}' if cut else '.'}"


def _is_at_work(work: UnitOfWork, run: AgentRun) -> bool:
    """Whether anything is still to be handed in: it may have said so itself, or given its verdict, before it ended."""
    made = work.work(run.issue)
    if made is None or made.phase is not WorkPhase.WORKING:
        return False
    flow = made.flow
    return flow is None or (flow.state is FlowState.WORKING and made.turns > flow.turns)


def _asks(work: UnitOfWork, run: AgentRun) -> bool:
    return any(each.sender == run.agent and each.awaits_answer for each in work.threads_of(run.issue))
