"""The lines of what a proposal is to do: what a save asks for there, and the answer on the very line that cannot stand.

Of an open proposal all lines are taken or none: what people vote on is whole. Of a draft they are taken as they are.
"""

from collections.abc import Iterator, Sequence

from dispatchd.application.document_kinds import Edit, Reading
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.markdown_outline import outline
from dispatchd.domain.action_rules import why_not, why_settled
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.authority import is_person
from dispatchd.domain.command import Circumstance, PlanActions
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import Proposal, ProposalStatus, UnreadAction
from dispatchd.domain.readiness import flaws_of
from dispatchd.reconcile.fact_intents import key_anchor
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.places import FILE, line_place


def planned_intents(proposal: Proposal, edit: Edit) -> tuple[Intent, ...]:
    """The plan that the save has changed, or that was looked at too early; where it cannot be, an answer for each line."""
    actions, places = edit.disk.document.actions, _places(edit.disk)
    waited = not {FILE, *places}.isdisjoint(edit.held)
    if actions == (proposal.actions if waited else edit.base.document.actions):
        return ()
    by = edit.circumstance.actor
    is_strangers = by.kind is ActorKind.HUMAN and not is_person(edit.work.rules, by)
    if proposal.status is not ProposalStatus.DRAFT and not is_strangers:
        refused = tuple(_refused(proposal, edit, places))
        if refused:
            return refused
    return (Act(anchor=FILE, command=PlanActions(proposal=proposal.id, actions=actions)),)


def shows_what_is_voted_on(proposal: Proposal, edit: Edit, planned: Sequence[Intent]) -> bool:
    """Whether a tick in this text is about the plan that counts once *planned* is done: it was given before these lines."""
    if proposal.status is ProposalStatus.DRAFT or edit.disk.document.actions == proposal.actions:
        return True
    return bool(planned) and all(isinstance(each, Act) for each in planned)


def _refused(proposal: Proposal, edit: Edit, places: tuple[str, ...]) -> Iterator[Refusal]:
    actions = edit.disk.document.actions
    if actions == proposal.actions:
        return
    settled = why_settled(proposal)
    if settled is not None:
        changed = [place for place, each in zip(places, actions, strict=True) if each not in proposal.actions]
        for place in changed or [FILE]:
            yield Refusal(anchor=place, why=settled)
        return
    for place, action in zip(places, actions, strict=True):
        why = why_not(edit.work, action)
        if why is not None:
            kept = (
                "" if isinstance(action, UnreadAction) else " Until then what stood here before is voted on"
            )
            yield Refusal(anchor=place, why=f"{why}{kept}")


def flaws_in_draft(subject: str, reading: Reading, work: UnitOfWork, by: Circumstance) -> tuple[Refusal, ...]:
    """What keeps a draft from being opened, line by line; what cannot be read is answered there anyway."""
    proposal = work.proposal(EntityId(subject))
    if proposal is None or proposal.status is not ProposalStatus.DRAFT:
        return ()
    places = _places(reading) if reading.document.actions == proposal.actions else ()
    found: list[Refusal] = []
    for flaw in flaws_of(work, proposal, by.at):
        if flaw.action is None:
            found.append(Refusal(anchor=key_anchor(flaw.key), why=flaw.why))
        elif not isinstance(proposal.actions[flaw.action], UnreadAction):
            found.append(Refusal(anchor=places[flaw.action] if places else FILE, why=flaw.why))
    return tuple(found)


def _places(reading: Reading) -> tuple[str, ...]:
    shape = outline(reading.text, reading.front.layout.body_at)
    return tuple(line_place(shape, line) for line in reading.document.action_lines)
