"""Choosing which turns begin now, and writing that down: from then on they are to be started, come what may.

A turn's prompt is written in the same transaction, because it says which answers the agent has been given by it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from functools import partial

from dispatchd.application.agents.candidates import asked, free_hands
from dispatchd.application.agents.caps import Breach, Purse, ask_about_caps
from dispatchd.application.agents.circuit import Resting, look_for_missing
from dispatchd.application.agents.context import prompt_for
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import clone_of
from dispatchd.application.agents.flows.turns import OnTheWay, Ways, on_the_way
from dispatchd.application.agents.issue_texts import as_told
from dispatchd.application.agents.news import MOST_ARRIVALS, last_heard
from dispatchd.application.agents.results import results_for
from dispatchd.application.agents.stuck import ask_how_to_go_on
from dispatchd.application.command_handler import Door
from dispatchd.application.doubts import begin_doubt
from dispatchd.application.intake import Plan as Commands
from dispatchd.application.ports.peoples_work import Arrivals
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed
from dispatchd.documents.config_values import AgentSettings, Config
from dispatchd.documents.named_checks import why_none_could_submit
from dispatchd.documents.tree_paths import slug
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import Work, run_id
from dispatchd.domain.command import Command, DeliverAnswer
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import brings_answer
from dispatchd.domain.identifiers import DocumentDigest, EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.run_command import NoteBranch, StartRun
from dispatchd.domain.scheduling import Candidate, Limits, Pick, Plan, schedule

ASK_AGAIN = timedelta(seconds=30)
"""What holds a turn back may end without an event: a day's budget at midnight, say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A turn that is to begin, and what is known of its issue's work. `since`: where the branch stood when its agent was last
    told what people did there.
    """

    pick: Pick
    issue: Issue
    known: Work | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """What a turn begins on, and what people have done there."""

    branch: str
    base: str
    arrived: Arrivals | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The plan, and the issues that only a person's word gets out of where they are."""

    plan: Plan
    stuck: tuple[tuple[EntityId, str], ...] = ()
    breaches: dict[str, Breach] = field(default_factory=dict)
    """Caps that kept turns from beginning."""
    picked: tuple[Picked, ...] = ()
    """What the plan picked."""


async def dispatch(desk: Desk) -> datetime | None:
    """Begin the turns that are due; when to ask again by the clock, if by the clock alone anything will change."""
    at = desk.session.ports.clock.now()
    choice = await desk.session.ports.store.transact(lambda work: choose(desk, work, at))
    for issue, why in choice.stuck:
        await ask_how_to_go_on(desk, issue, why)
    await ask_about_caps(desk, choice.breaches)
    await _begin(desk, choice.picked)
    later = at + ASK_AGAIN if choice.plan.held or choice.plan.picks else None
    return min((each for each in (choice.plan.again_at, later) if each is not None), default=None)


def choose(desk: Desk, work: UnitOfWork, at: datetime) -> Choice:
    """Which turns begin at *at*."""
    settings = desk.ports.settings()
    agents = tuple(work.agents())
    if not agents:
        return Choice(plan=Plan())
    live, limits = work.runs.live(), limits_of(settings.agents)
    look_for_missing(desk, work, {agent.engine for agent in agents})
    candidates: list[Candidate] = []
    stuck: list[tuple[EntityId, str]] = []
    hands = free_hands(agents, live, limits)
    ways = Ways(assets=desk.ports.assets, commands=settings.commands)
    for issue, found in asked(work, ways, hands, at, settings.workspace.start_after):
        if isinstance(found, Candidate):
            candidates.append(found)
        elif found.stuck:
            stuck.append((issue.id, found.why))
    purse = Purse(work, settings.budget, at)
    plan = schedule(candidates, agents, live, limits, at, why_not_now(work, settings, at, purse))
    picked = tuple(each for pick in plan.picks for each in _picked(work, pick))
    return Choice(plan=plan, stuck=tuple(stuck), breaches=purse.breaches, picked=picked)


def _picked(work: UnitOfWork, pick: Pick) -> Iterator[Picked]:
    issue, known = work.issue(pick.issue), work.work(pick.issue)
    if issue is not None:
        heard = last_heard(work, issue.id, pick.agent.name, known.session) if known is not None else None
        yield Picked(pick=pick, issue=issue, known=known, since=heard.seen if heard is not None else None)


def why_not_now(
    work: UnitOfWork, settings: Config, at: datetime, purse: Purse
) -> Callable[[Issue, Agent], str | None]:
    """Says why an agent may not begin a turn at *at*, though it is free: its engine rests, the money is spent, or what
    it makes could not be taken.
    """
    resting = Resting(work, at, settings.commands)
    slip = why_none_could_submit(settings)

    def why(issue: Issue, agent: Agent) -> str | None:
        return slip or resting.why_not_work(agent) or purse.why_not(issue, agent)

    return why


def limits_of(settings: AgentSettings) -> Limits:
    """The limits as the settings write them."""
    return Limits(
        running=settings.max_running,
        roles=dict(_counts(settings.roles)),
        engines=dict(_counts(settings.engines)),
    )


def _counts(written: Sequence[str]) -> Iterator[tuple[str, int]]:
    for each in written:
        name, _, number = each.partition("=")
        if number.strip().isdigit():
            yield name.strip(), int(number)


async def _begin(desk: Desk, picked: Sequence[Picked]) -> None:
    """Write down which turns begin. Where one may not after all, the next round sees why."""
    if not picked:
        return
    grounds = await desk.session.run(lambda: [_ground_or_why(desk, each) for each in picked])
    starts: list[Callable[[Door], Commands]] = []
    for each, found in zip(picked, grounds, strict=True):
        if isinstance(found, CloneFailed):
            await ask_how_to_go_on(desk, each.issue.id, str(found))
        else:
            starts.append(partial(_start, desk, each.pick, found))
    await desk.plan_each(starts)


def _ground_or_why(desk: Desk, picked: Picked) -> _Ground | CloneFailed:
    known = picked.known
    try:
        if known is None:
            return _new_ground(desk, picked.issue)
        arrived = desk.ports.people.arrived(clone_of(desk, known), picked.since, MOST_ARRIVALS)
        return _Ground(branch=known.branch, base=known.base, arrived=arrived)
    except CloneFailed as failed:
        return failed


def _new_ground(desk: Desk, issue: Issue) -> _Ground:
    """The branch of new work and the commit it begins at. Raises CloneFailed where its name is somebody else's."""
    settings = desk.ports.settings().agents
    tail = slug(issue.title)
    branch = f"dispatchd/{issue.id}-{tail}" if tail else f"dispatchd/{issue.id}"
    if not desk.ports.clones.branch_is_free(branch):
        raise CloneFailed(
            f"the branch {branch} is there already and nobody here made it; rename it (git branch -m {branch} "
            "OTHER), or delete it if it is not needed"
        )
    return _Ground(branch=branch, base=desk.ports.clones.base_for(settings.into, settings.base))


def _start(desk: Desk, pick: Pick, ground: _Ground, door: Door) -> Commands:
    work, branch, base = door.work, ground.branch, ground.base
    known = work.work(pick.issue)
    number = (known.turns if known else 0) + 1
    run = run_id(pick.issue, number)
    same_agent = known is not None and known.agent == pick.agent.name
    delivers: list[Command] = [
        DeliverAnswer(thread=thread.id)
        for thread in work.threads_of(pick.issue)
        if brings_answer(thread, pick.agent.name)
    ]
    heard = results_for(work, pick.agent.name)
    issue = work.issue(pick.issue)
    assets = desk.ports.assets
    way = on_the_way(work, assets, issue, pick.agent.name, branch, base) if issue is not None else OnTheWay()
    most = desk.ports.settings().agents.context_chars
    prompt = heard.before(way.before(prompt_for(work, pick, known, most, ground.arrived)))
    if not desk.contains:
        begin_doubt(work, desk.session.ports.clock.now())
    work.runs.save_progress(RunProgress(run=run, prompt=work.blobs.put(prompt.encode())))
    start = StartRun(
        issue=pick.issue,
        run=run,
        agent=pick.agent.name,
        occasion=pick.due.occasion,
        attempt=pick.due.attempt,
        contained=desk.contains,
        branch=branch,
        base=base,
        session=known.session if known is not None and same_agent else way.session,
        into=way.into,
        told=_what_it_says(work, issue, pick.agent.name),
        seen=ground.arrived.stands if ground.arrived is not None else base,
    )
    return Commands(
        commands=[*_noted(known, ground), start, *way.begins, *delivers, *heard.read], subject=pick.issue
    )


def _what_it_says(work: UnitOfWork, issue: Issue | None, agent: str) -> DocumentDigest | None:
    return work.blobs.put(as_told(work, issue, agent).encode()) if issue is not None else None


def _noted(known: Work | None, ground: _Ground) -> Sequence[Command]:
    """That the branch is made again: people are told before the turn that makes it."""
    told = ground.arrived.made_again if ground.arrived is not None else ""
    return (NoteBranch(issue=known.issue, told=told),) if known is not None and told else ()
