"""The daemon's words beside a person's: ` # dispatchd: …` behind a key, `> dispatchd: …` under a line of a body.

An annotation that stands is left as it stands, one that is no longer wanted goes, a new one comes where its line
is: inside a list's item, below any other block, below the front matter where its line is gone. Who is told what is
left to reconciliation; the line of a key is left to the front matter's editor.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dispatchd.documents.body_edit import LineEdit, insertion, removal, settled
from dispatchd.documents.boxes import set_mark
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, outline
from dispatchd.documents.stamps import plain
from dispatchd.domain.dataclass import dataclass

NOTE: Final = re.compile(r"^[ \t]*> ?dispatchd:[ \t]*(?P<message>.*?)[ \t]*\r?\n?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnchor:
    """The line of a key in the front matter."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAnchor:
    """A line of the body by its text, ticks and outer spaces forgiven; `occurrence` counts equal ones from zero."""

    line: str
    occurrence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TopAnchor:
    """The place below the front matter."""


Anchor = KeyAnchor | LineAnchor | TopAnchor


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """What the daemon says, and where."""

    anchor: Anchor
    message: str


def key_notes(annotations: Iterable[Annotation]) -> Mapping[str, str]:
    """What is said about each key; several things stand one after the other."""
    said: dict[str, list[str]] = {}
    for note in annotations:
        if isinstance(note.anchor, KeyAnchor):
            said.setdefault(note.anchor.key, []).append(plain(note.message))
    return {key: _one_after_the_other(dict.fromkeys(messages)) for key, messages in said.items()}


def _one_after_the_other(messages: Iterable[str]) -> str:
    *earlier, last = messages
    return "; ".join((*(message.removesuffix(".") for message in earlier), last))


def note_lines(shape: Outline) -> tuple[int, ...]:
    """The lines of a body that are annotations; what looks like one inside code or a comment is text."""
    candidates = [index for index in range(shape.body, len(shape.lines)) if NOTE.match(shape.lines[index])]
    if not candidates:
        return ()
    text_lines = {
        index
        for block in shape.blocks
        if block.kind in {BlockKind.CODE, BlockKind.MARKUP}
        for index in range(block.first, block.end)
    }
    return tuple(index for index in candidates if index not in text_lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An annotation as it stands in a body: the lines, counted from one, that it may be about; none where it is on top."""

    message: str
    lines: tuple[int, ...]


def said_in_body(shape: Outline) -> tuple[Said, ...]:
    """Every annotation of the body."""
    found = []
    for index in note_lines(shape):
        hit, home = NOTE.match(shape.lines[index]), _home(shape, index)
        lines = range(home.first, min(home.end, index) if home.first < index else home.end) if home else ()
        texts = (line for line in lines if not NOTE.match(shape.lines[line]) and shape.lines[line].strip())
        found.append(Said(message=hit["message"] if hit else "", lines=tuple(line + 1 for line in texts)))
    return tuple(found)


def anchor_at(shape: Outline, line: int) -> LineAnchor:
    """The anchor that names the line *line*, counted from one."""
    wanted = _comparable(shape.lines[line - 1])
    before = (_comparable(text) for text in shape.lines[shape.body : line - 1])
    return LineAnchor(line=shape.lines[line - 1].strip(), occurrence=sum(text == wanted for text in before))


def annotate(text: str, body_at: int, annotations: Sequence[Annotation]) -> str:
    """*text* with exactly those *annotations* in its body."""
    wanted = [note for note in annotations if not isinstance(note.anchor, KeyAnchor)]
    if not wanted and "> dispatchd:" not in text and ">dispatchd:" not in text:
        return text
    beside = settled(text, lambda canvas: _edits(outline(canvas, body_at), wanted))
    if beside is not None:
        return beside
    above = [Annotation(anchor=TopAnchor(), message=note.message) for note in wanted]
    return settled(text, lambda canvas: _edits(outline(canvas, body_at), above)) or text


def _edits(shape: Outline, wanted: Sequence[Annotation]) -> list[LineEdit]:
    places = [(_place(shape, note.anchor), plain(note.message)) for note in wanted]
    unmet = list(dict.fromkeys(places))
    edits: list[LineEdit] = []
    for index in note_lines(shape):
        found = NOTE.match(shape.lines[index])
        said = (_home(shape, index), found["message"] if found else "")
        if said in unmet:
            unmet.remove(said)
        else:
            edits.append(removal(index, index + 1))
    edits.extend(_put(shape, block, message) for block, message in unmet)
    return _joined(edits)


def _joined(edits: list[LineEdit]) -> list[LineEdit]:
    """Removals that touch become one, so that the blank lines around them are counted once."""
    result: list[LineEdit] = []
    for edit in sorted(edits, key=lambda one: (one.first, one.end)):
        if result and not edit.lines and not result[-1].lines and result[-1].end == edit.first:
            result[-1] = removal(result[-1].first, edit.end)
        else:
            result.append(edit)
    return result


def _comparable(line: str) -> str:
    return " ".join(set_mark(line, ticked=False).split())


def _place(shape: Outline, anchor: Anchor) -> Block | None:
    """The block an annotation belongs under; None for the place below the front matter."""
    if not isinstance(anchor, LineAnchor):
        return None
    wanted = _comparable(anchor.line)
    equal = [
        index
        for index in range(shape.body, len(shape.lines))
        if _comparable(shape.lines[index]) == wanted and not NOTE.match(shape.lines[index])
    ]
    if not wanted or not equal:
        return None
    line = equal[min(anchor.occurrence, len(equal) - 1)]
    return next((block for block in shape.blocks if block.first <= line < block.end), None)


def _home(shape: Outline, line: int) -> Block | None:
    """The block that the annotation on *line* stands under."""
    above: Block | None = None
    for block in shape.blocks:
        if block.first > line or (block.first == line and block.kind is BlockKind.QUOTE):
            break
        if not (block.kind is BlockKind.QUOTE and NOTE.match(shape.lines[block.first])):
            above = block
    return above


def _put(shape: Outline, block: Block | None, message: str) -> LineEdit:
    note = f"> dispatchd: {message}"
    if block is None:
        return insertion(_top(shape), [note])
    if block.kind is BlockKind.ITEM:
        return LineEdit(
            first=block.text_end, end=block.text_end, lines=(_indent_of(shape.lines[block.first]) + note,)
        )
    return insertion(block.end, [note])


def _top(shape: Outline) -> int:
    at = shape.body
    while at < len(shape.lines) and not shape.lines[at].strip():
        at += 1
    return at


def _indent_of(line: str) -> str:
    marker = re.match(r"[ \t]*(?:[-*+]|\d+[.)])[ \t]+", line)
    return " " * len(marker[0].expandtabs(4)) if marker else "  "
