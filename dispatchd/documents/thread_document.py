"""A thread's file: who asks, what was said, and the place to write.

Turns are the daemon's lines once they are said; what stands below them is somebody's answer until it is sent. When
an answer counts is left to reconciliation and the rules.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from dispatchd.documents.annotations import Annotation, note_lines
from dispatchd.documents.body_edit import LineEdit, settled
from dispatchd.documents.boxes import set_mark
from dispatchd.documents.facts import (
    COMMON_SPELLING,
    FactForm,
    body_at,
    composed,
    finish,
    put_right,
    read_facts,
    state_of,
    word_of,
)
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.markdown_outline import heading_text, outline
from dispatchd.documents.offered import SEEN, SEND
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.shown_text import unescaped
from dispatchd.documents.stamps import format_created
from dispatchd.documents.thread_sections import answer_text, read_parts
from dispatchd.documents.thread_surgery import ours, thread_edits, title_line
from dispatchd.documents.unclosed_blocks import unclosed_blocks
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

SCHEMA: Final = KeySchema.of(
    text=("title",),
    scalar=("id", "kind", "from", "to", "issue", "subject", "status", "created", "rev"),
    daemon=("id", "kind", "from", "to", "created", "rev"),
)
KEY_ORDER: Final = ("id", "kind", "from", "to", "issue", "subject", "status", "created", "rev")
FORM: Final = FactForm(
    schema=SCHEMA,
    order=KEY_ORDER,
    spelling={
        **COMMON_SPELLING,
        "kind": word_of(kind.value for kind in ThreadKind),
        "status": state_of(
            (state.value for state in ThreadStatus),
            {"done": "answered", "closed": "dismissed", "seen": "dismissed", "cancelled": "dismissed"},
        ),
    },
    not_added=frozenset({"created", "title"}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTurn:
    """A turn as it stands in the file."""

    name: str
    at: datetime
    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBox:
    """A box in the place to write. `said` is what follows its colon."""

    label: str
    ticked: bool
    said: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadDocument:
    """A thread as its file says it. `written` is the text of the answer, without boxes."""

    front: FrontMatter
    text: str
    problems: tuple[DocumentProblem, ...]
    title: str = ""
    turns: tuple[WrittenTurn, ...] = ()
    boxes: tuple[AnswerBox, ...] = ()
    written: str = ""

    def offering(self, options: Sequence[str]) -> "ThreadDocument":
        """The same file, read in the knowledge of what was offered: other boxes are part of the text."""
        return parse_thread(self.text, options)

    @property
    def options(self) -> tuple[AnswerBox, ...]:
        """The boxes that choose something."""
        return tuple(box for box in self.boxes if box.label not in {SEND, SEEN})

    @property
    def chosen(self) -> tuple[AnswerBox, ...]:
        """The options that are ticked."""
        return tuple(box for box in self.options if box.ticked)

    @property
    def is_sent(self) -> bool:
        """Whether *Send* is ticked."""
        return any(box.ticked for box in self.boxes if box.label == SEND)

    @property
    def is_seen(self) -> bool:
        """Whether *Seen* is ticked."""
        return any(box.ticked for box in self.boxes if box.label == SEEN)

    @property
    def answer(self) -> str:
        """All that is said: the text, and what follows the colon of ticked boxes."""
        beside = (box.said for box in self.boxes if box.ticked and box.said)
        return "\n\n".join(part for part in (*beside, self.written) if part)


def parse_thread(text: str, options: Sequence[str] | None = None) -> ThreadDocument:
    """Read a thread's file in which *options* were offered; with None they are the boxes listed with *Send*."""
    front = read_front_matter(text, SCHEMA)
    if front.parked:
        return ThreadDocument(front=front, text=text, problems=front.problems)
    shape = outline(text, front.layout.body_at)
    parts = read_parts(shape, options)
    return ThreadDocument(
        front=front,
        text=text,
        problems=(*front.problems, *unclosed_blocks(shape)),
        title=unescaped(heading_text(parts.title)) if parts.title else "",
        turns=tuple(
            WrittenTurn(name=turn.name, at=turn.at, text=turn.text, line=turn.first + 1)
            for turn in parts.turns
        ),
        boxes=tuple(
            AnswerBox(label=box.label, ticked=box.item.ticked, said=box.said, line=box.item.line)
            for box in parts.boxes
        ),
        written=answer_text(shape, parts),
    )


def thread_facts(document: ThreadDocument) -> Mapping[str, Value]:
    """What the front matter says, in canonical spelling."""
    return read_facts(document.front, FORM)


def fact_values(thread: Thread) -> dict[str, Value]:
    """What the front matter of *thread* should say."""
    return {
        "id": thread.id,
        "kind": thread.kind.value,
        "from": thread.sender,
        "to": thread.to,
        "issue": thread.issue,
        "subject": thread.subject,
        "status": thread.status.value,
        "created": format_created(thread.created),
    }


def compose_thread(thread: Thread) -> str:
    """The text of a new file for *thread*."""
    return _with_turns(thread, composed(fact_values(thread), title_line(thread), FORM))


def render_thread(thread: Thread, canvas: str, annotations: Sequence[Annotation] = ()) -> str:
    """*canvas* with the facts, turns and boxes of *thread*, and the *annotations*."""
    if read_front_matter(canvas, SCHEMA).parked:
        return canvas
    result = put_right(canvas, fact_values(thread), FORM, annotations)
    return finish(canvas, _with_turns(thread, result), FORM, annotations)


def _with_turns(thread: Thread, text: str) -> str:
    def plan(canvas: str) -> list[LineEdit]:
        shape = outline(canvas, body_at(canvas, FORM))
        return thread_edits(shape, read_parts(shape, thread.options), thread)

    mended = settled(text, plan)
    return text if mended is None else mended


def person_part(text: str) -> str:
    """What a person has in the file: text that is no turn and no box of the daemon's, ticks left out."""
    shape = outline(text, read_front_matter(text, SCHEMA).layout.body_at)
    left_out = ours(shape, read_parts(shape, ())) | set(note_lines(shape))
    kept = (
        set_mark(shape.lines[index].rstrip(), ticked=False)
        for index in range(shape.body, len(shape.lines))
        if index not in left_out
    )
    return "\n".join(line for line in kept if line)
