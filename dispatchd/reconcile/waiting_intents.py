"""What the ticks in an item of WAITING.md ask for: the same as in the file that the item is about, by the same rules.

What a person wrote in the item of a gate or a vote is the reason of the box they ticked, where none stands behind it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.documents.boxes import fold
from dispatchd.documents.offered import SEEN, SEND
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.waiting_page import PageBox, PageItem
from dispatchd.domain.command import (
    ApproveGate,
    CastVote,
    ChooseDirection,
    Command,
    RejectGate,
    SkipGate,
)
from dispatchd.domain.epic import Epic, GateKind, Stage, StageState
from dispatchd.domain.proposal import Choice, Proposal
from dispatchd.domain.thread import Thread
from dispatchd.reconcile.box_intents import Tickable, newly_ticked, tick_intents
from dispatchd.reconcile.intents import Act, Intent, Refusal, Typing
from dispatchd.reconcile.places import item_place
from dispatchd.reconcile.thread_intents import Said, said_intents

EARLIER_ROUND: Final = "look at it and tick it again: since this page was written the gate has asked anew"
_CHOICES: Final = {
    "Approve": Choice.APPROVE,
    "Reject": Choice.REJECT,
    "Abstain": Choice.ABSTAIN,
    "More info": Choice.MORE_INFO,
}


def gate_intents(
    epic: Epic, stage: Stage, before: PageItem | None, item: PageItem, held: Collection[str]
) -> tuple[Intent, ...]:
    """An answer to the gate of *stage*."""
    plan = stage.plan.gate
    is_decision = plan is not None and plan.kind is GateKind.DECISION

    def command_for(box: Tickable) -> Command:
        if is_decision:
            return ChooseDirection(epic=epic.id, stage=stage.name, option=box.name, reason=box.reason)
        match box.name:
            case "Reject":
                return RejectGate(epic=epic.id, stage=stage.name, reason=box.reason)
            case "Skip":
                return SkipGate(epic=epic.id, stage=stage.name, reason=box.reason)
            case _:
                return ApproveGate(epic=epic.id, stage=stage.name, reason=box.reason)

    fresh = _newly_ticked(before or untouched(item), item, held, options=is_decision)
    if stage.state is StageState.AWAITING_GATE and not _shows_round(item, stage):
        return tuple(
            Refusal(anchor=box.anchor, why=EARLIER_ROUND, attempted=box.name, line=box.line) for box in fresh
        )
    return tick_intents(fresh, command_for, f'the gate of "{stage.name}"')


def _shows_round(item: PageItem, stage: Stage) -> bool:
    """Whether *item* is about the gate as it asks now, and not about an earlier time."""
    return stage.since is None or f"since {format_moment(stage.since)}" in item.remarks


def vote_intents(
    proposal: Proposal, before: PageItem | None, item: PageItem, held: Collection[str]
) -> tuple[Intent, ...]:
    """The vote of the person that the item names."""
    voter = f"@{item.qualifier.lstrip('@').lower()}"

    def command_for(box: Tickable) -> Command:
        return CastVote(proposal=proposal.id, voter=voter, choice=_CHOICES[box.name], reason=box.reason)

    fresh = _newly_ticked(before or untouched(item), item, held)
    return tick_intents(fresh, command_for, f"{voter}'s vote")


def answer_intents(
    thread: Thread, before: PageItem | None, item: PageItem, held: Collection[str]
) -> tuple[Intent, ...]:
    """An answer to *thread*, one of those that the item is about."""
    base = _said(thread, before or untouched(item))
    return said_intents(thread, base, _said(thread, item), _place(item), held)


def stale(intents: Sequence[Intent], why: str) -> tuple[Intent, ...]:
    """*intents* of a page that showed something else than what they would now be about: *why* is the answer."""
    return tuple(_stale(intent, why) for intent in intents)


def _stale(intent: Intent, why: str) -> Intent:
    match intent:
        case Act():
            return Refusal(anchor=intent.anchor, why=why, attempted=intent.attempted)
        case Typing(otherwise=Act() as act):
            return replace(intent, otherwise=Refusal(anchor=act.anchor, why=why, attempted=act.attempted))
        case _:
            return intent


def is_newly_seen(before: PageItem | None, item: PageItem) -> bool:
    """Whether *Seen* was ticked in an item that only tells something."""
    now, then = item.box(SEEN), before.box(SEEN) if before else None
    return bool(now and now.ticked and not (then and then.ticked))


def untouched(item: PageItem) -> PageItem:
    """*item* as it was offered, with nothing of a person's in it."""
    boxes = tuple(PageBox(label=box.label) for box in item.boxes)
    return replace(item, boxes=boxes, above=(), below=())


def newly_ticked_in(item: PageItem, before: PageItem | None, held: Collection[str]) -> list[Tickable]:
    """The boxes of *item* that this save ticked, or that still wait to be looked at."""
    return _newly_ticked(before or untouched(item), item, held)


def _newly_ticked(
    before: PageItem, item: PageItem, held: Collection[str], *, options: bool = False
) -> list[Tickable]:
    base = [_tickable(before, box, is_option=options, is_new=False) for box in before.boxes]
    ticked = {box.label for box in before.boxes if box.ticked}
    disk = [
        _tickable(
            item,
            box,
            is_option=options,
            is_new=box.label not in ticked or item_place(item, box.label) in held,
        )
        for box in item.boxes
    ]
    return newly_ticked(base, disk, held)


def _tickable(item: PageItem, box: PageBox, *, is_option: bool, is_new: bool) -> Tickable:
    """A box; words elsewhere in the item are its reason where it is new, or still waits for one."""
    needs_one = box.label.endswith(":") and not is_option
    reason = box.said or (_as_reason(item.written) if box.ticked and (is_new or needs_one) else "")
    return Tickable(
        name=box.label if is_option else box.label.rstrip(":"),
        anchor=item_place(item, box.label),
        ticked=box.ticked,
        lacks_reason=box.ticked and needs_one and not reason,
        reason=reason,
        line=0,
    )


def _as_reason(written: str) -> str:
    words = " ".join(written.split())
    head, colon, rest = words.partition(":")
    return rest.strip() if colon and fold(head) == "reason" else words


def _said(thread: Thread, item: PageItem) -> Said:
    ticked = [box for box in item.boxes if box.ticked]
    offered = {fold(option) for option in thread.options}
    beside = [box.said for box in ticked if box.said]
    return Said(
        chosen=tuple(
            (box.label, item_place(item, box.label)) for box in ticked if fold(box.label) in offered
        ),
        is_sent=any(box.label == SEND for box in ticked),
        is_seen=any(box.label == SEEN for box in ticked),
        has_text=bool(item.written),
        answer="\n\n".join(part for part in (*beside, item.written) if part),
    )


def _place(item: PageItem) -> str:
    """The box that is answered: the one that sends, else the last one ticked."""
    ticked = [box.label for box in item.boxes if box.ticked]
    sending = [label for label in ticked if label in {SEND, SEEN}]
    return item_place(item, [*ticked, *sending][-1]) if ticked else item_place(item)
