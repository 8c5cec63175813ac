"""Epics: stages and gates as written, ticks as acts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Reading
from dispatchd.application.kinds.epic_lists import lister, merged_document, placing, plans_of
from dispatchd.application.kinds.facts_of_kind import (
    first_facts,
    has_lost_front_matter,
    intents_of_facts,
    members_of,
    one_of,
    without,
)
from dispatchd.application.kinds.gate_rounds import current_text, of_this_round
from dispatchd.application.kinds.gates_in_force import gates_in_force
from dispatchd.application.kinds.titles import title_for
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.epic_document import (
    SCHEMA,
    EpicDocument,
    compose_epic,
    epic_facts,
    fact_values,
    parse_epic,
    person_part,
    render_epic,
)
from dispatchd.documents.epic_sections import LABEL_OF
from dispatchd.documents.loose_ticks import Offered
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.documents.stamps import parse_created
from dispatchd.domain.command import Command, OpenEpic
from dispatchd.domain.epic import Epic, EpicStatus, Stage
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind, parse_id
from dispatchd.reconcile.epic_intents import epic_intents, forged_stamps
from dispatchd.reconcile.intents import Intent, Refusal
from dispatchd.reconcile.list_intents import ListEdit, list_intents, lists_of, mark_refusals
from dispatchd.reconcile.list_items import Placing, listed_issues
from dispatchd.reconcile.list_making import early_tick

_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "status": EpicStatus,
    "priority": str,
    "source": str,
}
_DEFAULTS: Final = {"status": EpicStatus.DRAFT, "labels": (), "stages": ()}


def _read(text: str) -> Reading:
    document = parse_epic(text)
    return Reading(
        text=text,
        document=document,
        front=document.front,
        facts=epic_facts(document),
        problems=document.problems,
    )


def _adopt(adoption: Adoption) -> tuple[Command, tuple[Refusal, ...]]:
    reading = adoption.reading
    fields, refused = first_facts(reading, EntityKind.EPIC, _READERS, adoption.work.rules.types)
    foreign = one_of(reading.facts.get("id"))
    if foreign and parse_id(foreign) is None:
        fields.setdefault("source", foreign)
    epic = Epic(
        id=adoption.id,
        title=title_for(reading.facts.get("title"), reading.body, adoption.path),
        created=parse_created(one_of(reading.facts.get("created"))) or adoption.circumstance.at,
        labels=members_of(reading.facts.get("labels")),
        **fields,
    )
    lists = placing(adoption.work, adoption.id, adoption.path).place(lists_of(reading.document))
    plans = plans_of(reading.document, lists)
    opened = replace(epic, stages=tuple(Stage(plan=plan) for plan in plans))
    shape = outline(reading.text, reading.front.layout.body_at)
    return OpenEpic(epic=opened, lists=listed_issues(lists)), (
        *refused,
        *mark_refusals(adoption.work, shape, lists),
        *(refusal for stage in reading.document.stages for refusal in early_tick(shape, stage)),
    )


def _without_fact(command: Command, refused: Rejected) -> Command:
    if not isinstance(command, OpenEpic):
        return command
    epic, key = command.epic, refused.key or ""
    if key.startswith("gate:"):
        name = key.removeprefix("gate:")
        stages = tuple(
            replace(stage, plan=replace(stage.plan, gate=None)) if stage.name == name else stage
            for stage in epic.stages
        )
        return replace(command, epic=replace(epic, stages=stages))
    return replace(command, epic=without(epic, _DEFAULTS, refused))


def _intents(edit: Edit) -> tuple[Intent, ...]:
    epic = edit.work.epic(EntityId(edit.subject))
    if epic is None:
        return ()
    facts = (
        ()
        if has_lost_front_matter(edit)
        else intents_of_facts(edit, EntityKind.EPIC, SCHEMA, fact_values(epic))
    )
    shape = outline(edit.disk.text, edit.disk.front.layout.body_at)
    merged = merged_document(edit)
    places = placing(edit.work, epic.id, edit.path)
    lists = partial(_list_intents, edit, shape, merged, places)
    written = plans_of(merged, places.place(lists_of(merged)))
    planned = gates_in_force(edit.work, epic, written)
    base, disk = edit.base.document, edit.disk.document
    asked = epic_intents(epic.id, base, disk, shape, edit.held, planned, lists)
    ours = current_text(edit)
    now = _read(ours) if ours is not None else None
    forged = forged_stamps(epic, base, disk, shape, edit.held)
    return (*facts, *of_this_round(edit, epic, now, asked), *forged)


def _boxes(reading: Reading) -> tuple[Offered, ...]:
    document: EpicDocument = reading.document
    gates = (
        Offered(box.line, box.option or LABEL_OF[box.verb], box.ticked, is_persons=bool(box.option))
        for stage in document.stages
        for box in stage.boxes
    )
    making = (
        Offered(box.line, box.text, box.ticked) for stage in document.stages for box in stage.agenda.offers
    )
    return (*gates, *making)


def _list_intents(
    edit: Edit, shape: Outline, merged: EpicDocument, places: Placing, renamed: Mapping[str, str]
) -> tuple[Intent, ...]:
    return list_intents(
        ListEdit(
            placing=places,
            base=edit.base.document,
            disk=edit.disk.document,
            merged=merged,
            shape=shape,
            renamed=renamed,
            held=edit.held,
            at=edit.circumstance.at,
        )
    )


def _render(epic: Epic, canvas: str, notes: Sequence[Annotation], work: UnitOfWork) -> str:
    return render_epic(epic, canvas, notes, lister(work, epic.id))


def _put_right(epic: Epic, text: str, work: UnitOfWork) -> str:
    return render_epic(epic, text, (), lister(work, epic.id, adds=False))


def _compose(epic: Epic, _work: UnitOfWork, body: str) -> str:
    return compose_epic(epic, body)


EPIC_KIND: Final = DocumentKind(
    kind=EntityKind.EPIC,
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
    put_right=_put_right,
)
