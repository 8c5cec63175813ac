"""Proposals: votes and overrides as ticks, the electorate as facts."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Reading
from dispatchd.application.kinds.facts_of_kind import (
    first_facts,
    has_lost_front_matter,
    intents_of_facts,
    members_of,
    one_of,
    without,
)
from dispatchd.application.kinds.planned_actions import (
    flaws_in_draft,
    planned_intents,
    shows_what_is_voted_on,
)
from dispatchd.application.kinds.titles import title_for
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.fence import decode
from dispatchd.documents.loose_ticks import Offered
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.proposal_document import (
    SCHEMA,
    ProposalDocument,
    compose_proposal,
    fact_values,
    parse_proposal,
    person_part,
    proposal_facts,
    render_proposal,
)
from dispatchd.documents.proposal_sections import CHOICE_LABELS, OVERRIDE_LABELS
from dispatchd.documents.stamps import parse_created, parse_deadline
from dispatchd.domain.command import Command, OpenProposal
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.proposal import Proposal, ProposalStatus, Threshold
from dispatchd.reconcile.fact_intents import key_anchor
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.proposal_intents import proposal_intents, too_early, votes_at_opening

_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "status": ProposalStatus,
    "threshold": Threshold,
    "deadline": parse_deadline,
    "source": str,
}
_DEFAULTS: Final = {"status": ProposalStatus.DRAFT, "threshold": Threshold.SIMPLE_MAJORITY}


def _read(text: str) -> Reading:
    document = parse_proposal(text)
    return Reading(
        text=text,
        document=document,
        front=document.front,
        facts=proposal_facts(document),
        problems=document.problems,
    )


def _adopt(adoption: Adoption) -> tuple[Command, tuple[Refusal, ...]]:
    reading = adoption.reading
    fields, refused = first_facts(reading, EntityKind.PROPOSAL, _READERS, adoption.work.rules.types)
    proposal = Proposal(
        id=adoption.id,
        title=title_for(reading.facts.get("title"), reading.body, adoption.path),
        created=parse_created(one_of(reading.facts.get("created"))) or adoption.circumstance.at,
        proposer=adoption.circumstance.actor,
        voters=members_of(reading.facts.get("voters")),
        actions=reading.document.actions,
        **fields,
    )
    shape = outline(reading.text, reading.front.layout.body_at)
    return OpenProposal(proposal=proposal), (*refused, *too_early(None, reading.document, shape))


def _without_fact(command: Command, refused: Rejected) -> Command:
    if not isinstance(command, OpenProposal):
        return command
    proposal = without(command.proposal, _DEFAULTS, refused)
    return replace(command, proposal=proposal)


def _intents(edit: Edit) -> tuple[Intent, ...]:
    proposal = edit.work.proposal(EntityId(edit.subject))
    if proposal is None:
        return ()
    facts = (
        ()
        if has_lost_front_matter(edit)
        else intents_of_facts(edit, EntityKind.PROPOSAL, SCHEMA, fact_values(proposal))
    )
    shape = outline(edit.disk.text, edit.disk.front.layout.body_at)
    opens = key_anchor("status")  # with all that the same save has mended
    ticks: Sequence[Intent]
    if proposal.status is not ProposalStatus.DRAFT:
        ticks = proposal_intents(proposal.id, edit.base.document, edit.disk.document, shape, edit.held)
    elif any(each.anchor == opens and isinstance(each, Act) for each in facts):
        ticks = votes_at_opening(proposal.id, _stood(proposal.id, edit), edit.disk.document, shape)
    else:
        ticks = too_early(edit.base.document, edit.disk.document, shape, edit.held)
    planned = planned_intents(proposal, edit)
    return (
        *(each for each in facts if each.anchor != opens),
        *planned,
        *(each for each in facts if each.anchor == opens),
        *(ticks if shows_what_is_voted_on(proposal, edit, planned) else map(_not_on_this, ticks)),
    )


def _stood(proposal: EntityId, edit: Edit) -> tuple[ProposalDocument, ...]:
    """What stood there before this save: the text that it began as, and the file, which somebody's commit may have changed."""
    record = edit.work.documents.of(proposal)
    text = decode(edit.work.blobs.get(record.current)) if record is not None and record.current else None
    return (edit.base.document, *([parse_proposal(text)] if isinstance(text, str) else []))


def _not_on_this(tick: Intent) -> Intent:
    if not isinstance(tick, Act):
        return tick
    return Refusal(
        anchor=tick.anchor,
        why='mend or put back the lines below "If it passes", then tick again; '
        "what is voted on is not what stands there",
        attempted=tick.attempted,
    )


def _boxes(reading: Reading) -> tuple[Offered, ...]:
    document: ProposalDocument = reading.document
    choices = {choice: label for label, choice in CHOICE_LABELS.items()}
    overrides = {how: label for label, how in OVERRIDE_LABELS.items()}
    votes = (
        Offered(box.line, choices[box.choice], box.ticked)
        for ballot in document.ballots
        for box in ballot.boxes
    )
    return (*votes, *(Offered(box.line, overrides[box.how], box.ticked) for box in document.overrides))


def _render(proposal: Proposal, canvas: str, notes: Sequence[Annotation], work: UnitOfWork) -> str:
    return render_proposal(
        proposal,
        canvas,
        notes,
        people=tuple(work.rules.people),
        decision_link=_decision_link(proposal, work),
    )


def _decision_link(proposal: Proposal, work: UnitOfWork) -> str | None:
    decided = work.documents.of(proposal.decision) if proposal.decision is not None else None
    record = work.documents.of(proposal.id)
    if decided is None or record is None:
        return None
    return posixpath.relpath(decided.path, posixpath.dirname(record.path))


def _compose(proposal: Proposal, work: UnitOfWork, body: str) -> str:
    return compose_proposal(proposal, body, people=tuple(work.rules.people))


PROPOSAL_KIND: Final = DocumentKind(
    kind=EntityKind.PROPOSAL,
    schema=SCHEMA,
    read=_read,
    adopt=_adopt,
    without_fact=_without_fact,
    intents=_intents,
    stands=fact_values,
    render=_render,
    compose=_compose,
    substance=person_part,
    boxes=_boxes,
    flaws=flaws_in_draft,
)
