"""A save in which an act is finished and words are not: the text that says the act alone.

A comment rests before it counts as said; a tick or a fact beside it need not wait for that.
"""

from collections.abc import Sequence

from dispatchd.documents.activity import find_activity
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.reconcile.intents import Act, Intent, Typing


def is_act_beside_words(intents: Sequence[Intent]) -> bool:
    """Whether something was done, and all that is not finished are words that rest."""
    typed = [each for each in intents if isinstance(each, Typing)]
    return (
        bool(typed) and all(each.rests for each in typed) and any(isinstance(each, Act) for each in intents)
    )


def without_fresh_words(base: str, saved: str, body_at: tuple[int, int]) -> str:
    """*saved* with the activity that *base* has; *body_at* are the lines where their bodies begin."""
    before, now = (outline(text, at) for text, at in zip((base, saved), body_at, strict=True))
    section = find_activity(now)
    if section is None:
        return saved
    first, end = section.heading.first, section.end
    words = "".join([*now.lines[:first], *_activity(before), *now.lines[end:]])
    return f"{words.rstrip()}\n" if not _activity(before) else words


def _activity(shape: Outline) -> Sequence[str]:
    section = find_activity(shape)
    return shape.lines[section.heading.first : section.end] if section is not None else ()
