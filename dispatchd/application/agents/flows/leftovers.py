"""Questions of a workflow that nobody waits for any more: its work has gone on, or goes another way.

An answer to one counts for nothing, because what is asked now is something else. So they are closed, and say why; what
was answered too late is told to whoever said it.
"""

from collections.abc import Callable, Iterator

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.standing import Standing, standing
from dispatchd.application.intake import Plan
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.command import AnswerThread, Command, DeliverAnswer, DismissThread
from dispatchd.domain.flow import QUESTIONS
from dispatchd.domain.issue import Issue
from dispatchd.domain.steering_command import AddComment
from dispatchd.domain.thread import Thread, ThreadStatus

Cause = Callable[[Standing], str | None]
"""What is asked where an issue stands, if anything is."""
_GONE_ON = "This is not asked any more: the work on {issue} has gone on, or another way, or is over."
_COUNTS_FOR_NOTHING = (
    "“{said}” was said to “{title}” when that was not asked any more, so it counts for nothing."
)


async def close_what_is_not_asked(desk: Desk, cause: Cause) -> None:
    """Close the questions of workflows that are not the one that is asked now."""
    over = await desk.session.ports.store.transact(lambda work: list(_over(work, desk, cause)))
    for issue, _ in over:
        await desk.plan(
            lambda door: Plan(
                commands=[
                    each
                    for about, thread in _over(door.work, desk, cause)
                    if about.id == issue.id  # noqa: B023 -- awaited here
                    for each in _closing(about, thread)
                ],
                subject=issue.id,  # noqa: B023
            )
        )


def _over(work: UnitOfWork, desk: Desk, cause: Cause) -> Iterator[tuple[Issue, Thread]]:
    for made in work.runs.works([WorkPhase.WORKING, WorkPhase.SUBMITTED, WorkPhase.BOUNCED]):
        threads = [each for each in work.threads_of(made.issue) if _is_pending(each)]
        issue = work.issue(made.issue) if threads else None
        if issue is None or issue.removed:
            continue
        at = standing(work, desk.ports.assets, issue)
        if isinstance(at, str):
            continue  # its workflow cannot be read: what was asked may stand again tomorrow
        now = cause(at) if at is not None and not issue.status.is_final else None
        yield from ((issue, each) for each in threads if each.cause != now)


def _is_pending(thread: Thread) -> bool:
    if not thread.cause.startswith(QUESTIONS) or thread.removed:
        return False
    late = thread.status is ThreadStatus.ANSWERED and not thread.delivered
    return late or thread.status is ThreadStatus.OPEN


def _closing(issue: Issue, thread: Thread) -> Iterator[Command]:
    if thread.status is ThreadStatus.OPEN:
        yield AnswerThread(thread=thread.id, text=_GONE_ON.format(issue=issue.id))
        yield DismissThread(thread=thread.id)
    else:
        said = thread.chosen or thread.turns[-1].text.strip().partition("\n")[0]
        yield AddComment(issue=issue.id, text=_COUNTS_FOR_NOTHING.format(said=said, title=thread.title))
        yield DeliverAnswer(thread=thread.id)
