"""A workflow as people see it at a glance: lines for a terminal, and a Mermaid graph for a page that draws it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from dispatchd.documents.setting_kinds import write_duration
from dispatchd.domain.wording import counted, listed
from dispatchd.domain.workflow import DONE, ISSUE_TEXT, Expectation, Phase, Way, Workflow

WAYS: Final[Mapping[str, str]] = {
    Way.OTHERWISE: "otherwise",
    Way.CHANGED: "tests changed",
    Way.REFUSED: "refused",
}


def drawn(workflow: Workflow) -> tuple[str, ...]:
    """One line for each phase, and below it where it leads, as text."""
    lines = [f"Tests are {listed(workflow.tests, 'and')}.", ""] if workflow.tests else []
    for number, phase in enumerate(workflow.phases, 1):
        lines.append(f"{number:2}. {phase.name}: {told(workflow, phase)}")
        after = workflow.phases[number].name if number < len(workflow.phases) else DONE
        for way, target in phase.ways:
            if way == Way.NEXT and target == after:
                continue
            lines.append(f"      {_arrow(way)} → {target}")
    return tuple(lines)


def told(workflow: Workflow, phase: Phase) -> str:
    """What happens in *phase*, in a clause."""
    return "; ".join(_clauses(workflow, phase))


def _clauses(workflow: Workflow, phase: Phase) -> Iterator[str]:
    if phase.is_review:
        yield f"{phase.role} judges {phase.reviews}"
    elif phase.role is not None:
        made = ""
        if ISSUE_TEXT in phase.artefact:
            made = ", who writes a text into the issue"
        elif phase.artefact:
            made = f", who changes {_files(workflow, phase)}"
        yield f"{phase.role}{made}"
    if phase.check is not None:
        does = "has to fail" if phase.expect is Expectation.FAIL else "has to pass"
        within = f" within {write_duration(timedelta(seconds=phase.within))}" if phase.within else ""
        same = f", with the tests as they were after {phase.since}" if phase.since else ""
        yield f"dispatchd runs `{phase.check}`, which {does}{within}{same}"
    if phase.gate:
        yield f"a person is asked: {phase.gate}"
    if phase.iterations is not None:
        yield f"at most {counted(phase.iterations, 'round')}"


def _files(workflow: Workflow, phase: Phase) -> str:
    return "tests" if set(phase.artefact) <= set(workflow.tests) else listed(phase.artefact)


def _arrow(way: str) -> str:
    return "" if way == Way.NEXT else WAYS.get(way, way)


def mermaid(workflow: Workflow) -> tuple[str, ...]:
    """The same as a Mermaid flowchart. Names stand in quotes, so that none of them can say anything of its own."""
    ids = {phase.name: f"p{number}" for number, phase in enumerate(workflow.phases, 1)}
    lines = ["flowchart TD"]
    for phase in workflow.phases:
        opens, closes = _shape(phase)
        who = f"<br/>{phase.role}" if phase.role else f"<br/>{_safe(phase.check)}" if phase.check else ""
        lines.append(f'    {ids[phase.name]}{opens}"{_safe(phase.name)}{who}"{closes}')
    lines.append(f'    {DONE}(["{DONE}"])')
    for phase in workflow.phases:
        for way, target in phase.ways:
            label = f'-- "{_safe(_arrow(way))}" -->' if _arrow(way) else "-->"
            lines.append(f"    {ids[phase.name]} {label} {ids.get(target, DONE)}")
    return tuple(lines)


def _shape(phase: Phase) -> tuple[str, str]:
    """Judging is a rhombus, a check a hexagon, a person's gate a stadium, work a box."""
    if phase.is_review:
        return "{", "}"
    if phase.role is not None:
        return "[", "]"
    return ("{{", "}}") if phase.check is not None else ("([", "])")


def _safe(text: str) -> str:
    """*text* for a quoted label: what could end it, or be taken for markup, as the entity codes of Mermaid."""
    return "".join(each if each.isalnum() or each in " -_./!?," else f"#{ord(each)};" for each in text)
