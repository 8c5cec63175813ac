"""Answers at a gate, or where a phase may begin no more, that cannot count yet: the issue is blocked, or its work is held.

They count as soon as that is over. Until then the issue says so, once for each, because nothing else would.
"""

from collections.abc import Callable, Iterator

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.standing import Standing, standing
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import Work, WorkPhase
from dispatchd.domain.flow import FlowState
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.steering_command import AddComment
from dispatchd.domain.thread import Thread

_PEOPLES = (FlowState.GATE, FlowState.ESCALATED, FlowState.WORKING)
_WAITS = "“{said}” was said to “{title}”, and waits: {why}. It counts then, without another word."


async def say_what_waits(
    desk: Desk, cause: Callable[[Standing], str | None], answered: Callable[[list[Thread]], Thread | None]
) -> None:
    """Tell of each answer that waits; *cause* is that of the question which is asked, *answered* finds its answer."""
    for told in await desk.session.ports.store.transact(
        lambda work: list(_told(work, desk, cause, answered))
    ):
        await desk.act(told)


def _told(
    work: UnitOfWork,
    desk: Desk,
    cause: Callable[[Standing], str | None],
    answered: Callable[[list[Thread]], Thread | None],
) -> Iterator[AddComment]:
    for made in work.runs.works([WorkPhase.WORKING]):
        if made.flow is None or made.flow.state not in _PEOPLES:
            continue
        issue = work.issue(made.issue)
        why = _why_it_waits(issue, made) if issue is not None and not issue.removed else ""
        at = standing(work, desk.ports.assets, issue) if issue is not None and why else None
        if issue is None or not isinstance(at, Standing):
            continue
        asked = cause(at)
        answer = answered([each for each in work.threads_of(issue.id) if asked and each.cause == asked])
        if answer is None:
            continue
        text = _WAITS.format(said=answer.chosen, title=answer.title, why=why)
        if not any(each.text == text for each in issue.comments):
            yield AddComment(issue=issue.id, text=text)


def _why_it_waits(issue: Issue, made: Work) -> str:
    if issue.status.is_final:
        return ""
    if made.held:
        return f"the work on {issue.id} is held (`dispatchd agent start {issue.id}` lets it go on)"
    if issue.status is IssueStatus.IN_PROGRESS:
        return ""
    return f'{issue.id} is "{issue.status}" (`status: in_progress` lets it go on)'
