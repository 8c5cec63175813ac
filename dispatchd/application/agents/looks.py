"""What people ask about agents at work: why an issue does not begin or go on, what was done and spent.

It reads one moment and changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from dispatchd.application.agents.candidates import asked, candidate, free_hands
from dispatchd.application.agents.caps import Purse
from dispatchd.application.agents.dispatching import limits_of, why_not_now
from dispatchd.application.agents.flows.turns import Ways
from dispatchd.application.agents.in_hand import is_next, why_in_hand
from dispatchd.application.agents.money import day_limit, day_of
from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import handle_of, issue_if_named
from dispatchd.documents.config_values import Config
from dispatchd.domain.agent_run import AgentRun, Happening, RunId, RunOutcome, Spent, Work, WorkPhase
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import STUCK, Waits, open_question, stuck_cause
from dispatchd.domain.flow import QUESTIONS
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.scheduling import Candidate, schedule

_ASKED: Final = (STUCK, *QUESTIONS)
"""What the cause of a question of ours begins with on which work waits."""
_AT_WORK: Final = (IssueStatus.IN_PROGRESS, IssueStatus.BLOCKED)
_NO_TROUBLE: Final = frozenset({RunOutcome.OK, RunOutcome.INTERRUPTED, RunOutcome.CANCELLED})
"""Ends that the agent reached, or that people told it to reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why the work on an issue stands where it stands, in a clause. `starts`: nothing holds it."""

    issue: Issue
    why: str
    starts: bool = False


def why(
    work: UnitOfWork,
    assets: Assets,
    config: Config,
    issue: Issue,
    at: datetime,
    merging_waits: Callable[[], str] = str,
) -> Why:
    """What the scheduler would say of *issue* now; *merging_waits* says for what the merge queue waits, if it does."""
    if issue.status.is_final:
        return Why(issue=issue, why=f'it is "{issue.status}"')
    standing = why_in_hand(work, config, issue)
    if standing:
        return Why(issue=issue, why=(merging_waits() if is_next(work, config, issue) else "") or standing)
    ways = Ways(assets=assets, commands=config.commands)
    mine = candidate(work, ways, issue, config.workspace.start_after)
    if isinstance(mine, Waits):
        return Why(issue=issue, why=mine.why)
    live, limits, agents = work.runs.live(), limits_of(config.agents), tuple(work.agents())
    start_after = config.workspace.start_after
    others = (
        found
        for each, found in asked(work, ways, free_hands(agents, live, limits), at, start_after)
        if isinstance(found, Candidate) and each.id != issue.id
    )
    rests = why_not_now(work, config, at, Purse(work, config.budget, at))
    plan = schedule([mine, *others], agents, live, limits, at, rests)
    pick = next((pick for pick in plan.picks if pick.issue == issue.id), None)
    if pick is None:
        asked_about = work.open_thread_about(stuck_cause(issue.id))
        says = f"; {asked_about.id} says why it could not begin before" if asked_about is not None else ""
        return Why(issue=issue, why=plan.held.get(issue.id, "it waits for its turn") + says)
    return _begins(work, issue, pick.agent.name)


def _begins(work: UnitOfWork, issue: Issue, agent: str) -> Why:
    if work.work(issue.id) is not None:
        return Why(issue=issue, why=f"{agent} goes on with it now", starts=True)
    tried = work.open_thread_about(stuck_cause(issue.id))
    if tried is not None:
        return Why(issue=issue, why=f"it could not begin, and is tried again; {tried.id} says why")
    told = f"{agent} takes it as soon as its file has been left alone for start_after"
    return Why(issue=issue, why=told, starts=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentUse:
    """What one agent has done and used: how many turns, how many ended well, how long they took together."""

    agent: str
    turns: int
    well: int
    seconds: float
    spent: Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """`limit` is what may be spent today, in millionths of a dollar; None: no limit."""

    since: datetime
    agents: tuple[AgentUse, ...]
    total: Spent
    today: int
    limit: int | None


def usage(work: UnitOfWork, config: Config, since: datetime | None, at: datetime) -> Usage:
    """What agents have used since *since*, or since the day began."""
    begin = since or day_of(at)
    runs = work.runs.ended_since(begin)
    names = sorted({run.agent for run in runs})
    return Usage(
        since=begin,
        agents=tuple(_use(name, [run for run in runs if run.agent == name]) for name in names),
        total=_sum(runs),
        today=work.runs.spent_since(day_of(at)).micros or 0,
        limit=day_limit(work, config.budget, at),
    )


def _use(name: str, runs: Sequence[AgentRun]) -> AgentUse:
    return AgentUse(
        agent=name,
        turns=len(runs),
        well=sum(run.outcome is RunOutcome.OK for run in runs),
        seconds=sum((run.ended - run.started).total_seconds() for run in runs if run.ended is not None),
        spent=_sum(runs),
    )


def _sum(runs: Sequence[AgentRun]) -> Spent:
    total = Spent()
    for run in runs:
        total = total + run.spent
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of agents' work since a moment: issues merged, submitted, sent back, and turns that went wrong."""

    since: datetime
    merged: tuple[tuple[Issue, str], ...]
    under_way: tuple[tuple[Issue, str], ...]
    cancelled: tuple[tuple[Issue, str], ...]
    """Issues that people took back; that their turns were stopped for it is no trouble."""
    troubles: tuple[tuple[Issue, str], ...]
    turns: int
    outcomes: tuple[tuple[str, int], ...]
    spent: Spent


def report(work: UnitOfWork, since: datetime) -> Report:
    """The report since *since*."""
    runs = work.runs.ended_since(since)
    merged: list[tuple[Issue, Happening]] = []
    under_way: list[tuple[Issue, Happening]] = []
    cancelled: list[tuple[Issue, Happening]] = []
    for made in work.runs.works(list(WorkPhase)):
        issue = work.issue(made.issue)
        last = None if issue is None else _last_of(work, issue, made)
        if issue is None or last is None or last.at < since:
            continue
        if made.phase is WorkPhase.MERGED:
            merged.append((issue, last))
        else:
            (cancelled if issue.status is IssueStatus.CANCELLED else under_way).append((issue, last))
    worst = {run.issue: run for run in runs if run.outcome not in _NO_TROUBLE}
    troubles = [
        (issue, _trouble(run)) for each, run in worst.items() if (issue := work.issue(each)) is not None
    ]
    counts = Counter(str(run.outcome) for run in runs)
    return Report(
        since=since,
        merged=_in_order(merged),
        under_way=_in_order(under_way),
        cancelled=_in_order(cancelled),
        troubles=tuple(troubles),
        turns=len(runs),
        outcomes=tuple(counts.most_common()),
        spent=_sum(runs),
    )


def _in_order(told: list[tuple[Issue, Happening]]) -> tuple[tuple[Issue, str], ...]:
    return tuple((issue, last.text) for issue, last in sorted(told, key=lambda each: each[1].at))


def _last_of(work: UnitOfWork, issue: Issue, made: Work) -> Happening | None:
    """What happened last: of work that waits for an answer, the question, which is no line of its story."""
    told = made.story[-1] if made.story else None
    if issue.status not in {IssueStatus.IN_PROGRESS, IssueStatus.BLOCKED}:
        return told
    asked = open_question(tuple(work.threads_of(issue.id)), made.agent)
    if asked is None or (told is not None and told.at > asked.created):
        return told
    return Happening(at=asked.created, text=f"waits for an answer to {asked.id}: {asked.title}")


def _trouble(run: AgentRun) -> str:
    words = str(run.outcome).replace("_", " ")
    return f"{run.id} {words}: {run.said}" if run.said else f"{run.id} {words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """The turns that were meant, oldest first. `issue`: the one they are about, where one was named."""

    runs: Sequence[AgentRun]
    issue: EntityId | None = None


def turns_of(work: UnitOfWork, typed: str) -> Turns | None:
    """The turns of the issue or the agent that *typed* names, or the one turn; None where nothing is called so.

    Raises Rejected where it could be several issues.
    """
    agent = work.agent(handle_of(typed))
    if agent is not None:
        return Turns(runs=tuple(reversed(work.runs.last_of_agent(agent.name, 20))))
    run = work.run(RunId(typed.strip().lower()))
    if run is not None:
        return Turns(runs=(run,), issue=run.issue)
    issue = issue_if_named(work, typed)
    return None if issue is None else Turns(runs=work.runs.of_issue(issue.id), issue=issue.id)


def questions_that_hold(work: UnitOfWork, typed: str) -> Sequence[tuple[EntityId, str]]:
    """The open questions without whose answer no turn begins on the issue that *typed* names, newest first: each one's id
    and its file's path in the tree.
    """
    issue = issue_if_named(work, typed)
    made = work.work(issue.id) if issue is not None else None
    if issue is None or made is None or issue.status not in _AT_WORK or work.live_run(issue.id) is not None:
        return ()
    threads = [each for each in work.threads_of(issue.id) if each.awaits_answer]
    asked = [each.id for each in threads[::-1] if each.sender == made.agent or each.cause.startswith(_ASKED)]
    records = [(each, work.documents.of(each)) for each in asked]
    return [(each, record.path) for each, record in records if record is not None]


def held_works(work: UnitOfWork, typed: str) -> Sequence[EntityId]:
    """The issues whose work is held, of the agent or the issue that *typed* names."""
    agent = work.agent(handle_of(typed))
    issue = issue_if_named(work, typed) if agent is None else None
    return [
        made.issue
        for made in work.runs.works([WorkPhase.WORKING, WorkPhase.SUBMITTED, WorkPhase.BOUNCED])
        if made.held
        and (made.agent == agent.name if agent is not None else issue is not None and made.issue == issue.id)
    ]
