"""What stands still, and why: for others that are not finished, for a person's word, or for a workflow that is not there."""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.application.agents_at_rest import why_held
from dispatchd.application.ports.read_rows import IssueFilter

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import WorkRow

_WANTED: Final = ("queued", "assigned")
_PRIORITIES: Final = ("critical", "high", "medium", "low")


class Other(NamedTuple):
    """What an issue waits for."""

    id: str
    title: str
    path: str


class Held(NamedTuple):  # for others, or for what `why` says
    id: str
    title: str
    waits_on: tuple[Other, ...]
    why: str
    path: str


def held(model: "ReadModel", most: int | None, works: "Mapping[str, WorkRow]") -> Iterator[Held]:
    """What is held: epics first, then issues without a workflow that can be followed, then what waits for others.

    *works* are those on issues that are not merged.
    """
    # Of one state after the other: each is in order already, both together would all be put in order for a few.
    some = (model.issues(IssueFilter(status=(state,), waiting=True, limit=most)) for state in _WANTED)
    waiting = sorted(chain(*some), key=lambda row: (_PRIORITIES.index(row.priority), row.created))
    yield from islice(_standing_epics(model), most)
    blocked = model.issues(IssueFilter(blocked=True, limit=most))
    stuck = without_workflow(model)
    for issue, why in islice(stuck.items(), most):
        found = model.issue(issue)
        if found is not None:
            yield Held(issue, found.issue.title, (), why, found.issue.path or "")
    for row in [each for each in (*blocked, *waiting) if each.id not in stuck][:most]:
        others = tuple(_other(model, each) for each in row.waiting_on)
        reasons = ("blocked" if row.status == "blocked" else "", why_held(works.get(row.id)))
        yield Held(row.id, row.title, others, "; ".join(filter(None, reasons)), row.path or "")


def without_workflow(model: "ReadModel") -> dict[str, str]:
    """Issues that name a workflow which cannot be followed, and what is said of it at their line."""
    return {each.subject: each.what for each in model.problems() if each.anchor == "key:workflow"}


def _standing_epics(model: "ReadModel") -> Iterator[Held]:
    """Epics that go on only when somebody does something: after a rejection, and drafts that want issues."""
    for epic in model.epics(("in_progress", "draft")):
        rejected = [each for each in epic.stages if each.gate and each.gate.state == "rejected"]
        for stage in rejected:
            given = stage.gate.rejection.reason if stage.gate and stage.gate.rejection else ""
            reason = f": {given}" if given else ""
            why = f'{stage.name} was rejected{reason}; finish an issue of it, or tick "Ask again"'
            yield Held(epic.id, epic.title, (), why, epic.path or "")
        wanted = sum(len(stage.wanted) for stage in epic.stages)
        if epic.status == "draft" and wanted:
            issues = "an issue" if wanted == 1 else f"{wanted} issues"
            yield Held(
                epic.id,
                epic.title,
                (),
                f"a draft that wants {issues}; status: ready starts it",
                epic.path or "",
            )


def _other(model: "ReadModel", entity_id: str) -> Other:
    """A dependency, or the epic whose stage has not opened."""
    if entity_id.startswith("e-"):
        epic = model.epic(entity_id)
        return Other(entity_id, epic.title if epic else entity_id, (epic.path if epic else None) or "")
    found = model.issue(entity_id)
    return Other(
        entity_id, found.issue.title if found else entity_id, (found.issue.path if found else None) or ""
    )
