"""Work that cannot go on without a person's word: one thread for each issue asks how, and does what it is told."""

from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import Work
from dispatchd.domain.command import DeliverAnswer
from dispatchd.domain.due_turns import STUCK, stuck_cause
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.run_command import HoldWork
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

AGAIN: Final = "Try again"
LEAVE: Final = "Leave it to me"
_MOST_TOLD: Final = 5
_CHOICE: Final = (
    f"*{AGAIN}* gives the agent another turn. *{LEAVE}* stops work on the issue until "
    "`dispatchd agent start {issue}`."
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
    lines = [f"The work on {issue_id} does not go on by itself: {why}."]
    if made is not None:
        lines += where_it_stands(made, _MOST_TOLD)
    lines += ["", _CHOICE.format(issue=issue_id)]
    return Notice(
        cause=stuck_cause(issue_id),
        title=f"{issue.title if issue else issue_id}: how is it to go on?",
        text="\n".join(lines),
        kind=ThreadKind.ESCALATION,
        subject=issue_id,
        options=(AGAIN, LEAVE),
    )


def where_it_stands(made: Work, most: int) -> list[str]:
    """Its branch, if there is one, and the last lines of its story, at *most* so many."""
    there = "What there is stands on the branch" if made.has_branch else "Nothing stands yet on the branch"
    said = [f"- {each.text}" for each in made.story[-most:]]
    return ["", f"{there} `{made.branch}`. What happened last:", "", *said]


async def do_as_told(desk: Desk) -> None:
    """Hold the work that a person has taken over; *Try again* is seen when turns are chosen."""
    told = await desk.session.ports.store.transact(_left_to_people)
    for thread, issue in told:
        await desk.act(HoldWork(issue=issue, held=True), DeliverAnswer(thread=thread))


def _left_to_people(work: UnitOfWork) -> list[tuple[EntityId, EntityId]]:
    return [
        (thread.id, thread.issue)
        for thread in work.entities(EntityKind.THREAD)
        if isinstance(thread, Thread)
        and thread.cause.startswith(STUCK)
        and thread.status is ThreadStatus.ANSWERED
        and not thread.delivered
        and thread.chosen == LEAVE
        and thread.issue is not None
        and work.work(thread.issue) is not None
    ]
