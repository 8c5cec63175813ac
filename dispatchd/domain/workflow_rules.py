"""What a workflow has to be, so that every path through it ends or comes to a person.

A phase that nothing leads to, one from which nothing leads to the end, and a circle that may be gone round for ever are
faults. Each is a value that names its phase and key, so that whoever reads the file can point at the line.
"""

from collections.abc import Iterable, Iterator, Mapping

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.fact_keys import nearest
from dispatchd.domain.wording import listed
from dispatchd.domain.workflow import DONE, ISSUE_TEXT, Phase, Way, Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowFault:
    """`phase` is its place among the phases; None: the whole workflow."""

    what: str
    hint: str
    phase: int | None = None
    key: str = ""


def faults_of(workflow: Workflow) -> tuple[WorkflowFault, ...]:
    """What keeps *workflow* from being used; none where it may be. Roads are looked at when each phase is sound."""
    if not workflow.phases:
        return (WorkflowFault(what="A workflow has phases", hint="Write a [[phase]] for each"),)
    found = tuple(
        fault for place, phase in enumerate(workflow.phases) for fault in _of_phase(workflow, place, phase)
    )
    return found or (*_of_first(workflow), *_of_roads(workflow))


def _of_phase(workflow: Workflow, place: int, phase: Phase) -> Iterator[WorkflowFault]:
    clauses = [*_of_name(workflow, place)]
    if all(each.name for each in workflow.phases):  # else it cannot be told where anything leads
        clauses += [*_of_form(workflow, phase), *_of_check(phase)]
    for what, hint, key in clauses:
        yield WorkflowFault(what=what, hint=hint, phase=place, key=key)
    for way, target in phase.ways:
        if target != DONE and workflow.phase(target) is None and all((phase.name, target)):
            names = [*(each.name for each in workflow.phases), DONE]
            near = nearest(target, names)
            key = way if way in set(Way) else "verdicts"
            what = f'"{phase.name}" leads to "{target}", which is no phase'
            yield WorkflowFault(
                what=what, hint=_meant(near) or f"Name one of {listed(names)}", phase=place, key=key
            )


Clause = tuple[str, str, str]
"""What, hint, key."""


def _of_name(workflow: Workflow, place: int) -> Iterator[Clause]:
    name = workflow.phases[place].name
    if not name:
        yield "A phase has a name", 'Write name = "…"', "name"
    elif name == DONE:
        yield f'No phase can be called "{DONE}"', "It is what the last phase leads to", "name"
    elif any(each.name == name for each in workflow.phases[:place]):
        yield f'There are two phases "{name}"', "Give one of them another name", "name"


def _of_form(workflow: Workflow, phase: Phase) -> Iterator[Clause]:
    if phase.role is None and phase.check is None and not phase.gate:
        yield f'In "{phase.name}" nothing happens', "Give it a role, a check or a gate", "name"
    if phase.role is None and phase.artefact:
        yield f'Nobody makes the artefact of "{phase.name}"', "Give it a role", "artefact"
    for slip in (each for each in phase.artefact if each != ISSUE_TEXT and nearest(each, (ISSUE_TEXT,))):
        hint = (
            f'Write artefact = "{ISSUE_TEXT}" for a text in the issue, or "./{slip}" for a file of that name'
        )
        yield f'"{slip}" is nearly "{ISSUE_TEXT}", and no pattern', hint, "artefact"
    if ISSUE_TEXT in phase.artefact and len(phase.artefact) > 1:
        yield (
            f'"{ISSUE_TEXT}" stands alone',
            f'Write artefact = "{ISSUE_TEXT}", or patterns of files',
            "artefact",
        )
    if phase.iterations is not None and phase.iterations < 1:
        yield "A phase that may not begin is none", "Write a whole number from 1", "iterations"
    if phase.gate and phase.refused is None:
        yield f'"{phase.name}" leads nowhere if its gate is refused', 'Write refused = "PHASE"', "gate"
    if not phase.is_review and not phase.next:
        yield f'"{phase.name}" leads nowhere', 'Write next = "PHASE"', "name"
    if phase.is_review:
        yield from _of_review(workflow, phase)
    elif phase.reviews is not None:
        yield f'"{phase.name}" judges and has no verdicts', _VERDICTS, "reviews"


def _meant(near: str | None) -> str:
    return f'Did you mean "{near}"?' if near else ""


_VERDICTS = 'Write verdicts = { approve = "PHASE", changes = "PHASE" }'


def _of_review(workflow: Workflow, phase: Phase) -> Iterator[Clause]:
    if phase.role is None:
        yield f'Nobody judges in "{phase.name}"', "Give it a role", "verdicts"
    if phase.next:
        yield f'The verdicts of "{phase.name}" say where it leads', "Leave next out", "next"
    if phase.check is not None or phase.gate or phase.artefact:
        yield f'"{phase.name}" judges', "Put its check, gate or artefact into a phase of its own", "verdicts"
    if len(phase.verdicts) < 2:
        yield f'A review that can only be "{phase.verdicts[0][0]}" is none', _VERDICTS, "verdicts"
    judged = workflow.phase(phase.reviews) if phase.reviews is not None else None
    if phase.reviews is None:
        yield f'"{phase.name}" does not say what it judges', 'Write reviews = "PHASE"', "verdicts"
    elif judged is None or not judged.makes:
        if judged is None:
            what = f'"{phase.name}" judges "{phase.reviews}", which is no phase'
        else:
            what = f'Nobody makes anything in "{phase.reviews}"'
        makers = [each.name for each in workflow.phases if each.makes]
        near = nearest(phase.reviews, makers) if judged is None else None
        yield what, _meant(near) or "Name a phase with a role that is no review", "reviews"


def _of_check(phase: Phase) -> Iterator[Clause]:
    if phase.check is None:
        for key, value in (
            ("within", phase.within),
            ("report", phase.report),
            ("otherwise", phase.otherwise),
        ):
            if value:
                yield f'"{key}" is about a check, and "{phase.name}" has none', 'Write check = "COMMAND"', key
    elif phase.otherwise is None:
        yield f'"{phase.name}" leads nowhere if its check disappoints', 'Write otherwise = "PHASE"', "check"
    if (phase.since is None) != (phase.changed is None):
        there = "since" if phase.since is not None else "changed"
        yield "since and changed go together", "Write both, or neither", there
    if phase.since is not None and phase.since == phase.name:
        yield "Nothing has changed since now", "Name an earlier phase", "since"


def _of_first(workflow: Workflow) -> Iterator[WorkflowFault]:
    if not workflow.first.makes:
        what = f'The work cannot begin with "{workflow.first.name}"'
        yield WorkflowFault(
            what=what, hint="Begin with a phase in which a role makes something", phase=0, key="name"
        )
    for place, phase in enumerate(workflow.phases):
        if phase.since is not None and workflow.phase(phase.since) is None:
            what = f'"{phase.since}" is no phase'
            yield WorkflowFault(what=what, hint="Name an earlier phase", phase=place, key="since")
        if phase.since is not None and not workflow.tests:
            what = "The workflow does not say which files are tests"
            yield WorkflowFault(
                what=what, hint='Write tests = ["tests/**"] above the phases', phase=place, key="since"
            )


def _of_roads(workflow: Workflow) -> Iterator[WorkflowFault]:
    roads = {phase.name: tuple(target for _, target in phase.ways) for phase in workflow.phases}
    reached = _reached(roads, workflow.first.name)
    back: dict[str, list[str]] = {}
    for name, targets in roads.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    ending = _reached(back, DONE)
    for place, phase in enumerate(workflow.phases):
        if phase.name not in reached:
            what = f'Nothing leads to "{phase.name}"'
            yield WorkflowFault(
                what=what, hint="Let a phase lead there, or take it out", phase=place, key="name"
            )
        elif phase.name not in ending:
            what = f'From "{phase.name}" nothing leads to "{DONE}"'
            hint = f'Let it, or a phase after it, lead to "{DONE}"'
            yield WorkflowFault(what=what, hint=hint, phase=place, key="name")
    circle = _endless(workflow)
    if circle:
        place = next(at for at, each in enumerate(workflow.phases) if each.name == circle[0])
        road = " → ".join((*circle, circle[0]))
        hint = "Write iterations = 3 in one of these phases"
        yield WorkflowFault(what=f"This may go on for ever: {road}", hint=hint, phase=place, key="name")


def _reached(roads: Mapping[str, Iterable[str]], start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for target in roads.get(waiting.pop(), ()):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _endless(workflow: Workflow) -> tuple[str, ...]:
    """A circle none of whose phases says how often it may begin."""
    free = {each.name: each for each in workflow.phases if each.iterations is None}
    roads = {name: [way[1] for way in each.ways if way[1] in free] for name, each in free.items()}
    while True:  # take out what leads into no circle, until only circles and what leads into them are left
        ends = [name for name, targets in roads.items() if not any(target in roads for target in targets)]
        if not ends:
            break
        for name in ends:
            del roads[name]
    if not roads:
        return ()
    path = [next(iter(roads))]
    while True:
        step = next(target for target in roads[path[-1]] if target in roads)
        if step in path:
            return tuple(path[path.index(step) :])
        path.append(step)
