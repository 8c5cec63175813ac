"""The brake's box on WAITING.md: one that pauses all work, and while it is paused one that lets it go on.

A page that was read long ago speaks of the brake that it shows: its tick lets go of no other.
"""

from collections.abc import Collection
from typing import Final

from dispatchd.documents.offered import RESUME_BOX
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.waiting_page import PageItem
from dispatchd.domain.command import Command
from dispatchd.domain.pause import Pause
from dispatchd.domain.steering_command import PauseWork, ResumeWork
from dispatchd.reconcile.box_intents import Tickable, tick_intents
from dispatchd.reconcile.intents import Intent, Refusal
from dispatchd.reconcile.waiting_intents import newly_ticked_in

ANOTHER: Final = "tick it once more if work is to go on: since this page was written it was paused anew"


def brake_intents(
    pause: Pause | None, before: PageItem | None, item: PageItem, held: Collection[str]
) -> tuple[Intent, ...]:
    """What a tick in the brake's item asks for while *pause* stands."""

    def command_for(box: Tickable) -> Command:
        return ResumeWork() if box.name == RESUME_BOX else PauseWork(reason=box.reason)

    fresh = newly_ticked_in(item, before, held)
    if pause is None or _shows(item, pause):
        return tick_intents(fresh, command_for, "the brake")
    return tuple(
        Refusal(anchor=box.anchor, why=ANOTHER, attempted=box.name, line=box.line)
        if box.name == RESUME_BOX
        else each
        for box in fresh
        for each in tick_intents([box], command_for, "the brake")
    )


def _shows(item: PageItem, pause: Pause) -> bool:
    """Whether *item* is about this brake: one minute can hold two, and their reasons tell them apart."""
    said = " ".join(item.words).strip()
    same_words = pause.reason in said if pause.reason else not said
    return same_words and f"since {format_moment(pause.since)}" in item.remarks
