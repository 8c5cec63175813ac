"""Which of the turns that are due start now, under the limits, and why each of the others waits.

By priority, then the length of the chain that waits on the issue, then age. Work that has begun goes before work that
has not: it holds a worktree and a person's answer.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Final

from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import Due
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, Priority, Role
from dispatchd.domain.vote_asking import Ask
from dispatchd.domain.wording import clock_time

_URGENCY: Final = {priority: place for place, priority in enumerate(Priority)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many turns may run at once: in all, of one role, of one engine. A role or an engine not named has no own."""

    running: int
    roles: Mapping[str, int] = field(default_factory=dict)
    engines: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An issue whose turn is due. `chain` is the longest chain of unfinished issues that waits on it."""

    issue: Issue
    due: Due
    chain: int = 0
    quiet_at: datetime | None = None
    """When its file has been left alone for long enough."""
    barred: frozenset[str] = frozenset()
    """Agents that may not take it: they made what is to be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A turn that starts now, by this agent."""

    issue: EntityId
    agent: Agent
    due: Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`held` says for each issue that does not start why; `again_at` is when to ask again by the clock."""

    picks: tuple[Pick, ...] = ()
    held: Mapping[EntityId, str] = field(default_factory=dict)
    again_at: datetime | None = None


def schedule(
    candidates: Iterable[Candidate],
    agents: Sequence[Agent],
    live: Sequence[AgentRun],
    limits: Limits,
    at: datetime,
    budget: Callable[[Issue, Agent], str | None],
) -> Plan:
    """The turns to start at *at*. *budget* says why an agent may not spend on an issue, or None."""
    room = _Room(agents=agents, live=list(live), limits=limits)
    picks: list[Pick] = []
    held: dict[EntityId, str] = {}
    later: list[datetime] = []
    in_order = sorted(candidates, key=_order)
    room.wanted = frozenset(each.issue.assignee for each in in_order if each.issue.assignee is not None)
    for candidate in in_order:
        issue = candidate.issue
        wait = max((each for each in (candidate.due.not_before, candidate.quiet_at) if each), default=None)
        found = room.first_for(candidate, budget)
        why = found if isinstance(found, str) else ""
        if wait is not None and wait > at:
            later.append(wait)
            held[issue.id] = f"it starts after {clock_time(wait, at)}" + (f"; {why}" if why else "")
            continue
        if isinstance(found, str):
            held[issue.id] = found
            continue
        room.take(found, issue.id)
        picks.append(Pick(issue=issue.id, agent=found, due=candidate.due))
    return Plan(picks=tuple(picks), held=held, again_at=min(later, default=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class VotePlan:
    """Who is asked for a vote now; `held` says for each seat of a proposal that is not asked why."""

    asks: tuple[Ask, ...] = ()
    held: Mapping[tuple[EntityId, str], str] = field(default_factory=dict)
    again_at: datetime | None = None


def schedule_votes(
    asks: Iterable[Ask],
    agents: Sequence[Agent],
    live: Sequence[AgentRun],
    limits: Limits,
    at: datetime,
    budget: Callable[[Agent], str | None],
) -> VotePlan:
    """The turns for votes to start at *at*, in the order given: each agent is asked one thing at a time."""
    room = _Room(agents=agents, live=list(live), limits=limits)
    taken: set[str] = set()
    picks: list[Ask] = []
    held: dict[tuple[EntityId, str], str] = {}
    later: list[datetime] = []
    known = {agent.name: agent for agent in agents}
    for ask in asks:
        if ask.not_before is not None and ask.not_before > at:
            later.append(ask.not_before)
            held[ask.proposal, ask.seat] = (
                f"{ask.agent} is asked again after {clock_time(ask.not_before, at)}"
            )
            continue
        agent = known[ask.agent]
        why = f"{agent.name} is asked something else first" if agent.name in taken else room.full(agent)
        why = why or budget(agent)
        if why:
            held[ask.proposal, ask.seat] = why
            continue
        room.take(agent, ask.proposal)
        taken.add(agent.name)
        picks.append(ask)
    return VotePlan(asks=tuple(picks), held=held, again_at=min(later, default=None))


def _order(candidate: Candidate) -> tuple[int, bool, int, datetime, str]:
    issue = candidate.issue
    begins = candidate.due.occasion is Occasion.BEGIN
    return (_URGENCY[issue.priority], begins, -candidate.chain, issue.created, issue.id)


class _Room:
    """The agents and places that are free, fewer with every turn that is picked."""

    def __init__(self, *, agents: Sequence[Agent], live: list[AgentRun], limits: Limits) -> None:
        self.wanted: frozenset[str] = frozenset()
        """Agents by whose name something asks. What anybody may take leaves them to it while somebody else is free."""
        self._agents = {agent.name: agent for agent in agents}
        self._limits = limits
        self._busy = {run.agent: run.issue for run in live}
        self._total = len(live)
        self._engines = Counter(run.engine for run in live)
        self._roles = Counter(self._agents[run.agent].role for run in live if run.agent in self._agents)

    def first_for(self, candidate: Candidate, budget: Callable[[Issue, Agent], str | None]) -> Agent | str:
        """Who takes it: the first of those who could whom no limit keeps from it; or why nobody does."""
        found = self._agents_for(candidate.issue, candidate.barred)
        if isinstance(found, str):
            return found
        first = ""
        for agent in found:
            why = self.full(agent) or budget(candidate.issue, agent)
            if not why:
                return agent
            first = first or why
        return first

    def _agents_for(self, issue: Issue, barred: frozenset[str]) -> Sequence[Agent] | str:
        """Who could take the issue: whom it names, or of those free of the role it wants the first on each engine;
        or why nobody can.
        """
        if issue.assignee is not None:
            named = self._agents.get(issue.assignee)
            if named is None:
                return f"it is {issue.assignee}'s, who is no agent"
            busy_with = self._busy.get(named.name)
            return (named,) if busy_with is None else f"{named.name} works on {busy_with}"
        role = issue.role or Role.CODER
        of_role = [agent for agent in self._agents.values() if agent.role == role]
        awake = [agent for agent in of_role if not agent.paused]
        fit = [agent for agent in awake if agent.name not in barred]
        free = [agent for agent in fit if agent.name not in self._busy]
        if free:
            free.sort(key=lambda agent: (agent.name in self.wanted, not agent.engine))
            by_engine: dict[str, Agent] = {}
            for agent in free:
                by_engine.setdefault(agent.engine, agent)
            return tuple(by_engine.values())
        if awake and not fit:
            return f"every {role} has worked on what is to be judged, or is not to take it"
        if awake:
            return f"every {role} is at work"
        return (
            f"every {role} is paused"
            if of_role
            else f'there is no {role}: lay agents/NAME/agent.md with "role: {role}"'
        )

    def full(self, agent: Agent) -> str | None:
        """Which limit keeps one more turn of this agent from starting."""
        if self._total >= self._limits.running:
            return f"{self._total} agents work, and max_running is {self._limits.running}"
        of_role, of_engine = self._roles[agent.role], self._engines[agent.engine]
        if of_role >= self._limits.roles.get(agent.role, of_role + 1):
            return f"{of_role} of role {agent.role} work, which is the limit"
        if of_engine >= self._limits.engines.get(agent.engine, of_engine + 1):
            return f"{of_engine} on {agent.engine} work, which is the limit"
        return None

    def take(self, agent: Agent, about: EntityId) -> None:
        """One more turn."""
        self._busy[agent.name] = about
        self._total += 1
        self._roles[agent.role] += 1
        self._engines[agent.engine] += 1
