"""Ticks: which box was newly ticked, whether it has the reason it needs, and what two at once mean.

A tick counts once: where the text the save began as had it already, complete, it is no new act.
"""

from collections.abc import Callable, Collection, Sequence

from dispatchd.domain.command import Command
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.intents import Act, Intent, Refusal

NEEDS_A_REASON = "needs a reason: write it behind the colon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickable:
    """A box that was offered. `name` tells it from its neighbours, `anchor` is where it is answered."""

    name: str
    anchor: str
    ticked: bool
    lacks_reason: bool
    reason: str
    line: int


def newly_ticked(base: Sequence[Tickable], disk: Sequence[Tickable], held: Collection[str]) -> list[Tickable]:
    """The boxes of *disk* that this save ticked or gave another reason, or that still wait to be looked at."""
    before = {box.name: box for box in base}
    return [box for box in disk if box.ticked and _is_new(before.get(box.name), box, held)]


def _is_new(before: Tickable | None, box: Tickable, held: Collection[str]) -> bool:
    if box.anchor in held:
        return True
    if before is None:
        return False
    return not before.ticked or before.reason != box.reason


def tick_intents(
    boxes: Sequence[Tickable], command_for: Callable[[Tickable], Command], group: str
) -> tuple[Intent, ...]:
    """What newly ticked *boxes* of one *group* (a gate, a ballot) ask for; contradicting ones are not done."""
    if len(boxes) > 1:
        names = " and ".join(f'"{box.name}"' for box in boxes)
        return tuple(
            Refusal(
                anchor=box.anchor,
                why=f"tick one only; {names} of {group} were ticked together, so none was done",
                attempted=box.name,
                line=box.line,
            )
            for box in boxes
        )
    return tuple(
        Refusal(anchor=box.anchor, why=NEEDS_A_REASON, attempted=box.name, line=box.line, settled=False)
        if box.lacks_reason
        else Act(anchor=box.anchor, command=command_for(box), attempted=box.name)
        for box in boxes
    )
