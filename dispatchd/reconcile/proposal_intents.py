"""What a save of a proposal asks for by its boxes: votes, an override."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.proposal_document import Ballot, OverrideBox, ProposalDocument, VoteBox
from dispatchd.domain.command import CastVote, Command, OverrideKind, OverrideProposal
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import Choice
from dispatchd.reconcile.box_intents import Tickable, newly_ticked, tick_intents
from dispatchd.reconcile.intents import Intent, Refusal
from dispatchd.reconcile.places import line_place

_CHOICES: Final = {
    Choice.APPROVE: "Approve",
    Choice.REJECT: "Reject",
    Choice.ABSTAIN: "Abstain",
    Choice.MORE_INFO: "More info",
}
_OVERRIDES: Final = {
    OverrideKind.FORCE_APPROVE: "Force approve",
    OverrideKind.FORCE_REJECT: "Force reject",
    OverrideKind.VETO: "Veto",
}


def proposal_intents(
    proposal: EntityId,
    base: ProposalDocument,
    disk: ProposalDocument,
    shape: Outline,
    held: Collection[str],
) -> tuple[Intent, ...]:
    """Votes first, then the override; *shape* is the outline of *disk*."""
    before = {ballot.person: ballot for ballot in base.ballots}
    votes = [
        intent
        for ballot in disk.ballots
        for intent in _votes(proposal, before.get(ballot.person), ballot, shape, held)
    ]
    return (*votes, *_overrides(proposal, base, disk, shape, held))


def too_early(
    base: ProposalDocument | None, disk: ProposalDocument, shape: Outline, held: Collection[str] = ()
) -> tuple[Refusal, ...]:
    """An answer to each vote that *disk* has and *base* has not, or that still waits for it, while there is no vote."""
    known = _ticks_in(base) if base is not None else set()
    return tuple(
        _too_early(box, shape)
        for ballot in disk.ballots
        for box in ballot.boxes
        if box.ticked and ((ballot.person, box.choice) not in known or line_place(shape, box.line) in held)
    )


def votes_at_opening(
    proposal: EntityId, stood: Iterable[ProposalDocument], disk: ProposalDocument, shape: Outline
) -> tuple[Intent, ...]:
    """What the save that opens a draft asks for: what it ticks itself. A tick in what *stood* there may be anybody's.

    It is answered at once: looked at again, when the vote is open, it could be taken for one that still waits.
    """
    before = set[tuple[str, Choice]]().union(*map(_ticks_in, stood))
    offered = tuple(
        replace(
            each,
            boxes=tuple(replace(box, ticked=(each.person, box.choice) in before) for box in each.boxes),
        )
        for each in disk.ballots
    )
    early = (
        replace(_too_early(box, shape), rests=False)
        for ballot in disk.ballots
        for box in ballot.boxes
        if box.ticked and (ballot.person, box.choice) in before
    )
    return (*early, *proposal_intents(proposal, replace(disk, ballots=offered), disk, shape, ()))


def _ticks_in(document: ProposalDocument) -> set[tuple[str, Choice]]:
    return {(each.person, box.choice) for each in document.ballots for box in each.boxes if box.ticked}


def _too_early(box: VoteBox, shape: Outline) -> Refusal:
    return Refusal(
        anchor=line_place(shape, box.line),
        why="tick it again when the vote is open; it was not open yet, so this is no vote",
        attempted=_CHOICES[box.choice],
        line=box.line,
    )


def _votes(
    proposal: EntityId, before: Ballot | None, ballot: Ballot, shape: Outline, held: Collection[str]
) -> tuple[Intent, ...]:
    base = [_vote(box, None) for box in before.boxes] if before is not None else []
    disk = [_vote(box, shape) for box in ballot.boxes]
    choices = {name: choice for choice, name in _CHOICES.items()}

    def command_for(box: Tickable) -> Command:
        return CastVote(
            proposal=proposal, voter=f"@{ballot.person}", choice=choices[box.name], reason=box.reason
        )

    return tick_intents(newly_ticked(base, disk, held), command_for, f"@{ballot.person}'s vote")


def _overrides(
    proposal: EntityId,
    base: ProposalDocument,
    disk: ProposalDocument,
    shape: Outline,
    held: Collection[str],
) -> tuple[Intent, ...]:
    kinds = {name: kind for kind, name in _OVERRIDES.items()}

    def command_for(box: Tickable) -> Command:
        return OverrideProposal(proposal=proposal, how=kinds[box.name], reason=box.reason)

    before = [_override(box, None) for box in base.overrides]
    after = [_override(box, shape) for box in disk.overrides]
    return tick_intents(newly_ticked(before, after, held), command_for, "the override")


def _vote(box: VoteBox, shape: Outline | None) -> Tickable:
    return Tickable(
        name=_CHOICES[box.choice],
        anchor=line_place(shape, box.line) if shape is not None else "",
        ticked=box.ticked,
        lacks_reason=box.lacks_reason,
        reason=box.reason,
        line=box.line,
    )


def _override(box: OverrideBox, shape: Outline | None) -> Tickable:
    return Tickable(
        name=_OVERRIDES[box.how],
        anchor=line_place(shape, box.line) if shape is not None else "",
        ticked=box.ticked,
        lacks_reason=box.lacks_reason,
        reason=box.reason,
        line=box.line,
    )
