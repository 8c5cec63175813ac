"""An epic's file: facts, what and why, and below `## Stages` the stages with their gates.

The headings, their order, the gate lines and the options of decisions are the plan and a person's. The boxes below
a gate are the daemon's, live only while that gate awaits; once done they say who and when.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dispatchd.documents.annotations import Annotation, note_lines
from dispatchd.documents.body_edit import LineEdit, settled
from dispatchd.documents.boxes import fold, own_end
from dispatchd.documents.epic_list_surgery import Lister, list_edits
from dispatchd.documents.epic_lists import NO_LIST, StageList, without_states
from dispatchd.documents.epic_sections import Box, GateVerb, StageText, gates_outside, read_stages
from dispatchd.documents.epic_surgery import gate_edits
from dispatchd.documents.facts import (
    COMMON_SPELLING,
    FactForm,
    body_at,
    composed,
    finish,
    put_right,
    read_facts,
    state_of,
)
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.stamps import SignedText, format_created
from dispatchd.documents.unclosed_blocks import unclosed_blocks
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic, EpicStatus, GateKind, GatePlan, Stage, StagePlan

__all__ = [
    "Box",
    "EpicDocument",
    "EpicStage",
    "GateVerb",
    "compose_epic",
    "epic_facts",
    "fact_values",
    "parse_epic",
    "person_part",
    "render_epic",
]

SCHEMA: Final = KeySchema.of(
    text=("title",),
    scalar=("id", "status", "priority", "source", "created", "rev"),
    lists=("labels",),
    daemon=("id", "created", "rev"),
)
KEY_ORDER: Final = ("id", "title", "status", "priority", "labels", "source", "created", "rev")
STATUS_SYNONYMS: Final = {
    "go": "ready",
    "start": "ready",
    "wip": "in_progress",
    "doing": "in_progress",
    "done": "completed",
    "closed": "completed",
    "canceled": "cancelled",
}
FORM: Final = FactForm(
    schema=SCHEMA,
    order=KEY_ORDER,
    spelling={**COMMON_SPELLING, "status": state_of((state.value for state in EpicStatus), STATUS_SYNONYMS)},
    not_added=frozenset({"created"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpicStage:
    """A stage as written: its plan, the boxes below its gate that are not stamps, and its places.

    Lines are counted from one; `gate_line` is zero without a gate.
    """

    plan: StagePlan
    boxes: tuple[Box, ...]
    line: int
    gate_line: int
    agenda: StageList = NO_LIST
    stamps: tuple[SignedText, ...] = ()
    """What stands there ticked and signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpicDocument:
    """An epic as its file says it."""

    front: FrontMatter
    text: str
    problems: tuple[DocumentProblem, ...]
    stages: tuple[EpicStage, ...] = ()

    @property
    def plans(self) -> tuple[StagePlan, ...]:
        """The stages as written, in order."""
        return tuple(stage.plan for stage in self.stages)


def parse_epic(text: str) -> EpicDocument:
    """Read an epic's file."""
    front = read_front_matter(text, SCHEMA)
    if front.parked:
        return EpicDocument(front=front, text=text, problems=front.problems)
    shape = outline(text, front.layout.body_at)
    texts = read_stages(shape)
    found = [*front.problems, *gates_outside(shape), *unclosed_blocks(shape), *_name_problems(texts)]
    found.extend(problem for stage in texts for problem in stage.problems)
    stages = (
        EpicStage(
            plan=stage.plan,
            boxes=tuple(item.box for item in stage.items if not item.done),
            line=stage.line,
            gate_line=stage.gate_line,
            agenda=stage.agenda,
            stamps=tuple(item.item.stamp for item in stage.items if item.item.stamp and item.item.ticked),
        )
        for stage in texts
    )
    return EpicDocument(front=front, text=text, problems=tuple(found), stages=tuple(stages))


def _name_problems(stages: Sequence[StageText]) -> Iterator[DocumentProblem]:
    seen: dict[str, int] = {}
    for stage in stages:
        name = fold(stage.plan.name)
        if not name:
            yield DocumentProblem(
                line=stage.line, what="This stage has no name", hint="Write one behind the ###"
            )
        elif name in seen:
            yield DocumentProblem(
                line=stage.line,
                what=f'There is a stage "{stage.plan.name}" on line {seen[name]} already',
                hint="Give this one a name of its own",
            )
        seen.setdefault(name, stage.line)


def epic_facts(document: EpicDocument) -> Mapping[str, Value]:
    """What the front matter says, in canonical spelling."""
    return read_facts(document.front, FORM)


def fact_values(epic: Epic) -> dict[str, Value]:
    """What the front matter of *epic* should say."""
    return {
        "id": epic.id,
        "title": epic.title,
        "status": epic.status.value,
        "priority": epic.priority,
        "labels": epic.labels or None,
        "source": epic.source,
        "created": format_created(epic.created),
    }


def compose_epic(epic: Epic, body: str = "") -> str:
    """The text of a new file for *epic*: *body*, then its stages with their boxes where it has none of its own."""
    parts = [body.strip("\n")] if body.strip() else []
    if epic.stages and not outline(body, 0).section("Stages"):
        parts.append("## Stages")
        parts.extend(_stage_lines(stage) for stage in epic.stages)
    return _with_boxes(epic, composed(fact_values(epic), "\n\n".join(parts), FORM))


def _stage_lines(stage: Stage) -> str:
    parts = [f"### {stage.name}"]
    gate = stage.plan.gate
    if gate:
        parts.append(format_gate(gate))
        if gate.options:
            parts.append("\n".join(f"- [ ] {option}" for option in gate.options))
    return "\n\n".join(parts)


def format_gate(gate: GatePlan) -> str:
    """The line that sets *gate*."""
    by = f" by {', '.join('@' + name for name in gate.approvers)}" if gate.approvers else ""
    question = f": {gate.question}" if gate.question else ""
    checkpoint = gate.kind is GateKind.CHECKPOINT
    return f"Gate: {gate.kind.value}{'' if checkpoint else by}{question}"


def render_epic(
    epic: Epic, canvas: str, annotations: Sequence[Annotation] = (), lister: Lister | None = None
) -> str:
    """*canvas* with the facts of *epic*, what has become of its lists and gates, and the *annotations*.

    Without a *lister*, who knows the issues, the lists stay as they are.
    """
    if read_front_matter(canvas, SCHEMA).parked:
        return canvas
    result = _with_boxes(epic, put_right(canvas, fact_values(epic), FORM, annotations), lister)
    return finish(canvas, result, FORM, annotations)


def _with_boxes(epic: Epic, text: str, lister: Lister | None = None) -> str:
    def edits(canvas: str) -> Iterator[LineEdit]:
        shape = outline(canvas, body_at(canvas, FORM))
        pairs = tuple(_paired(epic, read_stages(shape)))
        if lister is not None:
            listings = lister([(stage, texts.agenda) for texts, stage in pairs])
            for (texts, _), listing in zip(pairs, listings, strict=True):
                yield from list_edits(shape, texts, listing)
        for texts, stage in pairs:
            yield from gate_edits(shape, texts, stage)

    mended = settled(text, edits)
    return text if mended is None else mended


def _paired(epic: Epic, texts: Sequence[StageText]) -> Iterator[tuple[StageText, Stage]]:
    """Each stage's lines with its state; equal names are paired in order."""
    left = list(epic.stages)
    for text in texts:
        stage = next((each for each in left if fold(each.name) == fold(text.plan.name)), None)
        if stage:
            left.remove(stage)
            yield text, stage


def person_part(text: str) -> str:
    """The body without the daemon's lines and without blank lines; options untouched by ticks and stamps."""
    shape = outline(text, read_front_matter(text, SCHEMA).layout.body_at)
    ours, options = _daemon_lines(shape)
    kept = (
        options[index] if index in options else without_states(shape.lines[index])
        for index in range(shape.body, len(shape.lines))
        if index not in ours
    )
    return "\n".join(line for line in kept if line and line.strip())


def _daemon_lines(shape: Outline) -> tuple[set[int], dict[int, str]]:
    ours = set(note_lines(shape))
    options: dict[int, str] = {}
    for stage in read_stages(shape):
        for item in stage.items:
            block = item.item.block
            ours.update(range(block.first, own_end(shape.lines, item.item)))
            if item.is_option:
                ours.discard(block.first)
                options[block.first] = f"- [ ] {item.label}"
        for reason, _ in stage.reasons:
            ours.update(range(reason.first, reason.end))
    return ours, options
