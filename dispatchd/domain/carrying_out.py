"""What a proposal that passed lets happen: which of its actions follow by themselves, and that each is noted once.

Agents among themselves decide nothing that is for people: where nobody of `[people]` answers for the outcome, what they
could not do one by one they cannot do together either, and a person is asked. How an action is done is left to
whoever does it, in the same moment in which it is noted.
"""

from typing import assert_never

from dispatchd.domain.actors import Actor
from dispatchd.domain.authority import is_person, require_daemon
from dispatchd.domain.board import Board, Rules
from dispatchd.domain.command import Circumstance, NoteDeed
from dispatchd.domain.event import ActionCarriedOut, Event
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.lookups import standing_proposal
from dispatchd.domain.proposal import (
    Action,
    Choice,
    CreateIssue,
    MergeAction,
    Proposal,
    SetFact,
    SetSetting,
    StartEpicAction,
    UnreadAction,
    WriteContext,
)

_FREE_FACTS = frozenset({"title", "type", "priority", "labels"})
"""Of an issue; they change what it is called and when it comes, not whether or by whom it is done."""


def answers_for(rules: Rules, proposal: Proposal) -> Actor | None:
    """The person who answers for what *proposal* decides: forced it, or voted for it; or nobody.

    Who wrote it does not count: that is no vote, and needs no signature.
    """
    if proposal.override is not None and is_person(rules, proposal.override.by):
        return proposal.override.by
    for vote in proposal.votes:
        if (
            vote.choice is Choice.APPROVE
            and vote.voter in proposal.voters
            and is_person(rules, vote.signature.by)
        ):
            return vote.signature.by
    return None


def is_for_people(action: Action) -> bool:
    """Whether *action* is more than agents may do together."""
    match action:
        case CreateIssue():
            return False
        case SetFact(target=target, key=key):
            return kind_of(EntityId(target)) is not EntityKind.ISSUE or key not in _FREE_FACTS
        case SetSetting() | StartEpicAction() | MergeAction() | WriteContext() | UnreadAction():
            return True
        case _:
            assert_never(action)


def decide_deed(board: Board, command: NoteDeed, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note what became of the next action; one that is noted already, or was vetoed meanwhile, is not noted again."""
    proposal = standing_proposal(board, command.proposal)
    require_daemon(circumstance.actor, "carrying out what was decided", subject=proposal.id)
    if proposal.next_action is None or command.number != len(proposal.deeds) + 1:
        return ()
    done = ActionCarriedOut(
        proposal=proposal.id, number=command.number, did=command.did, failed=command.failed
    )
    return (done,)


def can_be_turned(proposal: Proposal) -> bool:
    """Whether a veto can still turn what has passed: until the last of its actions is done with."""
    return not proposal.actions or not proposal.binding or len(proposal.deeds) < len(proposal.actions)
