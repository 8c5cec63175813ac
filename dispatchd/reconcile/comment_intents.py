"""What a save says below an issue's activity: new text is a comment of whoever saved it, once it is left in peace.

What the text began as is remembered in the place that is held, so that all that was typed since is one comment; and
so is whose it is, because others may change the same file before it is signed.
"""

from collections.abc import Collection, Sequence

from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.comments import heard
from dispatchd.documents.digest import digest
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.stamps import display_name
from dispatchd.domain.actors import Actor, Channel
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentDigest, EntityId
from dispatchd.domain.steering_command import AddComment
from dispatchd.reconcile.intents import Act, Intent, Refusal, Typing
from dispatchd.reconcile.places import line_place

_HELD, _WORDS = "comment:", "words:"
KEPT = "kept as it was signed; what you want to add goes below, as a comment of yours"


def words_place(words: DocumentDigest, writer: str) -> str:
    """The place of the lines *words* of *writer* (an address), which nobody has signed yet, in whatever text."""
    return f"{_WORDS}{words}:{writer}"


def unsigned_in(held: Collection[str]) -> tuple[str, ...]:
    """The places among *held* of what is not signed yet."""
    return tuple(place for place in held if place.startswith((_HELD, _WORDS)))


def is_words(place: str) -> bool:
    """Whether it names lines, and not the text to which they were added."""
    return place.startswith(_WORDS)


def kept_in(held: Collection[str]) -> tuple[str, ...]:
    """That of *held* which holds for any later text as well."""
    return tuple(place for place in held if is_words(place))


def text_at(place: str) -> DocumentDigest:
    """The text that what is not signed was added to, or its lines."""
    return DocumentDigest(place.split(":")[1])


def writer_at(place: str) -> str:
    """The address of whoever wrote it."""
    return place.split(":", 2)[2] if place.count(":") > 1 else ""


def is_by(place: str, by: Circumstance) -> bool:
    """Whether it was *by* who wrote it. A place of earlier days names nobody: then it was a save."""
    writer = writer_at(place)
    if not writer:
        return by.provenance.channel is Channel.SAVE
    return writer.casefold() == by.actor.email.casefold()


def comment_intents(
    issue: EntityId,
    began: Outline,
    saved: Outline,
    known: Sequence[ActivityLine],
    speaker: Actor,
    began_as: str,
) -> tuple[Intent, ...]:
    """Comments that rest first, and a word where signed lines were changed. *began_as* is the text of *began*."""
    found = heard(began, saved, known, display_name(speaker))
    place = f"{_HELD}{digest(began_as.encode())}:{speaker.email}"
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
