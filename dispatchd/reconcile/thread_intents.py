"""What a save of a thread says: an option ticked, an answer sent, a notice seen.

An option answers at once where nothing else is written; text is sent by its box, because editors save while one types.
"""

from collections.abc import Collection
from typing import Final

from dispatchd.documents.boxes import fold
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.thread_document import AnswerBox, ThreadDocument
from dispatchd.domain.command import AnswerThread, DismissThread
from dispatchd.domain.thread import Thread
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.places import FILE, line_place

_SEND: Final = "Send"
_SEEN: Final = "Seen"


def thread_intents(
    thread: Thread, base: ThreadDocument, disk: ThreadDocument, shape: Outline, held: Collection[str]
) -> tuple[Intent, ...]:
    """What the boxes of *disk* ask for that those of *base* did not; *shape* is the outline of *disk*."""
    base, disk = base.offering(thread.options), disk.offering(thread.options)
    place = _place(disk, thread, shape)
    if not _is_complete(disk, thread):
        return ()
    if place not in held and _is_complete(base, thread) and _said(base, thread) == _said(disk, thread):
        return ()
    if disk.is_seen:
        return (Act(anchor=place, command=DismissThread(thread=thread.id), attempted=_SEEN),)
    chosen = _chosen(disk, thread)
    if len(chosen) > 1:
        names = " and ".join(f'"{box.label}"' for box in chosen)
        why = f"tick one only; {names} were ticked together, so nothing was sent"
        places = dict.fromkeys((*(line_place(shape, box.line) for box in chosen), place))
        return tuple(Refusal(anchor=each, why=why) for each in places)
    if not chosen and not disk.answer:
        ways = "tick an option, or write above this box" if thread.options else "write above this box"
        return (Refusal(anchor=place, why=f"{ways}; there was nothing to send", attempted=_SEND),)
    option = chosen[0].label if chosen else None
    command = AnswerThread(thread=thread.id, option=option, text=disk.answer)
    return (Act(anchor=place, command=command, attempted=option or _SEND),)


def _is_complete(document: ThreadDocument, thread: Thread) -> bool:
    return (
        document.is_sent
        or document.is_seen
        or bool(_chosen(document, thread) and (not document.written or not thread.accepts_text))
    )


def _said(document: ThreadDocument, thread: Thread) -> tuple[object, ...]:
    chosen = tuple(box.label for box in _chosen(document, thread))
    return (document.is_sent, document.is_seen, chosen, document.answer)


def _chosen(document: ThreadDocument, thread: Thread) -> tuple[AnswerBox, ...]:
    offered = {fold(option) for option in thread.options}
    return tuple(box for box in document.chosen if fold(box.label) in offered)


def _place(document: ThreadDocument, thread: Thread, shape: Outline) -> str:
    """The box that is answered: the one that sends, else the last one ticked."""
    ticked = [box for box in document.boxes if box.ticked]
    sending = [box for box in ticked if box.label in {_SEND, _SEEN}]
    candidates = (*ticked, *_chosen(document, thread), *sending)
    return line_place(shape, candidates[-1].line) if candidates else FILE
