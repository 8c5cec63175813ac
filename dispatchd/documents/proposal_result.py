"""What came of a proposal, in one line below its votes, and the veto while it can still be turned."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from dispatchd.documents.body_edit import LineEdit, insertion, same_words
from dispatchd.documents.box_list import BoxLine, box_edits
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.proposal_sections import (
    OVERRIDE_LABELS,
    ProposalText,
    section_end,
    take_boxes_out,
)
from dispatchd.documents.stamps import display_name, format_moment, plain
from dispatchd.domain.carrying_out import can_be_turned
from dispatchd.domain.command import OverrideKind
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus

CHOICE_WORDS: Final = {
    Choice.APPROVE: "approve",
    Choice.REJECT: "reject",
    Choice.ABSTAIN: "abstain",
    Choice.MORE_INFO: "more info",
}
_OUTCOMES: Final = {
    ProposalStatus.PASSED: "Passed",
    ProposalStatus.REJECTED: "Rejected",
    ProposalStatus.NO_QUORUM: "No quorum",
    ProposalStatus.VETOED: "Vetoed",
    ProposalStatus.WITHDRAWN: "Withdrawn",
}
_LABEL_OF: Final = {verb: label for label, verb in OVERRIDE_LABELS.items()}


def result_line(proposal: Proposal, decision_link: str | None) -> str:
    """`**Passed** 2026-11-27 09:12Z: 3 approve, 1 reject. [Decision](../decisions/d-5m2x-argon2id.md)`"""
    parts = [f"**{_OUTCOMES.get(proposal.status, proposal.status.value)}**"]
    if proposal.closed_at:
        parts.append(f" {format_moment(proposal.closed_at)}")
    if proposal.override:
        forced = "by" if proposal.status is ProposalStatus.VETOED else "forced by"
        reason = plain(proposal.override.reason).rstrip(".")
        parts.append(f", {forced} {display_name(proposal.override.by)}{f': {reason}' if reason else ''}.")
        parts.append(f" {tally(proposal).capitalize()}.")
    else:
        parts.append(f": {tally(proposal)}.")
        parts.append(_silent(proposal))
    parts.append(_deeds(proposal))
    if decision_link:
        parts.append(f" [Decision]({decision_link})")
    elif proposal.decision:
        parts.append(f" Decision {proposal.decision}.")
    return "".join(parts)


def _silent(proposal: Proposal) -> str:
    """Who of those that were asked gave no vote; why stands in the decision."""
    voted = {vote.voter for vote in proposal.votes}
    silent = [seat for seat in proposal.voters if seat not in voted]
    if proposal.status is ProposalStatus.WITHDRAWN or not silent:
        return ""
    return f" Without a vote: {', '.join(silent)}."


def _deeds(proposal: Proposal) -> str:
    """What became of its actions so far."""
    done = [plain(each.did) for each in proposal.deeds if not each.failed]
    left = [plain(each.did) for each in proposal.deeds if each.failed]
    said = f" Done: {'; '.join(done)}." if done else ""
    return f"{said} Not done: {'; '.join(left)}." if left else said


def tally(proposal: Proposal) -> str:
    """`3 approve, 1 reject`."""
    counts = Counter(vote.choice for vote in proposal.votes)
    return ", ".join(f"{counts[choice]} {CHOICE_WORDS[choice]}" for choice in Choice if counts[choice]) or (
        "nobody voted"
    )


def closing_edits(
    shape: Outline, parts: ProposalText, proposal: Proposal, decision_link: str | None
) -> Iterator[LineEdit]:
    """What makes the end of the file say that *proposal* is closed."""
    line = result_line(proposal, decision_link)
    written = parts.result_line
    if written is None:
        yield insertion(_result_place(shape, parts), ["## Result", "", line])
    elif not same_words(written.text, line):
        yield LineEdit(first=written.first, end=written.end, lines=(line,))
    yield from _veto_edits(
        shape, parts, can_turn=can_be_turned(proposal) and proposal.status is ProposalStatus.PASSED
    )


def _result_place(shape: Outline, parts: ProposalText) -> int:
    if parts.override:
        return parts.override.heading.first
    return section_end(shape, parts.votes) if parts.votes else shape.last_text_line()


def _veto_edits(shape: Outline, parts: ProposalText, *, can_turn: bool) -> Iterator[LineEdit]:
    label = _LABEL_OF[OverrideKind.VETO]
    if parts.override is None:
        if can_turn:
            at = section_end(shape, parts.result) if parts.result else _result_place(shape, parts)
            yield insertion(at, ["## Override", "", f"- [ ] {label}"])
        return
    if not can_turn:
        yield from take_boxes_out(shape, parts.override, parts.override_items)
        return
    veto = next((each.item for each in parts.override_items if each.verb is OverrideKind.VETO), None)
    items = [each.item for each in parts.override_items]
    yield from box_edits(shape, items, [BoxLine(text=label, kept=veto)], at=parts.override.start)
