"""A proposal's file: facts, why, what happens if it passes, the votes, and the boxes to override.

The text and the actions are a person's; below `## Votes`, `## Override` and `## Result` the daemon keeps its lines.
Whether a vote counts and when the proposal closes is left to the rules.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from dispatchd.documents.action_line import format_action, read_actions
from dispatchd.documents.annotations import Annotation, note_lines
from dispatchd.documents.body_edit import LineEdit, settled
from dispatchd.documents.boxes import own_end
from dispatchd.documents.facts import (
    COMMON_SPELLING,
    FactForm,
    body_at,
    composed,
    finish,
    put_right,
    read_facts,
    state_of,
    word_of,
)
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.proposal_sections import VerbItem, planned_part, read_parts, section_end
from dispatchd.documents.proposal_surgery import proposal_edits
from dispatchd.documents.stamps import format_created, format_deadline
from dispatchd.documents.unclosed_blocks import unclosed_blocks
from dispatchd.domain.command import OverrideKind
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.proposal import Action, Choice, Proposal, ProposalStatus, Threshold

SCHEMA: Final = KeySchema.of(
    text=("title",),
    scalar=("id", "status", "threshold", "deadline", "source", "created", "rev"),
    lists=("voters",),
    daemon=("id", "created", "rev"),
)
KEY_ORDER: Final = ("id", "title", "status", "threshold", "voters", "deadline", "source", "created", "rev")
_STATUS_SYNONYMS: Final = {
    "ready": "open",
    "withdraw": "withdrawn",
    "cancelled": "withdrawn",
    "canceled": "withdrawn",
}
_THRESHOLD_SYNONYMS: Final = {
    "majority": "simple_majority",
    "simple": "simple_majority",
    "two thirds": "super_majority",
    "2/3": "super_majority",
    "super": "super_majority",
    "single": "single_approval",
    "all": "unanimous",
}
FORM: Final = FactForm(
    schema=SCHEMA,
    order=KEY_ORDER,
    spelling={
        **COMMON_SPELLING,
        "status": state_of((state.value for state in ProposalStatus), _STATUS_SYNONYMS),
        "threshold": word_of((word.value for word in Threshold), _THRESHOLD_SYNONYMS),
    },
    defaults={"threshold": Threshold.SIMPLE_MAJORITY.value},
    not_added=frozenset({"created"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteBox:
    """A box in a person's section."""

    choice: Choice
    ticked: bool
    reason: str
    line: int
    lacks_reason: bool = False
    """Whether it is ticked and waits for words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """The section of a person, by handle."""

    person: str
    line: int
    boxes: tuple[VoteBox, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideBox:
    """A box below `## Override`."""

    how: OverrideKind
    ticked: bool
    reason: str
    line: int
    lacks_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDocument:
    """A proposal as its file says it."""

    front: FrontMatter
    text: str
    problems: tuple[DocumentProblem, ...]
    actions: tuple[Action, ...] = ()
    action_lines: tuple[int, ...] = ()
    """The line of each action."""
    ballots: tuple[Ballot, ...] = ()
    overrides: tuple[OverrideBox, ...] = ()


def parse_proposal(text: str) -> ProposalDocument:
    """Read a proposal's file."""
    front = read_front_matter(text, SCHEMA)
    if front.parked:
        return ProposalDocument(front=front, text=text, problems=front.problems)
    shape = outline(text, front.layout.body_at)
    planned = read_actions(planned_part(shape))
    parts = read_parts(shape)
    return ProposalDocument(
        front=front,
        text=text,
        problems=(*front.problems, *unclosed_blocks(shape), *planned.problems),
        actions=planned.actions,
        action_lines=planned.lines,
        ballots=tuple(
            Ballot(
                person=ballot.person,
                line=ballot.section.heading.line,
                boxes=tuple(_vote_box(item) for item in ballot.items),
            )
            for ballot in parts.ballots
        ),
        overrides=tuple(_override_box(item) for item in parts.override_items),
    )


def _vote_box(item: VerbItem[Choice]) -> VoteBox:
    return VoteBox(
        choice=item.verb,
        ticked=item.item.ticked,
        reason=item.reason,
        line=item.item.line,
        lacks_reason=item.is_waiting,
    )


def _override_box(item: VerbItem[OverrideKind]) -> OverrideBox:
    return OverrideBox(
        how=item.verb,
        ticked=item.item.ticked,
        reason=item.reason,
        line=item.item.line,
        lacks_reason=item.is_waiting,
    )


def proposal_facts(document: ProposalDocument) -> Mapping[str, Value]:
    """What the front matter says, in canonical spelling."""
    return read_facts(document.front, FORM)


def fact_values(proposal: Proposal) -> dict[str, Value]:
    """What the front matter of *proposal* should say."""
    return {
        "id": proposal.id,
        "title": proposal.title,
        "status": proposal.status.value,
        "threshold": proposal.threshold.value,
        "voters": proposal.voters or None,
        "deadline": format_deadline(proposal.deadline) if proposal.deadline else None,
        "source": proposal.source,
        "created": format_created(proposal.created),
    }


def compose_proposal(proposal: Proposal, body: str = "", *, people: Collection[str] = ()) -> str:
    """The text of a new file for *proposal*: *body*, its actions, and where to vote."""
    parts = [_without_verbs(body).strip("\n")] if body.strip() else []
    if proposal.actions:
        lines = "\n".join(format_action(action) for action in proposal.actions)
        parts.append(f"## If it passes\n\n{lines}")
    text = composed(fact_values(proposal), "\n\n".join(parts), FORM)
    return _with_votes(proposal, text, people, None)


def _without_verbs(body: str) -> str:
    """*body* with sections of votes and overrides as quotations: nobody is shown to have voted by what came along."""
    shape = outline(body, 0)
    parts = read_parts(shape)
    quoted = {
        line
        for section in (parts.votes, parts.override)
        if section
        for line in range(section.heading.first, section_end(shape, section))
    }
    lines = body.split("\n")
    return "\n".join(f"> {line}".rstrip() if at in quoted else line for at, line in enumerate(lines))


def render_proposal(
    proposal: Proposal,
    canvas: str,
    annotations: Sequence[Annotation] = (),
    *,
    people: Collection[str] = (),
    decision_link: str | None = None,
) -> str:
    """*canvas* with the facts of *proposal*, its votes and outcome, and the *annotations*.

    *people* have a section where no voters are named; *decision_link* leads from this file to its decision's.
    """
    if read_front_matter(canvas, SCHEMA).parked:
        return canvas
    result = put_right(canvas, fact_values(proposal), FORM, annotations)
    return finish(canvas, _with_votes(proposal, result, people, decision_link), FORM, annotations)


def _with_votes(proposal: Proposal, text: str, people: Collection[str], decision_link: str | None) -> str:
    def plan(canvas: str) -> list[LineEdit]:
        shape = outline(canvas, body_at(canvas, FORM))
        return proposal_edits(shape, read_parts(shape), proposal, people, decision_link)

    mended = settled(text, plan)
    return text if mended is None else mended


def person_part(text: str) -> str:
    """The body without the daemon's lines and without blank lines."""
    shape = outline(text, read_front_matter(text, SCHEMA).layout.body_at)
    ours = _daemon_lines(shape)
    kept = (shape.lines[index].rstrip() for index in range(shape.body, len(shape.lines)) if index not in ours)
    return "\n".join(line for line in kept if line)


def asked_part(text: str) -> str:
    """The body as far as it says what is asked and why: without actions, votes, overrides and the result."""
    shape = outline(text, read_front_matter(text, SCHEMA).layout.body_at)
    ours = _daemon_lines(shape)
    planned = planned_part(shape)
    if planned is not None:
        ours.update(range(planned.heading.first, section_end(shape, planned)))
    kept = [line.rstrip() for at, line in enumerate(shape.lines) if at >= shape.body and at not in ours]
    single = [line for at, line in enumerate(kept) if line or (at and kept[at - 1])]
    return "\n".join(single).strip("\n")


def _daemon_lines(shape: Outline) -> set[int]:
    parts = read_parts(shape)
    ours = set(note_lines(shape))
    for section in (parts.votes, parts.override, parts.result, *(each.section for each in parts.ballots)):
        if section:
            ours.update(range(section.heading.first, section.heading.end))
    for block in (*parts.agent_lines, *([parts.result_line] if parts.result_line else [])):
        ours.update(range(block.first, block.text_end or block.end))
    boxes = [item.item for ballot in parts.ballots for item in ballot.items]
    for item in (*boxes, *(each.item for each in parts.override_items)):
        ours.update(range(item.block.first, own_end(shape.lines, item)))
    return ours
