"""What people hand in: who writes `awaiting_review` into an issue submits what stands on the branch of its work.

It is how somebody who has finished an agent's work by hand puts it before the same checks and the same merge.
"""

from contextlib import suppress

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.ending import clone_of
from dispatchd.application.intake import Plan
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.ports.work_clones import CloneFailed
from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent_run import Work
from dispatchd.domain.command import DismissThread
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.due_turns import stuck_cause
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import IssueMoved
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import SubmitWork
from dispatchd.domain.thread import Thread
from dispatchd.domain.work_rules import IN_THE_MAKING, may_be_handed_in


@dataclass(frozen=True, slots=True, kw_only=True)
class _HandedIn:
    """`asked`: the question how it is to go on, which is answered by that."""

    work: Work
    by: Actor
    asked: Thread | None


async def take_what_people_hand_in(desk: Desk) -> None:
    """Submit it, in the name of whoever said so; nothing where nobody has put anything on the branch."""
    for found in await desk.session.ports.store.transact(_handed_in):
        head = await desk.session.run(lambda: _head(desk, found.work))  # noqa: B023 -- awaited here
        if head is None or head == found.work.base:
            continue
        taken = SubmitWork(issue=found.work.issue, commit=head, summary="")
        answered = [DismissThread(thread=found.asked.id)] if found.asked is not None else []
        plan = Plan(commands=[taken, *answered], subject=found.work.issue)
        with suppress(Rejected):  # it is no person's word, or something has happened meanwhile
            await desk.act_for(found.by, plan)


def _handed_in(work: UnitOfWork) -> list[_HandedIn]:
    made_so_far = work.runs.works_of_issues_in(IssueStatus.AWAITING_REVIEW, IN_THE_MAKING)
    found = ((work.issue(made.issue), made) for made in made_so_far)
    return [
        _HandedIn(work=made, by=mover, asked=work.open_thread_about(stuck_cause(issue.id)))
        for issue, made in found
        if issue is not None and may_be_handed_in(issue, made) and work.live_run(issue.id) is None
        if (mover := _who_moved(work, issue.id)) is not None and mover.kind is ActorKind.HUMAN
    ]


def _who_moved(work: UnitOfWork, issue_id: EntityId) -> Actor | None:
    """Who has brought the issue where it is."""
    moves = (each for each in reversed(work.history.about(issue_id)) if isinstance(each.event, IssueMoved))
    last = next(moves, None)
    return last.circumstance.actor if last is not None else None


def _head(desk: Desk, made: Work) -> str | None:
    """The commit at which the branch stands in the repository, or None: then the merge queue has nothing to take."""
    try:
        return desk.ports.people.stands(clone_of(desk, made))
    except CloneFailed:
        return None
