"""A program that knows nothing of dispatchd hands in its work by ending well: its exit code says that it is through."""

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.engine_choice import command_named
from dispatchd.application.agents.submitting import submit
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.run_room import RunSight
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import AgentRun, RunOutcome, WorkPhase
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState


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
        summary = f"`{command_named(run.engine)}` ended well."
        await submit(desk, run, summary, by_its_end=True)
    except Rejected as refused:
        if not await desk.session.ports.store.transact(lambda work: _is_at_work(work, run)):
            return ""
        return f"what it made was not handed in: {str(refused).rstrip('.')}"
    return ""


def _is_at_work(work: UnitOfWork, run: AgentRun) -> bool:
    """Whether anything is still to be handed in: it may have said so itself, or given its verdict, before it ended."""
    made = work.work(run.issue)
    if made is None or made.phase is not WorkPhase.WORKING:
        return False
    flow = made.flow
    return flow is None or (flow.state is FlowState.WORKING and made.turns > flow.turns)


def _asks(work: UnitOfWork, run: AgentRun) -> bool:
    return any(each.sender == run.agent and each.awaits_answer for each in work.threads_of(run.issue))
