"""The lines below an epic's gates, put right: live boxes while a gate awaits, stamps of what was done.

Lines that already say it stay as they are, with the ticks and half-written reasons in them; a person's options keep
their words. What a gate's state is was decided before.
"""

from collections.abc import Iterator, Sequence

from dispatchd.documents.body_edit import LineEdit, removal, same_words
from dispatchd.documents.box_list import BoxLine, box_edits
from dispatchd.documents.boxes import box, bullet_of, fold, own_end, split_label
from dispatchd.documents.epic_sections import LABEL_OF, GateItem, GateVerb, StageText
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.stamps import display_name, format_moment, stamped
from dispatchd.domain.actors import ActorKind, Signature
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Gate, GateKind, GateState, Stage, StageState


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A line that should stand: a live box of a verb, or a stamp."""

    text: str
    live: GateVerb | None = None

    def is_said_by(self, item: GateItem) -> bool:
        if self.live is not None:
            return not item.done and item.verb is self.live
        return item.item.ticked and same_words(item.item.text, self.text)


def gate_edits(shape: Outline, text: StageText, stage: Stage) -> list[LineEdit]:
    """What makes the lines below the gate in *text* say what *stage* is."""
    plan = text.plan.gate
    if plan is None:
        return []
    gate = stage.gate
    edits = list(_consumed_reasons(text, gate))
    wanted = _wanted_lines(plan.kind, stage)
    options = [item for item in text.items if item.is_option]
    edits.extend(edit for item in options if (edit := _option_edit(shape, item, stage)))
    present = [item for item in text.items if not item.is_option]
    at = own_end(shape.lines, options[-1].item) if options else text.gate_end
    lines = _boxes(present, wanted)
    edits.extend(box_edits(shape, [item.item for item in present], lines, at=at, joins=bool(options)))
    return edits


def _wanted_lines(kind: GateKind, stage: Stage) -> list[_Wanted]:
    gate = stage.gate
    match gate.state:
        case GateState.REJECTED:
            stamps = [_Wanted(text=stamped("Rejected", gate.rejection))] if gate.rejection else []
            return [*stamps, _live(GateVerb.ASK_AGAIN)]
        case GateState.SKIPPED:
            return [_Wanted(text=stamped("Skipped", gate.skipped))] if gate.skipped else []
        case GateState.APPROVED:
            return [] if kind is GateKind.DECISION else _approved_lines(kind, gate)
        case GateState.PENDING:
            if stage.state is not StageState.AWAITING_GATE:
                return []
            return _open_lines(kind, gate)


def _approved_lines(kind: GateKind, gate: Gate) -> list[_Wanted]:
    if kind is GateKind.CHECKPOINT and not any(_is_human(each) for each in gate.approvals):
        passed = f" ({format_moment(gate.approvals[-1].at)})" if gate.approvals else ""
        return [_Wanted(text=f"Passed{passed}")]
    return [_Wanted(text=stamped("Approved", each)) for each in gate.approvals]


def _open_lines(kind: GateKind, gate: Gate) -> list[_Wanted]:
    if kind is GateKind.DECISION:
        return []
    if kind is GateKind.CHECKPOINT:
        return [_live(GateVerb.SKIP)]
    signed = [_Wanted(text=stamped("Approved", each)) for each in gate.approvals]
    return [*signed, _live(GateVerb.APPROVE), _live(GateVerb.REJECT), _live(GateVerb.SKIP)]


def _live(verb: GateVerb) -> _Wanted:
    return _Wanted(text=LABEL_OF[verb], live=verb)


def _is_human(signature: Signature) -> bool:
    return signature.by.kind is ActorKind.HUMAN


def _boxes(present: Sequence[GateItem], wanted: Sequence[_Wanted]) -> list[BoxLine]:
    """The wanted lines, each with the item that already says it."""
    kept = _assigned(present, wanted)
    is_signed_anew = any(one.live is None and item is None for one, item in zip(wanted, kept, strict=True))
    return [
        BoxLine(
            text=one.text,
            ticked=one.live is None,
            kept=None if item is None or (one.live is GateVerb.APPROVE and is_signed_anew) else item.item,
        )
        for one, item in zip(wanted, kept, strict=True)
    ]


def _assigned(present: Sequence[GateItem], wanted: Sequence[_Wanted]) -> list[GateItem | None]:
    free = list(present)
    kept: list[GateItem | None] = []
    for one in wanted:
        found = next((item for item in free if one.is_said_by(item)), None)
        if found:
            free.remove(found)
        kept.append(found)
    return kept


def _option_edit(shape: Outline, item: GateItem, stage: Stage) -> LineEdit | None:
    gate = stage.gate
    stamp = item.item.stamp
    bare = stamp.text if stamp else item.item.text
    chosen = (
        gate.state is GateState.APPROVED
        and gate.choice is not None
        and fold(gate.choice) in {fold(item.label), fold(bare)}
    )
    if chosen and gate.approvals:
        text, ticked = _chosen_text(bare, gate.approvals[-1], whole=item.label == bare), True
    else:
        awaits = gate.state is GateState.PENDING and stage.state is StageState.AWAITING_GATE
        pending = gate.state is GateState.PENDING and stamp is None
        text, ticked = bare, chosen or (item.item.ticked and (awaits or pending) and stamp is None)
    if same_words(text, item.item.text) and ticked == item.item.ticked:
        return None
    line = box(text, ticked=ticked, bullet=bullet_of(shape.lines, item.item.block))
    first = item.item.block.first
    return LineEdit(first=first, end=own_end(shape.lines, item.item), lines=(line,))


def _chosen_text(bare: str, signature: Signature, *, whole: bool) -> str:
    label, reason = (bare, "") if whole else split_label(bare)
    said = " ".join(signature.reason.split()) or reason
    words = f"{label}: {said}" if said else label
    return f"{words} ({display_name(signature.by)}, {format_moment(signature.at)})"


def _consumed_reasons(text: StageText, gate: Gate) -> Iterator[LineEdit]:
    """A `Reason:` paragraph goes once its words stand in a stamp."""
    said = [each.reason for each in (gate.rejection, gate.skipped, *gate.approvals) if each and each.reason]
    for block, reason in text.reasons:
        if any(same_words(reason, each) for each in said):
            yield removal(block.first, block.end)
