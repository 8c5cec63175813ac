"""The stages of an epic as they stand in its file, line by line: for reading them and for putting lines right.

Which lines below a gate are the daemon's is decided here: live boxes, stamps of what was done, and the daemon's
notes. In a decision gate a person's own boxes are the options. What a gate's state is, the rules know.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Final

from dispatchd.documents.annotations import note_lines
from dispatchd.documents.boxes import (
    TaskItem,
    fold,
    match_label,
    own_end,
    reason_line,
    split_label,
    task_items,
)
from dispatchd.documents.epic_lists import NO_LIST, StageList, own_lines, read_list
from dispatchd.documents.epic_task_boxes import no_issue, unticked_boxes
from dispatchd.documents.gate_line import is_gate_line, parse_gate
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, Section, heading_text
from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import GateKind, GatePlan, StagePlan


class GateVerb(StrEnum):
    """What ticking a box below a gate does."""

    APPROVE = "approve"
    REJECT = "reject"
    SKIP = "skip"
    ASK_AGAIN = "ask_again"
    CHOOSE = "choose"


LABELS: Final = {
    "Approve": GateVerb.APPROVE,
    "Reject:": GateVerb.REJECT,
    "Skip:": GateVerb.SKIP,
    "Ask again": GateVerb.ASK_AGAIN,
}
LABEL_OF: Final = {verb: label for label, verb in LABELS.items()}
NEEDS_REASON: Final = frozenset({GateVerb.REJECT, GateVerb.SKIP})
_DONE: Final = {
    "Approved": GateVerb.APPROVE,
    "Passed": GateVerb.APPROVE,
    "Rejected": GateVerb.REJECT,
    "Skipped": GateVerb.SKIP,
}
_WORDS: Final = {**LABELS, **_DONE}
_ISSUE_LINK: Final = re.compile(r"^\[[^\]]*\]\([^)]*\bi-[0-9a-z]{4,26}[^)]*\)(?:\s+·\s+.*)?$", re.DOTALL)
_BULLET: Final = re.compile(r"^[*+-](?=\s)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box that the daemon offered, or an option. `option` is set where the verb is to choose."""

    verb: GateVerb
    ticked: bool
    reason: str
    line: int
    option: str = ""

    @property
    def lacks_reason(self) -> bool:
        """Whether it is ticked and waits for words."""
        return self.ticked and self.verb in NEEDS_REASON and not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class GateItem:
    """A task-list item below a gate. `done` tells a stamp from a live box."""

    item: TaskItem
    verb: GateVerb
    done: bool
    label: str = ""
    """The option as written, where the verb is to choose."""
    reason: str = ""

    @property
    def is_option(self) -> bool:
        """Whether it is a person's line."""
        return self.verb is GateVerb.CHOOSE

    @property
    def box(self) -> Box:
        """What reconciliation compares."""
        return Box(
            verb=self.verb,
            ticked=self.item.ticked,
            reason=self.reason,
            line=self.item.line,
            option=self.label,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageText:
    """A stage's lines. `gate_end` is the line after its gate's words, where boxes belong."""

    section: Section
    plan: StagePlan
    gate_line: int = 0
    """As people count; zero without a gate."""
    gate_end: int = 0
    items: tuple[GateItem, ...] = ()
    reasons: tuple[tuple[Block, str], ...] = ()
    """Paragraphs below the gate that begin with `Reason:`."""
    problems: tuple[DocumentProblem, ...] = ()
    agenda: StageList = NO_LIST

    @property
    def line(self) -> int:
        """The heading's line as people count."""
        return self.section.heading.line


def read_stages(shape: Outline) -> tuple[StageText, ...]:
    """The stages below `## Stages`, in order."""
    stages = shape.section("Stages")
    if stages is None:
        return ()
    notes = frozenset(note_lines(shape))
    return tuple(_read_stage(shape, section, notes) for section in shape.within(stages, 3))


def gates_outside(shape: Outline) -> Iterator[DocumentProblem]:
    """Gate lines that no stage will ever ask."""
    stages = shape.section("Stages")
    inside = range(stages.start, stages.end) if stages else range(0)
    first = next(iter(shape.within(stages, 3)), None) if stages else None
    for block, line in _gate_lines(shape.blocks):
        if line not in inside or (first is not None and block.first < first.start):
            yield DocumentProblem(
                line=line + 1,
                what="This gate belongs to no stage",
                hint='Put it below a "### NAME" heading in the section "## Stages"',
            )


def _gate_lines(blocks: Iterable[Block]) -> Iterator[tuple[Block, int]]:
    for each in blocks:
        block = _lines_below(each) if each.kind is BlockKind.ITEM and each.tail else each
        if block.kind is BlockKind.PARAGRAPH:
            for offset, line in enumerate(block.text.split("\n")):
                if is_gate_line(line):
                    yield block, block.first + offset


def _lines_below(item: Block) -> Block:
    """What somebody wrote below a list without a blank line: to Markdown it is the last item's, to people it is not."""
    end = item.text_end + item.tail.count("\n") + 1
    return Block(kind=BlockKind.PARAGRAPH, first=item.text_end, end=end, text=item.tail)


def _read_stage(shape: Outline, section: Section, notes: frozenset[int]) -> StageText:
    name = heading_text(section.heading)
    gates = list(_gate_lines(section.blocks))
    if not gates:
        work = read_list(shape, section, None, is_decision=False)
        substance = _substance(shape, section, (), notes | own_lines(work))
        mine = unticked_boxes(section.blocks, work, tuple(LABELS))
        plan = StagePlan(name=name, substance=substance, wanted=work.titles, unticked=len(mine))
        waits = tuple(no_issue(box) for box in mine[:1])
        return StageText(section=section, plan=plan, agenda=work, problems=waits)
    block, line = gates[0]
    words = block.text.split("\n")[line - block.first :]
    second = next((number for number, word in enumerate(words[1:], 1) if is_gate_line(word)), len(words))
    read = parse_gate("\n".join(words[:second]), line + 1)
    below = [other for other in section.blocks if other.first >= block.end]
    items = _gate_items(task_items(below), read.plan.kind)
    reasons = tuple((other, reason) for other in below if (reason := reason_line(other)))
    gate = _with_options(read.plan, items)
    work = read_list(shape, section, line, is_decision=read.plan.kind is GateKind.DECISION)
    left_out = tuple(item.item for item in items if not item.is_option)
    problems = [read.problem, *_gate_problems(gate, gates, line + 1)]
    return StageText(
        section=section,
        plan=StagePlan(
            name=name,
            gate=gate,
            substance=_substance(
                shape, section, items, notes | own_lines(work) | _lines_of(left_out, shape, reasons)
            ),
            wanted=work.titles,
        ),
        agenda=work,
        gate_line=line + 1,
        gate_end=block.end,
        items=_with_reasons(items, [reason for _, reason in reasons]),
        reasons=reasons,
        problems=tuple(problem for problem in problems if problem),
    )


def _lines_of(
    items: Iterable[TaskItem], shape: Outline, reasons: Iterable[tuple[Block, str]]
) -> frozenset[int]:
    lines = {line for item in items for line in range(item.block.first, own_end(shape.lines, item))}
    return frozenset(lines | {line for block, _ in reasons for line in range(block.first, block.end)})


def _gate_problems(gate: GatePlan, gates: list[tuple[Block, int]], line: int) -> Iterator[DocumentProblem]:
    for _, other in gates[1:]:
        yield DocumentProblem(
            line=other + 1,
            what=f"This stage has a gate on line {line} already, so this one does not count",
            hint="Keep one, or give the other a stage of its own",
        )
    if gate.kind is GateKind.DECISION and len(gate.options) < 2:
        yield DocumentProblem(
            line=line,
            what="A decision gate needs two options or more",
            hint="Write each below the gate on a line of its own: - [ ] NAME",
        )


def _gate_items(items: Iterable[TaskItem], kind: GateKind) -> tuple[GateItem, ...]:
    read = [_gate_item(item, kind) for item in items]
    return tuple(_told_apart([item for item in read if item]))


def _gate_item(item: TaskItem, kind: GateKind) -> GateItem | None:
    stamp = item.stamp
    text = stamp.text if stamp else item.text
    is_decision = kind is GateKind.DECISION
    words = _DONE if stamp else ({"Ask again": GateVerb.ASK_AGAIN} if is_decision else _WORDS)
    found = match_label(text, tuple(words))
    if found and not (stamp and is_decision and found[0] in {"Approved", "Passed"}):
        label, reason = found
        return GateItem(
            item=item, verb=words[label], done=stamp is not None, reason=reason or item.reason_below
        )
    if not is_decision or not text:
        return None
    option, reason = split_label(text)
    return GateItem(
        item=item,
        verb=GateVerb.CHOOSE,
        done=stamp is not None,
        label=option,
        reason=reason or item.reason_below,
    )


def _told_apart(items: list[GateItem]) -> Iterator[GateItem]:
    """Options that begin alike are told apart by their whole text."""
    labels = [fold(item.label) for item in items if item.is_option]
    for item in items:
        if item.is_option and labels.count(fold(item.label)) > 1:
            stamp = item.item.stamp
            yield replace(item, label=stamp.text if stamp else item.item.text, reason="")
        else:
            yield item


def _with_options(plan: GatePlan, items: Iterable[GateItem]) -> GatePlan:
    options = (item.label for item in items if item.is_option)
    return replace(plan, options=tuple(dict.fromkeys(options)))


def _with_reasons(items: tuple[GateItem, ...], below: list[str]) -> tuple[GateItem, ...]:
    """A reason in a paragraph of its own goes to the one ticked box that lacks one."""
    lacking = [item for item in items if not item.done and item.box.lacks_reason]
    if len(lacking) != 1 or not below:
        return items
    return tuple(replace(item, reason=below[-1]) if item is lacking[0] else item for item in items)


def _substance(shape: Outline, section: Section, items: Iterable[GateItem], left_out: frozenset[int]) -> str:
    """The digest of what a person wrote below the heading, formatting left out of account."""
    skipped = set(left_out)
    for block in section.blocks:
        if block.kind is BlockKind.ITEM and _ISSUE_LINK.match(block.text):
            skipped.update(range(block.first, block.text_end))
    words: list[str] = []
    for item in items:
        if item.is_option:
            skipped.update(range(item.item.block.first, item.item.block.text_end))
            words.append(item.label)
    words.extend(
        _BULLET.sub("-", shape.lines[index].strip())
        for index in range(section.start, section.end)
        if index not in skipped
    )
    plain = " ".join(" ".join(words).split()).replace("*", "_")
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
