"""Who has made what a review judges: nobody of them is asked to judge it, and none may.

Whoever had a turn in the phase counts, also where somebody else handed it in. So does whoever left commits on the branch
where nothing was to be made, or before the work went this way: they are handed in with the rest.
"""

from dataclasses import replace

from dispatchd.domain.agent_run import AgentRun, Maker, Work
from dispatchd.domain.flow import Flow, FlowState
from dispatchd.domain.run_event import RunEnded


def authors_of(work: Work, flow: Flow, phase: str) -> frozenset[str]:
    """The agents and people who have worked in *phase*, or made a commit of it."""
    if not phase:
        return frozenset()
    makers = (each.agent for each in work.makers if _has_made(each, flow, phase))
    return frozenset((*flow.agents_of(phase), *makers))


def _has_made(maker: Maker, flow: Flow, phase: str) -> bool:
    if maker.workflow != flow.workflow:
        return maker.committed or not maker.workflow
    return maker.phase == phase or (maker.judges and maker.committed)


def with_turn(work: Work, run: AgentRun) -> tuple[Maker, ...]:
    """The makers of *work*, once the turn *run* has begun."""
    flow = work.flow if work.flow is not None and work.flow.state is FlowState.WORKING else None
    place = run.into or (flow.now if flow is not None else None)
    maker = Maker(
        run=run.id,
        agent=run.agent,
        workflow=place.workflow if place is not None else "",
        phase=place.phase if place is not None else "",
        judges=flow is not None and flow.now == place and bool(flow.reviews),
    )
    before = [each for each in work.makers if _same(each, maker)]
    others = (each for each in work.makers if each not in before)
    return (*others, replace(maker, committed=any(each.committed for each in before)))


def with_end_of_turn(work: Work, event: RunEnded) -> tuple[Maker, ...]:
    """The same once it has ended: whether the branch is no longer where it was."""
    if event.commit in {None, work.commit or work.base}:
        return work.makers
    return tuple(replace(each, committed=True) if each.run == event.run else each for each in work.makers)


def _same(one: Maker, other: Maker) -> bool:
    return (one.agent, one.workflow, one.phase) == (other.agent, other.workflow, other.phase)
