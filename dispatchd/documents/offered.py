"""The boxes that are offered for what waits, by their labels: one answer for the files, WAITING.md and the terminal.

A label that ends with a colon needs a reason. This module loads nothing, because a look at what waits is to be instant.
"""

from collections.abc import Sequence
from typing import Final

SEND: Final = "Send"
SEEN: Final = "Seen"
BRAKE_ID: Final = "PAUSE"
"""What the brake is called where everything else has an id: the name of its file."""
PAUSE_BOX: Final = "Pause"
RESUME_BOX: Final = "Go on"
GATE_LABELS: Final = ("Approve", "Reject:", "Skip:")
CHECKPOINT_LABELS: Final = ("Skip:",)
VOTE_LABELS: Final = ("Approve", "Reject:", "Abstain", "More info:")


def thread_labels(kind: str, options: Sequence[str], *, accepts_text: bool) -> tuple[str, ...]:
    """The boxes of an open thread of *kind*."""
    match kind:
        case "problem":
            return tuple(options)
        case "notice":
            return tuple(dict.fromkeys((*options, SEEN)))
        case "conflict" if not options:
            return (SEEN,)
        case _ if accepts_text:
            return (*options, SEND)
        case _:
            return tuple(options) or (SEEN,)


def gate_labels(kind: str, options: Sequence[str]) -> tuple[str, ...]:
    """The boxes of a gate that waits for people."""
    if kind == "decision":
        return tuple(options)
    return CHECKPOINT_LABELS if kind == "checkpoint" else GATE_LABELS
