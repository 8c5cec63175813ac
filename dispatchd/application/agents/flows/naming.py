"""An issue that names a workflow which cannot be followed is answered at that line, and the answer goes with its cause.

Nothing is refused: the line counts, and that is why nothing begins. Without it the work would go through no phases at all.
"""

from collections.abc import Collection, Iterator
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.assets import Assets
from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.application.workflows import is_workflow, known_names, no_workflow, workflow_in_force
from dispatchd.domain.event import subject_of
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.reconcile.places import KEY

WORKFLOW_KEY: Final = f"{KEY}workflow"
_MOST: Final = 200
"""Events that are looked at one by one."""


async def answer_workflow_lines(desk: Desk, since: int = -1) -> None:
    """Write the answers that are missing, and take back those that are over, by what has happened *since*."""
    wanted = await desk.session.ports.store.transact(lambda work: _wanted(work, desk.ports.assets, since))
    if wanted:
        await desk.plan(lambda door: _answer(door, wanted, desk))


def _wanted(work: UnitOfWork, assets: Assets, since: int) -> dict[EntityId, str]:
    """What should be said, by issue, where something else is said now; empty where nothing is to be said."""
    said = {each.subject: each.what for each in work.problems.all() if each.anchor == WORKFLOW_KEY}
    found: dict[EntityId, str] = {}
    for issue in _concerned(work, said, since):
        is_named = issue.workflow is not None and not issue.status.is_final and not issue.removed
        why = _why_not(work, assets, issue.workflow) if is_named and issue.workflow is not None else ""
        if why != said.get(issue.id, ""):
            found[issue.id] = why
    return found


def _concerned(work: UnitOfWork, said: Collection[str], since: int) -> Iterator[Issue]:
    """The issues of which something has happened; all that are open where that is a workflow's file, or very much."""
    newest = work.history.newest(1)
    many = newest[0][0].position - since if newest else 0
    subjects = {subject_of(each.event) for each, _ in work.history.newest(min(many, _MOST))}
    if since < 0 or many > _MOST or any(is_workflow(each) for each in subjects):
        yield from work.issues_in([each for each in IssueStatus if not each.is_final])
        subjects = set()
    for subject in sorted({*subjects, *said}):
        issue = work.issue(EntityId(subject)) if subject.startswith("i-") else None
        if issue is not None:
            yield issue


def _why_not(work: UnitOfWork, assets: Assets, name: str) -> str:
    names = known_names(work, assets)
    if name not in names:
        problem = no_workflow(name, names)
        return f"{problem.what}. {problem.hint}"
    found = workflow_in_force(work, assets, name)
    return f"Nothing begins: {found}" if isinstance(found, str) else ""


def _answer(door: Door, wanted: dict[EntityId, str], desk: Desk) -> Plan:
    at = desk.session.ports.clock.now()
    for subject, why in wanted.items():
        record = door.work.documents.of(subject)
        if record is None:
            continue
        left = [each for each in door.work.problems.of(subject) if each.anchor != WORKFLOW_KEY]
        said = ProblemRecord(
            subject=subject, path=record.path, anchor=WORKFLOW_KEY, what=why, refusal=True, since=at
        )
        door.work.problems.replace(subject, [*left, said] if why else left)
        door.touched.setdefault(subject, by_daemon(at))
    return Plan(commands=[])
