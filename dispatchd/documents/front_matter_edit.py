"""Surgery on a front matter: the lines that must change change, and not a byte besides.

The text is cut into segments (a key with its lines, or one line that is nobody's), the segments named are
rewritten, put in or taken out, and the rest is joined again as it was. What to change is the caller's decision;
a text whose front matter cannot be found is never edited.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final

from dispatchd.documents.digest import revision
from dispatchd.documents.fence import Layout, lay_out
from dispatchd.documents.key_lines import value_span
from dispatchd.documents.key_rewrite import holds, new_line, rewrite, with_note, without_note
from dispatchd.documents.key_schema import Value, canonical_key
from dispatchd.documents.notes import BODY_MARK, MARK, cut_note, note_on_own_line
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.scalars import split_comment
from dispatchd.documents.text_lines import BLANKS, BOM, outside_code, split_lines
from dispatchd.domain.dataclass import dataclass

_REV: Final = "rev"
_PLAIN_FACTS: Final = re.compile(r"---\n((?:[a-z_]+: [^\r\n]*\n)+)---\n")
"""A front matter of one-line keys alone, as the daemon writes it: what is asked of it needs no cutting."""
_REV_KEY: Final = re.compile(r"^_*rev_*:", re.MULTILINE)
_LAST_REV: Final = re.compile(r"^rev: (r[0-9a-f]{8})\n\Z", re.MULTILINE)
_NO_MERE_PROSE: Final = re.compile(rf"\A[^\n]|---|\r|{BOM}|id:|rev:")
"""What a body of plain prose has nowhere, and one that may be taken for a front matter has."""


class Removed(Enum):
    """Says that the line of a key goes."""

    REMOVED = "removed"


REMOVED: Final = Removed.REMOVED
Changes = Mapping[str, Value | Removed]


@dataclass(slots=True)
class _Segment:
    """The lines of one key, a note above it included; or, without a name, a line that is nobody's."""

    name: str
    lines: list[str]

    def above(self) -> int:
        """How many lines above the key hold a note."""
        return next((at for at, line in enumerate(self.lines) if note_on_own_line(line) is None), 0)

    def key_lines(self) -> list[str]:
        return self.lines[self.above() :]


def edit_front_matter(
    text: str,
    changes: Changes,
    *,
    order: Sequence[str],
    notes: Mapping[str, str | None] | None = None,
    rev: bool = True,
) -> str:
    """*text* with *changes* made, and *notes* put at keys or (None) taken from them.

    A missing key comes where *order* has it among the keys that are there. A key that says the value already is
    left as it is, and a key not named in *notes* keeps its note unless its line changes. A `rev` is written only
    with another change.
    """
    layout = _layout(text)
    notes = notes or {}
    if not changes and not notes:
        return text
    if layout.opening is None:
        edited = _with_front_matter(text, layout, changes, order, notes)
    else:
        edited = _Surgery(text, layout).edited(changes, order, notes)
    return stamp_rev(edited) if rev and edited != text else edited


def new_text(values: Mapping[str, Value], body: str, order: Sequence[str]) -> str:
    """A front matter of *values* above *body*, without a `rev`."""
    if _NO_MERE_PROSE.search(body):
        return edit_front_matter(body, values, order=order, rev=False)
    lines = [new_line(key, values[key], "\n") for key in _in_order(values, order)]
    return "".join(["---\n", *lines, "---\n", body]) if lines else body


def _layout(text: str) -> Layout:
    layout = lay_out(text)
    if isinstance(layout, Layout):
        return layout
    raise ValueError(f"A parked file is not edited: {layout}")


def _with_front_matter(
    text: str, layout: Layout, changes: Changes, order: Sequence[str], notes: Mapping[str, str | None]
) -> str:
    lines: list[str] = []
    for key in _in_order(changes, order):
        value = changes[key]
        if not isinstance(value, Removed):
            line = [new_line(key, value, layout.newline)]
            note = notes.get(key)
            lines.extend(with_note(line, note) if note else line)
    return _above_body(text, layout, lines) if lines else text


def _above_body(text: str, layout: Layout, lines: Sequence[str]) -> str:
    """A front matter of *lines* above *text*, which has none, with a blank line between them."""
    body = text[layout.body_at :]
    gap = "" if not body or body.startswith(("\n", "\r\n")) else layout.newline
    fence = f"---{layout.newline}"
    return "".join([BOM if layout.bom else "", fence, *lines, fence, gap, body])


def _in_order(keys: Mapping[str, object], order: Sequence[str]) -> list[str]:
    ordered = [key for key in order if key in keys]
    return [*ordered, *(key for key in keys if key not in ordered)]


class _Surgery:
    """One front matter, cut into its segments."""

    def __init__(self, text: str, layout: Layout) -> None:
        self._text = text
        self._layout = layout
        self._segments = _cut(layout)

    def edited(self, changes: Changes, order: Sequence[str], notes: Mapping[str, str | None]) -> str:
        missing: list[str] = []
        for key in _in_order({**changes, **notes}, order):
            segments = self._named(key)
            if not segments:
                missing.append(key)
            for segment in segments:
                self._edit(segment, key, changes, notes)
        for key in missing:
            value = changes.get(key, REMOVED)
            if not isinstance(value, Removed):
                line = [new_line(key, value, self._layout.newline)]
                note = notes.get(key)
                lines = with_note(line, note) if note else line
                self._segments.insert(self._place(key, order), _Segment(key, lines))
        return self.joined()

    def _named(self, key: str) -> list[_Segment]:
        return [segment for segment in self._segments if segment.name == key]

    def _edit(self, segment: _Segment, key: str, changes: Changes, notes: Mapping[str, str | None]) -> None:
        lines = segment.key_lines()
        changed = False
        if key in changes:
            value = changes[key]
            if isinstance(value, Removed):
                self._segments.remove(segment)
                return
            if not holds(lines, key, value):
                changed = True
                segment.lines[segment.above() :] = rewrite(lines, key, value)
        if changed or key in notes:
            bare = without_note(segment.lines, key)
            note = notes.get(key)
            segment.lines = with_note(bare, note) if note else bare

    def _place(self, key: str, order: Sequence[str]) -> int:
        """Where a segment for *key* goes."""
        names = [segment.name for segment in self._segments]
        if key in order:
            rank = order.index(key)
            for before in reversed(order[:rank]):
                if before in names and before != _REV:
                    return len(names) - names[::-1].index(before)
            for after in order[rank + 1 :]:
                if after in names:
                    return self._above_comments(names.index(after))
            return 1
        return 1 + max((at for at, name in enumerate(names) if name not in ("", _REV)), default=0)

    def _above_comments(self, at: int) -> int:
        """The place above the comments that stand directly above the segment *at*."""
        while at > 1 and not self._segments[at - 1].name and self._segments[at - 1].lines[0].strip(BLANKS):
            at -= 1
        return at

    def with_rev(self) -> str:
        """The text with its `rev` on the last line of the front matter."""
        lines = next((segment.key_lines() for segment in self._named(_REV)), None)
        comment = _comment(lines[0]) if lines else ""
        self._segments = [segment for segment in self._segments if segment.name != _REV]
        line = _Segment(_REV, [f"rev: r00000000{comment}{self._layout.newline}"])
        self._segments.insert(len(self._segments) - 1, line)
        line.lines = [line.lines[0].replace("r00000000", revision(self.joined().encode()), 1)]
        return self.joined()

    def replace(self, key: str, raw: str | None) -> str:
        """The text with the lines *raw* for the user's own *key*, or without it."""
        at = next((index for index, segment in enumerate(self._segments) if segment.name == key), None)
        if at is not None:
            self._segments.pop(at)
        if raw is not None:
            place = self._place(key, ()) if at is None else at
            self._segments.insert(place, _Segment(key, split_lines(raw)))
        return self.joined()

    def without_notes(self) -> str:
        for segment in self._segments:
            if segment.name:
                segment.lines = without_note(segment.lines, segment.name)
            elif note_on_own_line(segment.lines[0]) is not None:
                segment.lines = []
        return self.joined()

    def joined(self) -> str:
        head = "".join(line for segment in self._segments for line in segment.lines)
        return (BOM if self._layout.bom else "") + head + self._text[self._layout.body_at :]


def _cut(layout: Layout) -> list[_Segment]:
    """The segments of a front matter: its opening fence first, its closing fence last."""
    lines = layout.lines
    opening = layout.opening or 0
    segments = [_Segment("", list(lines[: opening + 1]))]
    at = opening + 1
    for written, first, last, _ in layout.keys:
        above = first
        while above > at and note_on_own_line(lines[above - 1]) is not None:
            above -= 1
        segments.extend(_Segment("", [line]) for line in lines[at:above])
        segments.append(_Segment(_name(written), list(lines[above : last + 1])))
        at = last + 1
    segments.extend(_Segment("", [line]) for line in lines[at:])
    return segments


def _name(written: str) -> str:
    """The name by which a change finds a key; one that is no word of ours keeps its spelling."""
    return canonical_key(written) or written


def _comment(line: str) -> str:
    """The comment behind the value on *line*, without a note."""
    return cut_note(split_comment(line[value_span(line)[1] :].rstrip(BLANKS))[1])[0]


def stamp_rev(text: str) -> str:
    """*text* with the `rev` that its bytes have; one without a front matter is left as it is."""
    plain = _PLAIN_FACTS.match(text)
    if plain and "\r" not in text and not _REV_KEY.search(text):
        at = plain.end(1)
        return f"{text[:at]}rev: {revision(text.encode())}\n{text[at:]}"
    layout = _layout(text)
    return text if layout.opening is None else _Surgery(text, layout).with_rev()


def rev_of(text: str) -> str | None:
    """The `rev` that *text* carries."""
    plain = _PLAIN_FACTS.match(text)
    if plain and (last := _LAST_REV.search(plain[1])) and len(_REV_KEY.findall(plain[1])) == 1:
        return last[1]
    layout = lay_out(text)
    keys = () if isinstance(layout, DocumentProblem) else layout.keys
    return next((split_comment(rest)[0] or None for key, _, _, rest in keys if _name(key) == _REV), None)


def replace_unknown(text: str, key: str, raw: str | None) -> str:
    """*text* with the lines *raw* for the user's own *key*, in its place or last; without it where *raw* is None."""
    layout = _layout(text)
    ended = raw if raw is None or raw.endswith("\n") else raw + layout.newline
    if layout.opening is None:
        return text if ended is None else _above_body(text, layout, [ended])
    return _Surgery(text, layout).replace(_name(key), ended)


def without_notes(text: str) -> str:
    """*text* without anything the daemon said about it in notes; a parked file as it is."""
    layout = lay_out(text)
    if isinstance(layout, DocumentProblem) or "dispatchd:" not in text:
        return text
    if layout.opening is not None and MARK in text[: layout.body_at]:
        text = _Surgery(text, layout).without_notes()
        layout = _layout(text)
    lines = split_lines(text[layout.body_at :])
    notes = {index for index in outside_code(lines) if lines[index].lstrip(" \t").startswith(BODY_MARK)}
    return text[: layout.body_at] + "".join(line for index, line in enumerate(lines) if index not in notes)
