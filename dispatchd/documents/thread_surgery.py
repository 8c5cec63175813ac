"""A thread's turns and the place to write, put right in its file.

A turn that was said joins the others; the words that became it go from below, other words stay. While the thread is
open there are boxes to tick; afterwards there are none.
"""

from collections.abc import Iterator, Sequence

from dispatchd.documents.body_edit import LineEdit, insertion, removal, same_words
from dispatchd.documents.box_list import BoxLine, box_edits
from dispatchd.documents.boxes import box, own_end
from dispatchd.documents.markdown_outline import Block, Outline, heading_text, outline
from dispatchd.documents.offered import SEEN, thread_labels
from dispatchd.documents.shown_text import escaped
from dispatchd.documents.stamps import display_name, format_moment, turn_header
from dispatchd.documents.thread_sections import (
    ANSWER_HEADING,
    MORE_HEADING,
    UNSENT_HEADING,
    ThreadText,
    TurnText,
    answer_text,
)
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn


def offered_labels(thread: Thread) -> tuple[str, ...]:
    """The boxes that *thread* offers now."""
    if thread.status is not ThreadStatus.OPEN:
        return ()
    return thread_labels(thread.kind, thread.options, accepts_text=thread.accepts_text)


def thread_edits(shape: Outline, parts: ThreadText, thread: Thread) -> list[LineEdit]:
    """What makes the body say what *thread* is."""
    paired = _paired(parts.turns, thread.turns)
    fresh = [turn for turn, written in zip(thread.turns, paired, strict=True) if written is None]
    is_sent = any(_is_answer(turn, shape, parts) for turn in fresh)
    return [
        *_title_edits(parts, thread),
        *_turn_edits(shape, parts, thread, paired),
        *_heading_edits(shape, parts, thread, is_sent=is_sent),
        *(_sent_text(shape, parts, fresh) if is_sent else ()),
        *_answer_boxes(shape, parts, thread, is_sent=is_sent),
    ]


def turn_lines(turn: Turn) -> tuple[str, ...]:
    """A turn as it is written."""
    said = turn.text.strip("\n").splitlines()
    quote = [f"> {line}".rstrip() for line in said]
    return (turn_header(turn.by, turn.at), "", *quote) if quote else (turn_header(turn.by, turn.at),)


def _paired(written: Sequence[TurnText], said: Sequence[Turn]) -> list[TurnText | None]:
    """For each turn the lines that hold it, found by who spoke and when."""
    free = list(written)
    result: list[TurnText | None] = []
    for turn in said:
        key = (display_name(turn.by), format_moment(turn.at))
        alike = [each for each in free if (each.name, format_moment(each.at)) == key]
        found = next((each for each in alike if same_words(each.text, turn.text)), None)
        if found is None and alike:
            found = alike[0]
        if found:
            free.remove(found)
        result.append(found)
    return result


def _title_edits(parts: ThreadText, thread: Thread) -> Iterator[LineEdit]:
    """The heading of what no person began: what is asked is nobody else's to word."""
    if parts.title is None or not thread.turns or thread.turns[0].by.kind is ActorKind.HUMAN:
        return
    line = title_line(thread)
    if not same_words(heading_text(parts.title), heading_text(outline(line, 0).blocks[0])):
        yield LineEdit(first=parts.title.first, end=parts.title.end, lines=(line,))


def title_line(thread: Thread) -> str:
    """The heading as it is written."""
    return f"# {escaped(thread.title)}"


def _turn_edits(
    shape: Outline, parts: ThreadText, thread: Thread, paired: Sequence[TurnText | None]
) -> Iterator[LineEdit]:
    at = parts.title.end if parts.title else _top(shape)
    at = parts.turns[0].first if parts.turns else at
    for turn, written in zip(thread.turns, paired, strict=True):
        in_title = parts.title is not None and _is_said_by_title(thread, turn)
        if written is None:
            yield insertion(at, turn_lines(turn)[:1] if in_title else turn_lines(turn))
            continue
        at = written.end
        # Below a header alone nothing was put by the daemon: a quote there is somebody else's, and stays.
        if not in_title and not same_words(written.text, turn.text):
            quote = turn_lines(turn)[2:]
            yield LineEdit(first=written.quote, end=written.end, lines=quote, apart=True)


def _is_said_by_title(thread: Thread, turn: Turn) -> bool:
    """Whether the heading says all of *turn*: a question of one line, or a notice of one."""
    if thread.kind not in {ThreadKind.QUESTION, ThreadKind.NOTICE} or turn is not thread.turns[0]:
        return False
    return turn.by.kind is not ActorKind.HUMAN and same_words(turn.text, thread.title)


def _top(shape: Outline) -> int:
    at = shape.body
    while at < len(shape.lines) and not shape.lines[at].strip():
        at += 1
    return at


def _is_answer(turn: Turn, shape: Outline, parts: ThreadText) -> bool:
    """Whether a new turn is what stands in the place to write: its text, or nothing but a ticked box."""
    if turn.by.kind is not ActorKind.HUMAN:
        return False
    written = answer_text(shape, parts).split()
    said = turn.text.split()
    return not written or _within(written, said) or written[: len(said)] == said


def _within(part: Sequence[str], whole: Sequence[str]) -> bool:
    return f" {' '.join(part)} " in f" {' '.join(whole)} "


def _sent_text(shape: Outline, parts: ThreadText, fresh: Sequence[Turn]) -> Iterator[LineEdit]:
    """The lines that became a turn go; what was written after them stays."""
    filled = [index for index in parts.text_lines if shape.lines[index].strip()]
    words = [shape.lines[index].split() for index in filled]
    everything = [word for line in words for word in line]
    human = [turn.text.split() for turn in fresh if turn.by.kind is ActorKind.HUMAN]
    if not any(_within(everything, said) for said in human):
        filled = next((sent for said in human if (sent := _sent_lines(filled, words, said))), [])
    for run in _runs(filled):
        yield removal(run[0], run[-1] + 1)


def _sent_lines(filled: Sequence[int], words: Sequence[Sequence[str]], said: Sequence[str]) -> list[int]:
    gathered: list[str] = []
    for count, line in enumerate(words, 1):
        gathered.extend(line)
        if gathered == list(said):
            return list(filled[:count])
    return []


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def has_place_to_write(thread: Thread) -> bool:
    """Whether the boxes stand below a heading of their own."""
    labels = offered_labels(thread)
    return bool(labels) and labels != (SEEN,) and bool(thread.turns)


def _heading(thread: Thread) -> str:
    """What the place to write is called: nobody who began a thread is asked for an answer."""
    begun_by_person = thread.kind is ThreadKind.MESSAGE and thread.turns[0].by.kind is ActorKind.HUMAN
    return MORE_HEADING if begun_by_person else ANSWER_HEADING


def _heading_edits(shape: Outline, parts: ThreadText, thread: Thread, *, is_sent: bool) -> Iterator[LineEdit]:
    if parts.heading is None and has_place_to_write(thread):
        at = parts.boxes[0].item.block.first if parts.boxes else shape.last_text_line()
        first_text = next((index for index in parts.text_lines if shape.lines[index].strip()), at)
        lines = [f"## {_heading(thread)}"]
        if not parts.boxes:
            lines.extend(["", *(box(label) for label in offered_labels(thread))])
            first_text = at if is_sent else first_text
        place = min(at, first_text)
        yield insertion(max(place, parts.start if parts.turns else _top(shape)), lines)
    elif parts.heading and thread.status is not ThreadStatus.OPEN:
        left = answer_text(shape, parts)
        if not left or is_sent:
            yield removal(parts.heading.first, parts.heading.end)
        else:
            yield from _renamed(parts.heading, UNSENT_HEADING)
    elif parts.heading and heading_text(parts.heading) == UNSENT_HEADING:
        yield from _renamed(parts.heading, _heading(thread))


def _renamed(heading: Block, name: str) -> Iterator[LineEdit]:
    if heading_text(heading) != name:
        yield LineEdit(first=heading.first, end=heading.end, lines=(f"## {name}",), apart=True)


def _answer_boxes(shape: Outline, parts: ThreadText, thread: Thread, *, is_sent: bool) -> Iterator[LineEdit]:
    present = {each.label: each for each in parts.boxes}
    wanted: list[BoxLine] = []
    for label in offered_labels(thread):
        found = present.get(label)
        is_used = found is not None and (found.item.ticked or bool(found.said))
        kept = found.item if found and not (is_sent and is_used) else None
        wanted.append(BoxLine(text=label, kept=kept))
    items = [each.item for each in parts.boxes]
    if parts.boxes or parts.heading or not has_place_to_write(thread):
        yield from box_edits(shape, items, wanted, at=max(shape.last_text_line(), _top(shape)))


def ours(shape: Outline, parts: ThreadText) -> set[int]:
    """The lines of the daemon: title and turns, the heading, the boxes."""
    lines = set(range(parts.heading.first, parts.heading.end)) if parts.heading else set()
    for turn in parts.turns:
        lines.update(range(turn.first, turn.end))
    for each in parts.boxes:
        lines.update(range(each.item.block.first, own_end(shape.lines, each.item)))
    return lines
