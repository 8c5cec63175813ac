"""What a save of an epic asks for beyond its facts: stages as now written, and ticks below its gates."""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from dispatchd.documents.boxes import fold
from dispatchd.documents.epic_document import Box, EpicDocument, EpicStage, GateVerb
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.stamps import SignedText, display_name, format_moment, plain
from dispatchd.domain.command import (
    ApproveGate,
    AskGateAgain,
    ChooseDirection,
    Command,
    PlanStages,
    RejectGate,
    SkipGate,
)
from dispatchd.domain.epic import Epic, StagePlan
from dispatchd.domain.identifiers import EntityId
from dispatchd.reconcile.box_intents import Tickable, newly_ticked, tick_intents
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.places import FILE, line_place

_NAMES: Final = {
    GateVerb.APPROVE: "Approve",
    GateVerb.REJECT: "Reject",
    GateVerb.SKIP: "Skip",
    GateVerb.ASK_AGAIN: "Ask again",
}


class Planned(NamedTuple):
    """The stages as they will be. `in_vain`: where a gate stays as it was, what is wrong with the one written now."""

    stages: tuple[StagePlan, ...]
    in_vain: Mapping[str, str] = MappingProxyType({})


def epic_intents(
    epic: EntityId,
    base: EpicDocument,
    disk: EpicDocument,
    shape: Outline,
    held: Collection[str],
    planned: Planned,
    lists: Callable[[Mapping[str, str]], tuple[Intent, ...]],
) -> tuple[Intent, ...]:
    """The plan first, so that a tick counts for what stands in the file; *shape* is the outline of *disk*.

    *planned* are the stages as they will be; *lists* says, with the headings that were renamed, what became of the
    lists under them.
    """
    renamed = renames(base.plans, disk.plans)
    command = PlanStages(epic=epic, stages=planned.stages, renamed=renamed)
    plan = _plan_intents(base, disk, shape, command, held)
    if plan:
        plan = (*plan, *_in_vain(disk.stages, shape, planned.in_vain))
    ticks = [
        intent
        for stage in disk.stages
        for intent in _ticks(epic, _as_before(base.stages, stage, dict(renamed)), stage, shape, held)
    ]
    return (*plan, *lists(dict(renamed)), *ticks)


def renames(before: Sequence[StagePlan], after: Sequence[StagePlan]) -> tuple[tuple[str, str], ...]:
    """The one heading that was changed in place, order and count the same; nothing where it is less clear."""
    if len(before) != len(after):
        return ()
    changed = [
        (old.name, new.name)
        for old, new in zip(before, after, strict=True)
        if fold(old.name) != fold(new.name)
    ]
    names = {fold(plan.name) for plan in before}
    return tuple(changed) if len(changed) == 1 and fold(changed[0][1]) not in names else ()


def _plan_intents(
    base: EpicDocument, disk: EpicDocument, shape: Outline, command: PlanStages, held: Collection[str]
) -> tuple[Intent, ...]:
    changed = [stage for stage in disk.stages if stage.plan not in base.plans]
    # Looked at once more, nothing differs: then the place that was left open tells which stage it was about.
    about = changed or [stage for stage in disk.stages if _place(stage, shape) in held]
    anchor = _place(about[0], shape) if about else FILE
    if disk.plans == base.plans and anchor not in held:
        return ()
    return (Act(anchor=anchor, command=command),)


def _in_vain(stages: Sequence[EpicStage], shape: Outline, in_vain: Mapping[str, str]) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(anchor=_place(stage, shape), why=in_vain[stage.plan.name], attempted=stage.plan.name)
        for stage in stages
        if stage.plan.name in in_vain
    )


def _place(stage: EpicStage, shape: Outline) -> str:
    return line_place(shape, stage.gate_line or stage.line)


def _as_before(stages: Sequence[EpicStage], stage: EpicStage, renamed: dict[str, str]) -> EpicStage | None:
    old_names = {new: old for old, new in renamed.items()}
    wanted = fold(old_names.get(stage.plan.name, stage.plan.name))
    return next((old for old in stages if fold(old.plan.name) == wanted), None)


def _ticks(
    epic: EntityId, before: EpicStage | None, stage: EpicStage, shape: Outline, held: Collection[str]
) -> tuple[Intent, ...]:
    base = [_tickable(box, None) for box in before.boxes] if before is not None else []
    disk = [_tickable(box, shape) for box in stage.boxes]
    boxes = {_name(box): box for box in stage.boxes}

    def command_for(ticked: Tickable) -> Command:
        return _command(epic, stage.plan.name, boxes[ticked.name])

    return tick_intents(newly_ticked(base, disk, held), command_for, f'the gate of "{stage.plan.name}"')


def forged_stamps(
    stands: Epic, base: EpicDocument, disk: EpicDocument, shape: Outline, held: Collection[str]
) -> tuple[Intent, ...]:
    """Answers to signed lines below a gate that nobody's answer made and *base* has not: they go, and it is said."""
    signed = _signed_in(stands)
    began = {_signed(stamp) for stage in base.stages for stamp in stage.stamps}
    found: list[Intent] = []
    for stage in (each for each in disk.stages if each.stamps):
        anchor = line_place(shape, stage.gate_line)
        # Looked at once more, the text it began as is this one.
        known = signed if anchor in held else signed | began
        found += [
            _forged(anchor, stage.gate_line, each) for each in stage.stamps if _signed(each) not in known
        ]
    return tuple(found)


def _forged(anchor: str, line: int, stamp: SignedText) -> Refusal:
    said = plain(f"{stamp.text} ({', '.join(filter(None, _signed(stamp)))})")
    why = f'tick a box that stands here to answer; dispatchd alone writes "{said}", when somebody has'
    return Refusal(anchor=anchor, why=why, attempted=said, line=line)


def _signed_in(epic: Epic) -> frozenset[tuple[str, str]]:
    gates = [stage.gate for stage in epic.stages]
    answers = [
        answer for gate in gates for answer in (*gate.approvals, gate.rejection, gate.skipped) if answer
    ]
    return frozenset(
        (name, format_moment(each.at)) for each in answers for name in (display_name(each.by), "")
    )


def _signed(stamp: SignedText) -> tuple[str, str]:
    """Who signed, and when; what was signed may have been put into other words since."""
    return stamp.name, format_moment(stamp.at)


def _name(box: Box) -> str:
    return box.option if box.verb is GateVerb.CHOOSE else _NAMES[box.verb]


def _tickable(box: Box, shape: Outline | None) -> Tickable:
    return Tickable(
        name=_name(box),
        anchor=line_place(shape, box.line) if shape is not None else "",
        ticked=box.ticked,
        lacks_reason=box.lacks_reason,
        reason=box.reason,
        line=box.line,
    )


def _command(epic: EntityId, stage: str, box: Box) -> Command:
    match box.verb:
        case GateVerb.APPROVE:
            return ApproveGate(epic=epic, stage=stage, reason=box.reason)
        case GateVerb.REJECT:
            return RejectGate(epic=epic, stage=stage, reason=box.reason)
        case GateVerb.SKIP:
            return SkipGate(epic=epic, stage=stage, reason=box.reason)
        case GateVerb.ASK_AGAIN:
            return AskGateAgain(epic=epic, stage=stage)
        case GateVerb.CHOOSE:
            return ChooseDirection(epic=epic, stage=stage, option=box.option, reason=box.reason)
