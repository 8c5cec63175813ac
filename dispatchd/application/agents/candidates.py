"""Which issues are worth asking whether their turn is due: work that has begun, and of what waits to begin the most
urgent that somebody free could take.

In a workspace of ten thousand issues nearly all are asked nothing. `why` adds the issue that it is about.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from dispatchd.application.agents.account_limits import as_lifted
from dispatchd.application.agents.flows.turns import Ways, turn_for
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import Due, Waits, due_turn
from dispatchd.domain.issue import Issue, IssueStatus, Role
from dispatchd.domain.scheduling import Candidate, Limits

COMPARED: Final = 24
"""Of the issues that may begin now, so many at most are compared by what waits on them. They are the most urgent and
of these the oldest."""
MOST_FRESH: Final = 512
"""So many whose files were saved just now are looked at, to know when to look again."""
MOST_FOLLOWED: Final = 64
UNCLEAR: Final = (
    "its line depends_on was refused: put it right as its comment says, or take the refused name out"
)
TO_BEGIN: Final = (IssueStatus.ASSIGNED, IssueStatus.QUEUED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Who could begin something now: agents by name, and their roles. None where the limit is reached."""

    names: frozenset[str]
    roles: frozenset[str]

    def can_take(self, issue: Issue) -> bool:
        """Whether one of them could begin *issue*, as its workflow asks for it."""
        if issue.assignee is not None:
            return issue.assignee in self.names
        return (issue.role or Role.CODER) in self.roles


def free_hands(agents: Sequence[Agent], live: Sequence[AgentRun], limits: Limits) -> Hands:
    """Those of *agents* that run nothing and are not paused."""
    busy = {run.agent for run in live}
    free = [agent for agent in agents if agent.name not in busy and not agent.paused]
    if len(live) >= limits.running:
        free = []
    return Hands(names=frozenset(each.name for each in free), roles=frozenset(each.role for each in free))


def asked(
    work: UnitOfWork, ways: Ways, hands: Hands, at: datetime, start_after: timedelta
) -> Iterator[tuple[Issue, Candidate | Waits]]:
    """Every issue whose work has begun and may go on, then those that may begin, with the turn each asks for."""
    for issue in work.issues_at_work():
        yield issue, candidate(work, ways, issue, start_after)
    if not hands.names:
        return
    for state in TO_BEGIN:
        found = fresh = 0
        for issue in work.issues_that_may_begin(state, hands.names, hands.roles):
            one = candidate(work, ways, issue, start_after)
            yield issue, one
            if isinstance(one, Candidate) and hands.can_take(one.issue):
                is_fresh = one.quiet_at is not None and one.quiet_at > at
                found, fresh = found + (not is_fresh), fresh + is_fresh
            if found >= COMPARED or fresh >= MOST_FRESH:
                break


def due_of(work: UnitOfWork, issue: Issue) -> Due | Waits:
    """The turn that *issue* asks for at this moment."""
    runs = work.runs.of_issue(issue.id)
    last = as_lifted(work, runs[-1]) if runs else None
    return due_turn(work, issue, last, tuple(work.threads_of(issue.id)))


def candidate(work: UnitOfWork, ways: Ways, issue: Issue, start_after: timedelta) -> Candidate | Waits:
    """*issue* as the scheduler compares it, in the phase it stands in, or what it waits for."""
    turn = turn_for(work, ways, issue, due_of(work, issue))
    if isinstance(turn.due, Waits):
        return turn.due
    if turn.due.occasion is Occasion.BEGIN and _names_nothing(work, issue):
        return Waits(why=UNCLEAR)
    quiet_at = _quiet_at(work, issue, turn.due, start_after)
    chain = work.chain_behind(issue.id, MOST_FOLLOWED)
    return Candidate(issue=turn.issue, due=turn.due, chain=chain, quiet_at=quiet_at, barred=turn.barred)


def _names_nothing(work: UnitOfWork, issue: Issue) -> bool:
    """Whether its line of what it waits for was refused: begun without that, it would do what was to come later."""
    return any(each.refusal and each.anchor == "key:depends_on" for each in work.problems.of(issue.id))


def _quiet_at(work: UnitOfWork, issue: Issue, due: Due, start_after: timedelta) -> datetime | None:
    """When the issue's file will have been left alone for long enough; only work that begins waits for that."""
    if due.occasion is not Occasion.BEGIN or work.work(issue.id) is not None:
        return None
    record = work.documents.of(issue.id)
    if record is None or record.stamp is None:
        return None
    return datetime.fromtimestamp(record.stamp.mtime_ns / 1e9, tz=UTC) + start_after
