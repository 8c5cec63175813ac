"""A proposal's votes, overrides and result, put right in its file.

While it is open there is a section per person and the boxes to override; a tick that waits for its reason stays.
Once it is closed the votes stay readable, the boxes go and a line says what came of it.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from dispatchd.documents.annotations import NOTE
from dispatchd.documents.body_edit import LineEdit, insertion, removal, same_words
from dispatchd.documents.box_list import BoxLine, box_edits
from dispatchd.documents.markdown_outline import Block, Outline
from dispatchd.documents.proposal_result import CHOICE_WORDS, closing_edits
from dispatchd.documents.proposal_sections import (
    CHOICE_LABELS,
    OVERRIDE_LABELS,
    ProposalText,
    VerbItem,
    section_end,
    take_boxes_out,
)
from dispatchd.documents.stamps import display_name, plain
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus, Vote

LABEL_OF_CHOICE: Final = {choice: label for label, choice in CHOICE_LABELS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Electorate:
    """The people who have a section, and the standing votes, told apart by who cast them."""

    people: tuple[str, ...]
    by_person: dict[str, Vote]
    by_agents: tuple[Vote, ...]


def electorate(proposal: Proposal, people: Collection[str]) -> Electorate:
    """Who has a section: the people named as voters; with no voters named, all *people*; whoever has voted."""
    seats = [seat[1:].lower() for seat in proposal.voters if seat.startswith("@")]
    if not proposal.voters:
        seats = [handle.lower() for handle in people]
    human = [vote for vote in proposal.votes if vote.signature.by.kind is ActorKind.HUMAN]
    by_person = {vote.voter.lstrip("@").lower(): vote for vote in human}
    return Electorate(
        people=tuple(dict.fromkeys([*seats, *by_person])),
        by_person=by_person,
        by_agents=tuple(vote for vote in proposal.votes if vote.signature.by.kind is not ActorKind.HUMAN),
    )


def proposal_edits(
    shape: Outline,
    parts: ProposalText,
    proposal: Proposal,
    people: Collection[str],
    decision_link: str | None,
) -> list[LineEdit]:
    """What makes the body say what has become of *proposal*."""
    if proposal.status is ProposalStatus.DRAFT:
        return []
    voters = electorate(proposal, people)
    if proposal.status is ProposalStatus.OPEN:
        return [*_open_votes(shape, parts, voters), *_open_override(shape, parts)]
    return [*_closed_votes(shape, parts, voters), *closing_edits(shape, parts, proposal, decision_link)]


def agent_line(vote: Vote) -> str:
    """`ash (coder): approve. Fastest to build.`"""
    handle = display_name(vote.signature.by)
    seat = "" if vote.voter in {handle, vote.signature.by.handle} else f" ({vote.voter})"
    reason = plain(vote.signature.reason)
    word = CHOICE_WORDS[vote.choice]
    return f"{handle}{seat}: {word}. {reason}" if reason else f"{handle}{seat}: {word}"


def _open_votes(shape: Outline, parts: ProposalText, voters: Electorate) -> Iterator[LineEdit]:
    if parts.votes is None:
        lines = ["## Votes", *_fresh_votes(voters)]
        at = parts.override.heading.first if parts.override else shape.last_text_line()
        yield insertion(at, lines)
        return
    yield from _agent_edits(shape, parts, voters)
    present = {ballot.person: ballot for ballot in parts.ballots}
    for person in voters.people:
        if person in present:
            ballot = present[person]
            wanted = list(_ballot_lines(ballot.items, voters.by_person.get(person)))
            items = [each.item for each in ballot.items]
            yield from box_edits(shape, items, wanted, at=ballot.section.start)
    for person, ballot in present.items():
        if person not in voters.people:
            yield from take_boxes_out(shape, ballot.section, ballot.items)
    missing = [person for person in voters.people if person not in present]
    fresh = [line for person in missing for line in _fresh_ballot(person, voters.by_person.get(person))]
    if fresh:
        yield insertion(section_end(shape, parts.votes), fresh[1:])


def _fresh_votes(voters: Electorate) -> Iterator[str]:
    if voters.by_agents:
        yield ""
        yield from (f"- {agent_line(vote)}" for vote in voters.by_agents)
    for person in voters.people:
        yield from _fresh_ballot(person, voters.by_person.get(person))


def _fresh_ballot(person: str, vote: Vote | None) -> list[str]:
    lines = (_box_text(line) for line in _ballot_lines((), vote))
    return ["", f"### @{person}", "", *lines]


def _box_text(line: BoxLine) -> str:
    return f"- [{'x' if line.ticked else ' '}] {line.text}"


def _agent_edits(shape: Outline, parts: ProposalText, voters: Electorate) -> Iterator[LineEdit]:
    wanted = [agent_line(vote) for vote in voters.by_agents]
    present = parts.agent_lines
    known = 0
    while known < min(len(wanted), len(present)) and same_words(present[known].text, wanted[known]):
        known += 1
    for block in present[known:]:
        yield removal(block.first, _item_end(shape, block))
    fresh = [f"- {line}" for line in wanted[known:]]
    if fresh and known:
        at = _item_end(shape, present[known - 1])
        yield LineEdit(first=at, end=at, lines=tuple(fresh), apart_below=True)
    elif fresh and parts.votes:
        yield insertion(parts.votes.start, fresh)


def _item_end(shape: Outline, block: Block) -> int:
    end = block.text_end
    while end < block.end and NOTE.match(shape.lines[end]):
        end += 1
    return end


def _ballot_lines(items: Sequence[VerbItem[Choice]], vote: Vote | None) -> Iterator[BoxLine]:
    """The four boxes of a person. With a standing vote its box is ticked and no other, but a tick that still waits
    for its reason stays, and nothing beside it is moved meanwhile.
    """
    present = {item.verb: item for item in items}
    waits = vote is None or any(item.is_waiting and item.verb is not vote.choice for item in items)
    for choice, label in LABEL_OF_CHOICE.items():
        item = present.get(choice)
        if item is not None and (waits or vote is None or _says(item, vote)):
            yield BoxLine(text=label, kept=item.item)
        elif vote is not None and vote.choice is choice:
            yield _vote_line(vote)
        else:
            yield BoxLine(text=label)


def _says(item: VerbItem[Choice], vote: Vote) -> bool:
    if item.verb is not vote.choice:
        return not item.item.ticked
    return item.item.ticked and same_words(item.reason, vote.signature.reason)


def _vote_line(vote: Vote) -> BoxLine:
    label = LABEL_OF_CHOICE[vote.choice]
    reason = plain(vote.signature.reason)
    return BoxLine(text=f"{label.rstrip(':')}: {reason}" if reason else label, ticked=True)


def _open_override(shape: Outline, parts: ProposalText) -> Iterator[LineEdit]:
    present = {item.verb: item.item for item in parts.override_items}
    wanted = [BoxLine(text=label, kept=present.get(verb)) for label, verb in OVERRIDE_LABELS.items()]
    if parts.override:
        items = [item.item for item in parts.override_items]
        yield from box_edits(shape, items, wanted, at=parts.override.start)
        return
    at = section_end(shape, parts.votes) if parts.votes else shape.last_text_line()
    yield insertion(at, ["## Override", "", *(_box_text(line) for line in wanted)])


def _closed_votes(shape: Outline, parts: ProposalText, voters: Electorate) -> Iterator[LineEdit]:
    if parts.votes is None:
        return
    yield from _agent_edits(shape, parts, voters)
    for ballot in parts.ballots:
        vote = voters.by_person.get(ballot.person)
        if vote is None:
            yield from take_boxes_out(shape, ballot.section, ballot.items)
            continue
        stands = [item.item for item in ballot.items if item.verb is vote.choice and _says(item, vote)]
        line = BoxLine(text=_vote_line(vote).text, ticked=True, kept=stands[0] if stands else None)
        items = [item.item for item in ballot.items]
        yield from box_edits(shape, items, [line], at=ballot.section.start)
    yield from _late_ballots(shape, parts, voters)


def _late_ballots(shape: Outline, parts: ProposalText, voters: Electorate) -> Iterator[LineEdit]:
    """A person whose section is gone and who has voted gets it back, with the vote alone."""
    present: set[str] = {ballot.person for ballot in parts.ballots}
    lines: list[str] = []
    for person, vote in voters.by_person.items():
        if person not in present:
            lines.extend(["", f"### @{person}", "", _box_text(_vote_line(vote))])
    if lines and parts.votes:
        yield insertion(section_end(shape, parts.votes), lines[1:])
