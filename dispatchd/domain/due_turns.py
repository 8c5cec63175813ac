"""Whether the work on an issue asks for a turn of its agent now, which, and if not, what it waits for.

The answer follows from what has happened alone, so that it is the same however often, and after whatever restart, it is
asked. Who starts first, and how many at once, is `scheduling`'s.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatchd.domain.account_limit import limit_ends
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, Work, WorkPhase
from dispatchd.domain.board import Board
from dispatchd.domain.coordination import answers_wanted
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.issue_rules import follows
from dispatchd.domain.starting import obstacles, obstacles_to_going_on
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.domain.wording import listed, one_line

MOST_ATTEMPTS: Final = 3
_MOST_SAID: Final = 200
MOST_IDLE: Final = 2
"""Turns in a row without a question and without a submission, before a person is asked."""
FIRST_BACK_OFF: Final = timedelta(seconds=10)
LONGEST_BACK_OFF: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A turn that may begin. `not_before`: later, where a back-off or a rate limit has to pass first."""

    occasion: Occasion
    attempt: int = 1
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """No turn, and why, as a clause. `stuck`: nothing but a person's word will change that, and none was asked for."""

    why: str
    stuck: bool = False


def due_turn(board: Board, issue: Issue, last: AgentRun | None, threads: Sequence[Thread]) -> Due | Waits:
    """The turn that *issue* asks for. *last* is its newest turn, *threads* those about it, oldest first."""
    work = board.work(issue.id)
    if last is not None and last.is_live:
        return Waits(why=f"{last.agent} works on it")
    if issue.status in {IssueStatus.QUEUED, IssueStatus.ASSIGNED}:
        standing = obstacles(board, issue)
        return Waits(why=standing[0]) if standing else Due(occasion=Occasion.BEGIN)
    if work is None:
        lets = "queued" if follows(issue.status, IssueStatus.QUEUED, for_people=True) else "queued!"
        return Waits(
            why=f'no agent has worked on it; "{lets}" lets one begin ({issue.id} is "{issue.status}")'
        )
    if issue.status not in {IssueStatus.IN_PROGRESS, IssueStatus.BLOCKED}:
        return Waits(why=f'it is "{issue.status}"')
    standing = obstacles_to_going_on(board, issue)
    if standing:
        return Waits(why=standing[0])
    return _next(board, issue, work, last, threads)


def _next(
    board: Board, issue: Issue, work: Work, last: AgentRun | None, threads: Sequence[Thread]
) -> Due | Waits:
    if issue.assignee is None:
        return Waits(why="it is nobody's: write assignee: NAME")
    if last is None or issue.assignee != work.agent:
        return Due(occasion=Occasion.BEGIN)
    asked = open_question(threads, work.agent)
    answered = any(brings_answer(each, work.agent) for each in threads)
    if answered:
        return Due(occasion=Occasion.ANSWER)
    if asked is not None:
        return Waits(why=f"it waits for an answer to {asked.id}")
    if work.phase is WorkPhase.BOUNCED:
        return Due(occasion=Occasion.BOUNCE)
    if issue.status is IssueStatus.BLOCKED:
        return Waits(why="it is blocked, and no question about it is open")
    wanted = answers_wanted(board, issue.id)
    open_ones = [each.id for each in wanted if not each.status.is_final]
    if open_ones:
        return Waits(why=f"it waits for the answer of {listed(open_ones, 'and')}")
    return _after(last, work, MOST_IDLE + len(wanted))


def open_question(threads: Sequence[Thread], agent: str) -> Thread | None:
    """The newest of *threads*, oldest first, whose answer the work of *agent* waits for."""
    return next((each for each in reversed(threads) if each.awaits_answer and _is_theirs(each, agent)), None)


def brings_answer(thread: Thread, agent: str) -> bool:
    """Whether *thread* has been answered and *agent* has not heard it yet."""
    is_answered = thread.status is ThreadStatus.ANSWERED and not thread.delivered and not thread.removed
    return is_answered and _is_theirs(thread, agent)


def _is_theirs(thread: Thread, agent: str) -> bool:
    """Begun by the agent, or by the daemon because the agent cannot go on by itself."""
    return thread.sender == agent or thread.cause.startswith(STUCK)


PROTECTED: Final = "protected:"
"""What the cause of a thread begins with that asks for leave to merge work on protected paths; the issue follows."""
STUCK: Final = "stuck:"


def stuck_cause(issue_id: EntityId) -> str:
    """What makes the thread unique that asks how an issue is to go on."""
    return f"{STUCK}{issue_id}"


def _after(last: AgentRun, work: Work, most_idle: int) -> Due | Waits:
    """What follows a turn that asked nothing of people and submitted nothing. What it asked of others lets it go on
    once more for each.
    """
    outcome = last.outcome
    if outcome is RunOutcome.OK:
        if work.idle >= most_idle:
            said = one_line(last.said)[:_MOST_SAID].rstrip(".")  # it stands in a sentence that ends itself
            why = "its turns end without a question and without work to look at"
            why += f"; it said last: “{said}”" if said else ""
            return Waits(why=last.trouble or why, stuck=True)
        return Due(occasion=Occasion.GO_ON)
    if outcome is None or outcome is RunOutcome.CANCELLED:
        return Due(
            occasion=Occasion.GO_ON
        )  # whoever stopped it holds the work as well, where it is not to go on
    if work.let_go and outcome is not RunOutcome.RATE_LIMITED:
        return Due(occasion=Occasion.RETRY)  # a person has said so since, who may have mended what was wrong
    if not outcome.may_be_tried_again:
        return Waits(why=last.said or f"its turn ended: {outcome}", stuck=True)
    if not outcome.uses_an_attempt:
        not_before = limit_ends(last) if outcome is RunOutcome.RATE_LIMITED else None
        return Due(occasion=Occasion.RETRY, attempt=last.attempt, not_before=not_before)
    if last.attempt >= MOST_ATTEMPTS:
        return Waits(why=f"{last.attempt} attempts at its turn broke off", stuck=True)
    ended = last.ended or last.started
    return Due(occasion=Occasion.RETRY, attempt=last.attempt + 1, not_before=ended + back_off(last))


def back_off(last: AgentRun) -> timedelta:
    """How long to wait after *last* broke off: twice as long each time, a little apart for each run."""
    doublings: int = 1 << (last.attempt - 1)
    wait = min(FIRST_BACK_OFF * doublings, LONGEST_BACK_OFF)
    apart = sum(last.id.encode()) % 100 / 400  # up to a quarter, so that many do not come back at once
    return min(wait * (1 + apart), LONGEST_BACK_OFF)
