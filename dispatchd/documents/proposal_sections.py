"""The parts of a proposal's file that votes and overrides stand in, line by line.

A section per person below `## Votes`, lines of agents above them, boxes below `## Override`, and what came of it
below `## Result`. Who may vote, and what a vote does, is left to the rules.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Final, Generic, TypeVar

from dispatchd.documents.annotations import NOTE
from dispatchd.documents.body_edit import LineEdit, removal
from dispatchd.documents.boxes import TaskItem, match_label, own_end, reason_line, task_items
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, Section, heading_text, is_title
from dispatchd.domain.command import OverrideKind
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.proposal import Choice

CHOICE_LABELS: Final = {
    "Approve": Choice.APPROVE,
    "Reject:": Choice.REJECT,
    "Abstain": Choice.ABSTAIN,
    "More info:": Choice.MORE_INFO,
}
OVERRIDE_LABELS: Final = {
    "Force approve:": OverrideKind.FORCE_APPROVE,
    "Force reject:": OverrideKind.FORCE_REJECT,
    "Veto:": OverrideKind.VETO,
}
_AGENT_VOTE: Final = re.compile(
    r"^[\w.-]+(?: \([^)]*\))?: (?:approve|reject|abstain|more info)(?:\.(?:\s|$)|$)", re.IGNORECASE
)
_RESULT: Final = re.compile(r"^(?:\*\*|__)(?:Passed|Rejected|No quorum|Vetoed|Withdrawn)(?:\*\*|__)")
_HANDLE: Final = re.compile(r"@?[\w.-]+")

Verb = TypeVar("Verb", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbItem(Generic[Verb]):
    """A box that was offered, with what it does."""

    item: TaskItem
    verb: Verb
    reason: str
    needs_reason: bool

    @property
    def is_waiting(self) -> bool:
        """Whether it is ticked and waits for words."""
        return self.item.ticked and self.needs_reason and not self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotText:
    """A person's section below `## Votes`."""

    person: str
    section: Section
    items: tuple[VerbItem[Choice], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalText:
    """Where the parts stand; None where one is missing."""

    votes: Section | None = None
    agent_lines: tuple[Block, ...] = ()
    ballots: tuple[BallotText, ...] = ()
    override: Section | None = None
    override_items: tuple[VerbItem[OverrideKind], ...] = ()
    result: Section | None = None
    result_line: Block | None = None


def read_parts(shape: Outline) -> ProposalText:
    """The parts of a proposal's body. A result counts only below the votes: above them it is a person's word."""
    votes = shape.section("Votes")
    if votes is None:
        override = shape.section("Override")
        return ProposalText(override=override, override_items=_override_items(override))
    override = _section_after(shape, votes, "Override")
    result = _section_after(shape, votes, "Result")
    lines = [block for block in result.blocks if _RESULT.match(block.text)] if result else []
    return ProposalText(
        votes=votes,
        agent_lines=_agent_lines(votes),
        ballots=tuple(_ballots(shape, votes)),
        override=override,
        override_items=_override_items(override),
        result=result if lines else None,
        result_line=lines[0] if lines else None,
    )


def planned_part(shape: Outline) -> Section | None:
    """What is done if it passes. A person writes its heading, of any level; it ends at the next one of that or of ours."""
    return shape.section("If it passes") or shape.section_of_any_level("If it passes", ends_at=2)


def _section_after(shape: Outline, earlier: Section, title: str) -> Section | None:
    headings = (block for block in shape.headings(2) if block.first >= earlier.end)
    found = next((block for block in headings if is_title(block, title)), None)
    return shape.under(found) if found else None


def _agent_lines(votes: Section) -> tuple[Block, ...]:
    lines: list[Block] = []
    for block in votes.blocks:
        if block.kind is BlockKind.HEADING:
            break
        if block.kind is BlockKind.ITEM and _AGENT_VOTE.match(block.text):
            lines.append(block)
    return tuple(lines)


def _ballots(shape: Outline, votes: Section) -> list[BallotText]:
    ballots: list[BallotText] = []
    for section in shape.within(votes, 3):
        name = heading_text(section.heading)
        if _HANDLE.fullmatch(name):
            items = verb_items(section, CHOICE_LABELS)
            ballots.append(BallotText(person=name.lstrip("@").lower(), section=section, items=items))
    return ballots


def _override_items(section: Section | None) -> tuple[VerbItem[OverrideKind], ...]:
    return verb_items(section, OVERRIDE_LABELS) if section else ()


def verb_items(section: Section, labels: Mapping[str, Verb]) -> tuple[VerbItem[Verb], ...]:
    """The boxes in *section* that *labels* offers; each verb's first box counts."""
    found: dict[Verb, VerbItem[Verb]] = {}
    for item in task_items(section.blocks):
        match = match_label(item.text, tuple(labels))
        if match and labels[match[0]] not in found:
            label, reason = match
            found[labels[label]] = VerbItem(
                item=item,
                verb=labels[label],
                reason=reason or item.reason_below,
                needs_reason=label.endswith(":"),
            )
    below = [words for block in section.blocks if (words := reason_line(block))]
    waiting = [item for item in found.values() if item.is_waiting]
    if below and len(waiting) == 1:
        found[waiting[0].verb] = replace(waiting[0], reason=below[-1])
    return tuple(found.values())


def section_end(shape: Outline, section: Section) -> int:
    """The line after the last one of *section* that is not blank."""
    end = section.end
    while end > section.start and not shape.lines[end - 1].strip():
        end -= 1
    return end


def take_boxes_out(shape: Outline, section: Section, items: Sequence[VerbItem[Verb]]) -> Iterator[LineEdit]:
    """The daemon's boxes go, and the heading with them if nothing of a person's stands below it."""
    ours = {line for each in items for line in range(each.item.block.first, own_end(shape.lines, each.item))}
    rest = (
        index
        for index in range(section.start, section.end)
        if index not in ours and shape.lines[index].strip() and not NOTE.match(shape.lines[index])
    )
    if next(rest, None) is None:
        yield removal(section.heading.first, section_end(shape, section))
        return
    for each in items:
        yield removal(each.item.block.first, own_end(shape.lines, each.item))
