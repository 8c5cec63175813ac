"""What a save of a thread says: an option ticked, an answer sent, a notice seen.

An option answers at once where nothing else is written; text is sent by its box, because editors save while one types.
An option ticked beside text waits for that box, and its line says so. The same holds for a thread's item in WAITING.md.
"""

from collections.abc import Collection
from typing import Final

from dispatchd.documents.body_edit import same_words
from dispatchd.documents.boxes import fold
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.relative_links import without_depth
from dispatchd.documents.thread_document import AnswerBox, ThreadDocument, compose_thread, parse_thread
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.command import AnswerThread, DismissThread
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.domain.thread_rules import lacks_words
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.places import FILE, line_place

NOT_SENT_YET: Final = 'not sent yet: tick "Send" too, and what you wrote goes along'
REWORDED: Final = (
    "read it and tick again; what stood above was not what was asked, and has been put back as it was"
)
_SEND: Final = "Send"
_SEEN: Final = "Seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What stands in the place to write: options ticked, each with its place, the boxes that send, and the text."""

    chosen: tuple[tuple[str, str], ...]
    is_sent: bool
    is_seen: bool
    has_text: bool
    answer: str

    def is_complete(self, thread: Thread) -> bool:
        """Whether it is an answer, and not one still being written."""
        lone_choice = bool(self.chosen and (not self.has_text or not thread.accepts_text))
        return self.is_sent or self.is_seen or lone_choice

    def says_as_much_as(self, other: "Said") -> bool:
        """Whether *other* says the same, wherever its boxes stand."""
        options = [[option for option, _ in each.chosen] for each in (self, other)]
        mine, theirs = ((each.is_sent, each.is_seen, each.answer) for each in (self, other))
        return mine == theirs and options[0] == options[1]


def thread_intents(
    thread: Thread, base: ThreadDocument, disk: ThreadDocument, shape: Outline, held: Collection[str]
) -> tuple[Intent, ...]:
    """What the boxes of *disk* ask for that those of *base* did not; *shape* is the outline of *disk*."""
    base, disk = base.offering(thread.options), disk.offering(thread.options)
    before, now = (_said(document, thread, shape) for document in (base, disk))
    intents = said_intents(thread, before, now, _place(disk, thread, shape), held)
    if not any(isinstance(intent, Act) for intent in intents) or not is_reworded(thread, disk):
        return intents
    return tuple(
        Refusal(anchor=intent.anchor, why=REWORDED, attempted=intent.attempted)
        if isinstance(intent, Act)
        else intent
        for intent in intents
    )


def is_reworded(thread: Thread, document: ThreadDocument) -> bool:
    """Whether *document* shows a question, or words of somebody, that are not those of *thread*."""
    shown = parse_thread(compose_thread(thread), thread.options)
    is_asked = bool(thread.turns) and thread.turns[0].by.kind is not ActorKind.HUMAN
    if is_asked and document.title and not same_words(document.title, shown.title):
        return True
    for written in document.turns:
        alike = [turn.text for turn in shown.turns if (turn.name, turn.at) == (written.name, written.at)]
        said = without_depth(written.text)
        if alike and not any(same_words(said, without_depth(text)) for text in alike):
            return True
    return False


def said_intents(
    thread: Thread, before: Said, now: Said, place: str, held: Collection[str]
) -> tuple[Intent, ...]:
    """What *now* asks for that *before* did not; it is answered at *place*."""
    if not now.is_complete(thread):
        return _unsent(before, now, held) if thread.status is ThreadStatus.OPEN else ()
    if place not in held and before.is_complete(thread) and before.says_as_much_as(now):
        return ()
    if now.is_seen:
        return (Act(anchor=place, command=DismissThread(thread=thread.id), attempted=_SEEN),)
    if len(now.chosen) > 1:
        names = " and ".join(f'"{option}"' for option, _ in now.chosen)
        why = f"tick one only; {names} were ticked together, so nothing was sent"
        places = dict.fromkeys((*(at for _, at in now.chosen), place))
        return tuple(Refusal(anchor=each, why=why) for each in places)
    if not now.chosen and not now.answer:
        ways = "tick an option, or write above this box" if thread.options else "write above this box"
        return (Refusal(anchor=place, why=f"{ways}; there was nothing to send", attempted=_SEND),)
    option = now.chosen[0][0] if now.chosen else None
    wanting = option is not None and fold(option) in {fold(each) for each in thread.needs_words}
    if option is not None and wanting and not now.answer:
        return (Refusal(anchor=place, why=lacks_words(option), attempted=option, settled=now.is_sent),)
    command = AnswerThread(thread=thread.id, option=option, text=now.answer)
    return (Act(anchor=place, command=command, attempted=option or _SEND),)


def _unsent(before: Said, now: Said, held: Collection[str]) -> tuple[Intent, ...]:
    """What is said at options that were ticked beside text: the text may be half a sentence yet."""
    earlier = {option for option, _ in before.chosen} if before.has_text else set[str]()
    return tuple(
        Refusal(anchor=at, why=NOT_SENT_YET, attempted=option, settled=False)
        for option, at in now.chosen
        if option not in earlier or at in held
    )


def _said(document: ThreadDocument, thread: Thread, shape: Outline) -> Said:
    return Said(
        chosen=tuple((box.label, line_place(shape, box.line)) for box in _chosen(document, thread)),
        is_sent=document.is_sent,
        is_seen=document.is_seen,
        has_text=bool(document.written),
        answer=document.answer,
    )


def _chosen(document: ThreadDocument, thread: Thread) -> tuple[AnswerBox, ...]:
    offered = {fold(option) for option in thread.options}
    return tuple(box for box in document.chosen if fold(box.label) in offered)


def _place(document: ThreadDocument, thread: Thread, shape: Outline) -> str:
    """The box that is answered: the one that sends, else the last one ticked."""
    ticked = [box for box in document.boxes if box.ticked]
    sending = [box for box in ticked if box.label in {_SEND, _SEEN}]
    candidates = (*ticked, *_chosen(document, thread), *sending)
    return line_place(shape, candidates[-1].line) if candidates else FILE
