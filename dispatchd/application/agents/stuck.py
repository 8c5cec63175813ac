"""Work that cannot go on without a person's word: one thread for each issue asks how, and does what it is told."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import Work, WorkPhase
from dispatchd.domain.command import Command, DeliverAnswer, MoveIssue
from dispatchd.domain.due_turns import STUCK, stuck_cause
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Finding
from dispatchd.domain.flow_command import AnswerFinding
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import HoldWork
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from dispatchd.domain.wording import one_line
from dispatchd.domain.work_rules import may_be_handed_in

AGAIN: Final = "Try again"
LEAVE: Final = "Leave it to me"
WAIVE: Final = "Waive the findings"
_MOST_TOLD: Final = 5
_TO_BEGIN: Final = (IssueStatus.QUEUED, IssueStatus.ASSIGNED)
_CHOICE: Final = (
    "*" + AGAIN + "* {again}. *" + LEAVE + "* stops work on the issue until `dispatchd agent start {issue}`."
)
_BY_HAND: Final = "Finished by you, with your commits on that branch? `status: awaiting_review` in the issue hands in what stands there."
_CHOICE_BEFORE: Final = (
    f"It begins by itself once that is put right; *{AGAIN}* does not wait for the next look. *{LEAVE}* takes the issue "
    "out of the queue; `dispatchd agent start {issue}` puts it back."
)
_TURN: Final = "gives the agent another turn"
_MERGE: Final = "has it merged once more; so has the daemon, now and then, after all others"

_OR_WAIVE: Final = (
    f"*{WAIVE}* says that nothing has to be done about any of them, and gives the agent another turn; "
    '`dispatchd agent waive {issue} NUMBER "WHY"` says so of one.'
)


async def ask_how_to_go_on(desk: Desk, issue_id: EntityId, why: str) -> None:
    """Ask people how the work on an issue is to go on; nothing where that is asked already."""
    if await desk.session.ports.store.transact(lambda work: work.open_thread_about(stuck_cause(issue_id))):
        return
    at = desk.session.ports.clock.now()

    def ask(door: Door) -> Plan:
        open_once(door, _notice(door.work, issue_id, why), at)
        return Plan(commands=[], subject=issue_id)

    await desk.plan(ask)


def _notice(work: UnitOfWork, issue_id: EntityId, why: str) -> Notice:
    issue = work.issue(issue_id)
    made = work.work(issue_id)
    found = _open_findings(made)
    stands = "does not go on by itself" if made is not None else "cannot begin"
    lines = [f"The work on {issue_id} {stands}: {why}."]
    if made is not None:
        lines += where_it_stands(made, _MOST_TOLD)
    if found:
        lines += ["", "What a reviewer found, and nobody has answered:", ""]
        lines += [f"{each.number}. {each.severity}: {one_line(each.text)}" for each in found[:_MOST_TOLD]]
    submitted = made is not None and made.phase is WorkPhase.SUBMITTED
    choice = _CHOICE if made is not None else _CHOICE_BEFORE
    lines += ["", choice.format(issue=issue_id, again=_MERGE if submitted else _TURN)]
    if found:
        lines.append(_OR_WAIVE.format(issue=issue_id))
    if made is not None and issue is not None and may_be_handed_in(issue, made):
        lines += ["", _BY_HAND]
    return Notice(
        cause=stuck_cause(issue_id),
        title=f"{issue.title if issue else issue_id}: how is it to go on?",
        text="\n".join(lines),
        kind=ThreadKind.ESCALATION,
        subject=issue_id,
        options=(AGAIN, WAIVE, LEAVE) if found else (AGAIN, LEAVE),
    )


def where_it_stands(made: Work, most: int) -> list[str]:
    """Its branch, if there is one, and the last lines of its story, at *most* so many."""
    there = "What there is stands on the branch" if made.has_branch else "Nothing stands yet on the branch"
    said = [f"- {each.text}" for each in made.story[-most:]]
    return ["", f"{there} `{made.branch}`. What happened last:", "", *said]


def _open_findings(made: Work | None) -> Sequence[Finding]:
    """What the phase that the work stands in has to answer still."""
    return made.flow.open_findings(made.flow.phase) if made is not None and made.flow is not None else ()


async def do_as_told(desk: Desk) -> None:
    """Hold the work that a person has taken over; *Try again* is seen when turns are chosen, and by the merge queue."""
    await _waive(desk)
    for told in await desk.session.ports.store.transact(_left_to_people):
        await desk.act(*told)
    for thread in await desk.session.ports.store.transact(_to_be_merged_again):
        await desk.act(DeliverAnswer(thread=thread))


def is_left_to_people(work: UnitOfWork, issue_id: EntityId) -> bool:
    """Whether a person has taken the work over, and it is not held yet."""
    return any(
        each.cause == stuck_cause(issue_id) and _is_told(each, LEAVE) for each in work.threads_of(issue_id)
    )


async def _waive(desk: Desk) -> None:
    """Waive what stands open, in the name of whoever said so. The next turn begins by the same answer."""
    for thread, waived in await desk.session.ports.store.transact(_to_be_waived):
        plan = Plan(commands=waived, subject=waived[0].issue)
        with suppress(Rejected):  # it was answered or taken back meanwhile
            await desk.act_for(thread.turns[-1].by, plan)


def _to_be_waived(work: UnitOfWork) -> list[tuple[Thread, Sequence[AnswerFinding]]]:
    found: list[tuple[Thread, Sequence[AnswerFinding]]] = []
    for thread, issue in _told(work, WAIVE):
        waived = [
            AnswerFinding(issue=issue, number=each.number, answer=f"Waived in {thread.id}.", word=thread.id)
            for each in _open_findings(work.work(issue))
        ]
        found += [(thread, waived)] if waived else []
    return found


def _left_to_people(work: UnitOfWork) -> list[list[Command]]:
    """What each of these answers asks for: work is held; an issue that has not begun is in no queue any more."""
    return [
        [*_laid_down(work, issue), DeliverAnswer(thread=thread.id)] for thread, issue in _told(work, LEAVE)
    ]


def _laid_down(work: UnitOfWork, issue_id: EntityId) -> list[Command]:
    if work.work(issue_id) is not None:
        return [HoldWork(issue=issue_id, held=True)]
    issue = work.issue(issue_id)
    is_queued = issue is not None and issue.status in _TO_BEGIN and not issue.removed
    return [MoveIssue(issue=issue_id, to=IssueStatus.UNASSIGNED)] if is_queued else []


def _to_be_merged_again(work: UnitOfWork) -> list[EntityId]:
    """What people have answered of work whose next step is a merge: no turn takes the answer up."""
    found = [(thread.id, work.work(issue)) for thread, issue in _told(work, AGAIN)]
    return [thread for thread, made in found if made is not None and made.phase is WorkPhase.SUBMITTED]


def _told(work: UnitOfWork, chosen: str) -> list[tuple[Thread, EntityId]]:
    """The threads about work that were answered so, and of which nothing has come yet, with their issues."""
    return [
        (thread, thread.issue)
        for thread in work.entities(EntityKind.THREAD)
        if isinstance(thread, Thread)
        and thread.cause.startswith(STUCK)
        and _is_told(thread, chosen)
        and thread.issue is not None
    ]


def _is_told(thread: Thread, chosen: str) -> bool:
    return thread.status is ThreadStatus.ANSWERED and not thread.delivered and thread.chosen == chosen
