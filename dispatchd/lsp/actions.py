"""Actions in a text: every verb that is offered in it, and the mends that a refusal names.

An action is an edit of the buffer: it ticks the box, and the person's save is the act. So nothing is decided that the
file does not show, undo takes it back, an unsaved buffer is never written beside, and whoever may save may act: no
more and no less than without an editor. Which boxes are offered is asked of the rules, with the box ticked.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from dispatchd.application.meaning import Meaning, Weight
from dispatchd.documents.boxes import TaskItem, set_box, task_items
from dispatchd.documents.markdown_outline import outline
from dispatchd.domain.command import AnswerThread, ChooseDirection, DismissThread
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityKind
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.notes import Note, notes_on
from dispatchd.lsp.page import Page, Span
from dispatchd.reconcile.intents import Act
from dispatchd.reconcile.places import is_same_line, line_text
from dispatchd.reconcile.thread_intents import NOT_SENT_YET

_BRACKETS: Final = re.compile(r"\[[ \t\u00a0]*\]")
_INSTEAD: Final = re.compile(r"(?:did you mean (?P<meant>[\w-]+)\?|To force it: (?P<forced>[\w-]+!))")
_MOST: Final = 60
"""Boxes that are tried; a text with more is somebody's own list."""


@dataclass(frozen=True, slots=True)
class Action:
    """An edit that is offered: `span` becomes `new`. One that `asks_reason` is done when words follow on its line."""

    title: str
    span: Span
    new: str
    asks_reason: bool = False
    mends: Note | None = None
    """The note that it mends; None for a verb."""


def actions_on(page: Page, moment: Moment, first: int, last: int) -> tuple[Action, ...]:
    """What can be done in *page*: on the lines from *first* to *last*, then by the boxes elsewhere."""
    verbs = list(_verbs(page, moment))
    here = [each for each in verbs if first <= each.span.line <= last]
    elsewhere = [each for each in verbs if each not in here]
    return (*_mends(page, moment, first, last), *here, *elsewhere)


def _mends(page: Page, moment: Moment, first: int, last: int) -> Iterator[Action]:
    for note in notes_on(page, moment):
        found = _INSTEAD.search(note.message)
        key = page.key_on(note.span.line)
        if found is None or key is None or not first <= note.span.line <= last:
            continue
        new = found["meant"] or found["forced"]
        title = f"Change {key.key} to {new}" if found["meant"] else f"Force {key.key}: {new}"
        yield Action(title, key.value, new, mends=note)


def _verbs(page: Page, moment: Moment) -> Iterator[Action]:
    boxes = _open_boxes(page)[:_MOST]
    if moment.is_offered_whole(page.path):
        yield from (_action(page, box, box.text.rstrip(": ")) for box in boxes)
        return
    if page.kind is None or not boxes:
        return
    before = moment.meaning_of(page)
    for box in boxes:
        title = _offered(page, box, moment, before)
        if title is not None:
            yield _action(page, box, title)


def _open_boxes(page: Page) -> list[TaskItem]:
    body_at = page.kind.read(page.text).front.layout.body_at if page.kind is not None else 0
    return [item for item in task_items(outline(page.text, body_at).blocks) if not item.ticked]


def _offered(page: Page, box: TaskItem, moment: Moment, before: Meaning) -> str | None:
    """What ticking *box* does, in a few words; None where that is nothing, or refused."""
    ticked = set_box(page.text, box.line, ticked=True)
    if _asks_reason(box):
        lines = ticked.split("\n")
        lines[box.line - 1] = f"{lines[box.line - 1].rstrip()} because"
        ticked = "\n".join(lines)
    after = moment.meaning_of(page, ticked)
    line = ticked.split("\n")[box.line - 1]
    act = next((each for each in _acts(after) if each not in before.acts and _is_at(each, line)), None)
    if _is_refused(after, before):
        return None
    if act is None:
        return f"Answer: {box.text} (Send is next)" if _is_unsent(after, before) else None
    return _said(box, act)


def _acts(meaning: Meaning) -> Sequence[Act]:
    return [act for act in meaning.acts if line_text(act.anchor) is not None]


def _is_at(act: Act, line: str) -> bool:
    return is_same_line(line_text(act.anchor) or "", line)


def _is_refused(after: Meaning, before: Meaning) -> bool:
    """Whether the tick brings a refusal with it; a missing signature is none."""
    new = (remark for remark in after.remarks if remark not in before.remarks)
    return any(remark.weight is Weight.REFUSED for remark in new)


def _is_unsent(after: Meaning, before: Meaning) -> bool:
    """Whether the tick is an answer that only waits to be sent."""
    return any(each.what == NOT_SENT_YET for each in after.remarks if each not in before.remarks)


def _said(box: TaskItem, act: Act) -> str:
    label = box.text.rstrip(":： ")
    match act.command:
        case AnswerThread(option=None):
            return "Send this answer"
        case AnswerThread(option=option) if option:
            return f"Answer: {option}"
        case DismissThread():
            return "Seen"
        case ChooseDirection(option=option):
            return f"Choose: {option}"
        case _:
            return label


def _asks_reason(box: TaskItem) -> bool:
    return box.text.endswith((":", "：")) and not box.reason_below


def _action(page: Page, box: TaskItem, title: str) -> Action:
    line = box.line - 1
    found = _BRACKETS.search(page.lines[line])
    span = Span(line, found.start(), found.end()) if found else Span(line, 0, 0)
    where = page.heading_above(line, 3)
    is_thread = page.kind is not None and page.kind.kind is EntityKind.THREAD
    asks = _asks_reason(box)
    words = f"{title} …" if asks else title
    return Action(words if not where or is_thread else f"{words} ({where})", span, "[x]", asks_reason=asks)
