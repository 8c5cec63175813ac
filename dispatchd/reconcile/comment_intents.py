"""What a save says below an issue's activity: new text is a comment of whoever saved it, once it is left in peace.

What the text began as is remembered in the place that is held, so that all that was typed since is one comment.
"""

from collections.abc import Collection, Sequence

from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.comments import heard
from dispatchd.documents.digest import digest
from dispatchd.documents.markdown_outline import Outline
from dispatchd.domain.identifiers import DocumentDigest, EntityId
from dispatchd.domain.steering_command import AddComment
from dispatchd.reconcile.intents import Act, Intent, Refusal, Typing
from dispatchd.reconcile.places import line_place

_HELD = "comment:"
KEPT = "kept as it was signed; what you want to add goes below, as a comment of yours"


def began_at(held: Collection[str]) -> DocumentDigest | None:
    """The text that a comment which is still being typed began with."""
    places = (place.removeprefix(_HELD) for place in held if place.startswith(_HELD))
    return next((DocumentDigest(place) for place in places), None)


def comment_intents(
    issue: EntityId,
    began: Outline,
    saved: Outline,
    known: Sequence[ActivityLine],
    speaker: str,
    began_as: str,
) -> tuple[Intent, ...]:
    """Comments that rest first, and a word where signed lines were changed. *began_as* is the text of *began*."""
    found = heard(began, saved, known, speaker)
    place = _HELD + digest(began_as.encode())
    said = [
        Typing(
            anchor=place,
            otherwise=Act(
                anchor=line_place(saved, saying.line), command=AddComment(issue=issue, text=saying.text)
            ),
            rests=True,
        )
        for saying in found.sayings
    ]
    changed = [
        Typing(anchor=place, otherwise=Refusal(anchor=f"line:0:{line}", why=KEPT)) for line in found.changed
    ]
    return (*said, *changed)
