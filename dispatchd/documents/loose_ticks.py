"""Ticks that are not written as they were offered: a reason without its colon, brackets without their spaces.

Somebody ticked and saved, so silence would be the worst answer. A line that begins with an offered box's words is that
box where the box itself is no longer there: then it was altered, and is put into its usual form. Where the box still
stands, a ticked line of that kind is *unclear*, and whoever asks says so. A line that the text had before is a person's
own, and so is an option that they write in other words before they tick it. Brackets that hold no tick, or are broken,
are a *slip*: the box gets its usual form, and is not taken for ticked. A new line that is an offered box word for word
and ticked (`echo "- [x] Blue" >>`) *repeats* it: it is that box's tick, and gives way to it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from dispatchd.documents.boxes import fold, match_label, set_mark
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, heading_text, outline, plain_title
from dispatchd.documents.stamps import read_stamp
from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.dataclass import dataclass

_BOX: Final = re.compile(
    r"^(?P<lead> {0,3}(?:[-*+]|\d{1,9}[.)])?[ \t]*)\[[ \t\u00a0]*(?P<mark>[xX✓✔☑]?)[ \t\u00a0]*\](?![(\[:])[ \t]*(?P<said>\S.*?)\s*$"
)
_SLIP: Final = re.compile(
    r"^(?P<lead> {0,3}(?:[-*+]|\d{1,9}[.)])?)[ \t]*(?:"
    r"\[[ \t]*(?:[^\s\[\]]|x{2,3}|yes|ok|done)[ \t]*\](?![(\[:])"  # another mark
    r"|x{0,3}[ \t]*\]|[\[({][ \t]*x{1,3}[ \t]*[\])}]?(?=[ \t])"  # a bracket that is missing, or another one
    r"|x{1,3}[ \t]*\[[ \t]*\]|\[[ \t]*\][ \t]*x{1,3}(?=[ \t])"  # the mark beside them
    r")[ \t]*(?P<said>\S.*?)\s*$",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(r"[ \t]*[,;.!:：–—-]*[ \t]*")
_BOUNDARY: Final = re.compile(r"[\s,;.!:：–—(-]|$")
_APART: Final = re.compile(r"\s*$|\s{0,3}(?:[-*+]|\d{1,9}[.)])[ \t]")
"""A line that is no continuation of the item above it."""


class Offered(NamedTuple):
    """A box as a text has it: its line, counted from one, and its words, the colon included."""

    line: int
    label: str
    ticked: bool = False
    is_persons: bool = False
    """Whether its words are a person's to change, as those of a gate's directions are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """The boxes of a text by the heading they stand under, and what else stands there."""

    labels: Mapping[str, Mapping[str, str]]
    """Under each heading the labels, by their folded words."""
    persons: frozenset[str] = frozenset()
    """Labels that are a person's words."""
    lines: Mapping[str, Mapping[str, int]]
    """Under each heading how often each line stands there, whatever its box says."""
    ticked: frozenset[tuple[str, str]] = frozenset()
    boxes: frozenset[tuple[int, str]] = frozenset()
    """Lines of boxes, with their folded words."""


def offers_by_heading(labels: Mapping[str, Sequence[str]]) -> Offers:
    """What is offered under each heading, where no text is at hand that has the boxes."""
    by_words = {
        heading.casefold(): {_words(label): label for label in each} for heading, each in labels.items()
    }
    return Offers(labels=by_words, lines={})


@dataclass(frozen=True, slots=True, kw_only=True)
class LooseTick:
    """A ticked line that begins with the words of a box. `rest` is what follows them."""

    line: int
    heading: str
    label: str
    rest: str
    lead: str
    is_ticked: bool
    is_clear: bool
    """Whether it can be nothing but that box, altered."""
    is_slip: bool = False
    """Whether nobody can say if it is ticked."""
    repeats: int = 0
    """The line of the box that it says once more, word for word; 0 where it repeats none."""

    @property
    def straight(self) -> str:
        """The line in its usual form."""
        bullet = self.lead.strip() if self.lead.strip() in {"-", "*", "+"} else "-"
        words = self.label.rstrip(":： ")
        mark = "x" if self.is_ticked else " "
        return f"{bullet} [{mark}] {words}{f': {self.rest}' if self.rest else ''}"


def offers_of(text: str, body_at: int, boxes: Sequence[Offered]) -> Offers:
    """The *boxes* of *text*, whose body begins at the offset *body_at*."""
    shape = outline(text, body_at)
    headings = _headings(shape)
    labels: dict[str, dict[str, str]] = {}
    ticked: set[tuple[str, str]] = set()
    places: set[tuple[int, str]] = set()
    for box in boxes:
        heading, words = headings[box.line - 1], _words(box.label)
        labels.setdefault(heading, {})[words] = box.label
        places.add((box.line, words))
        if box.ticked:
            ticked.add((heading, words))
    return Offers(
        labels=labels,
        persons=frozenset(box.label for box in boxes if box.is_persons),
        lines=_counted(shape, headings),
        ticked=frozenset(ticked),
        boxes=frozenset(places),
    )


def loose_ticks(
    text: str, body_at: int, now: Offers, before: Offers, still_open: Collection[str] = ()
) -> tuple[LooseTick, ...]:
    """The loose ticks of *text*, which has the boxes *now* and began as a text that had those *before*.

    Lines that are *still open* were looked at, and are no less loose for having been saved.
    """
    if not before.labels:
        return ()
    shape = outline(text, body_at)
    headings = _headings(shape)
    counted = _counted(shape, headings)
    asked = {_bare(line) for line in still_open}
    found: list[LooseTick] = []
    for place in _places(shape):
        heading = headings[place]
        line = shape.lines[place].rstrip("\r\n")
        tick = _loose(place, line, heading, before)
        words = _words(tick.label) if tick else ""
        if tick is None or (tick.line, words) in now.boxes:
            continue
        is_new = counted[heading][_bare(line)] > before.lines.get(heading, {}).get(_bare(line), 0)
        again = _said_again(tick, shape, headings, now, before) if before.lines and is_new else None
        if again is not None:
            found.append(again)
            continue
        if _is_own(line, heading, before) and not asked & {_bare(line), _bare(tick.straight)}:
            continue
        if (heading, words) in now.ticked:
            continue
        is_taken = words in now.labels.get(heading, {}) or any(
            (each.heading, each.label) == (tick.heading, tick.label) for each in found
        )
        tick = replace(tick, is_clear=tick.is_clear and not is_taken)
        if tick.is_ticked or (tick.is_clear and (tick.is_slip or tick.label not in before.persons)):
            found.append(tick)
    return tuple(found)


def straightened(text: str, ticks: Collection[LooseTick]) -> str:
    """*text* with the clear ones of *ticks* in their usual form; what only repeats a box has given way to it."""
    lines = split_lines(text)
    for tick in ticks:
        if tick.is_clear and (tick.rest or not tick.repeats):
            place = (tick.repeats or tick.line) - 1
            end = lines[place][len(lines[place].rstrip("\r\n")) :]
            lines[place] = tick.straight + end
        elif tick.is_clear:
            lines[tick.repeats - 1] = set_mark(lines[tick.repeats - 1], ticked=True)
    gone = {tick.line - 1 for tick in ticks if tick.repeats}
    return "".join(line for place, line in enumerate(lines) if place not in gone)


def line_after(tick: LooseTick, ticks: Collection[LooseTick]) -> int:
    """The line of *tick* when all *ticks* have been straightened."""
    return tick.line - sum(1 for each in ticks if each.repeats and each.line < tick.line)


def _loose(place: int, line: str, heading: str, before: Offers) -> LooseTick | None:
    """The box that *line* is, as it was ticked or by a slip."""
    for pattern in (_BOX, _SLIP):
        found = pattern.match(line)
        tick = _begun(place, found, heading, before) if found else None
        if tick is not None:
            return tick
    return None


def _begun(place: int, found: re.Match[str], heading: str, before: Offers) -> LooseTick | None:
    """The box that *found* begins with the words of, the longest where several do."""
    if read_stamp(found["said"]) is not None:
        return None
    for label in sorted(before.labels.get(heading, {}).values(), key=len, reverse=True):
        begun = _beginning(label).match(found["said"])
        if begun is None or found["said"][begun.end() : begun.end() + 1].isalnum():
            continue
        behind = found["said"][begun.end() :]
        return LooseTick(
            line=place + 1,
            heading=heading,
            label=label,
            rest=behind[_end_of(_BEHIND, behind) :],
            lead=found["lead"],
            is_ticked=bool(found.groupdict().get("mark")),
            is_clear=_BOUNDARY.match(behind) is not None,
            is_slip=found.re is _SLIP,
        )
    return None


def _end_of(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.match(text)
    return found.end() if found else 0


def _beginning(label: str) -> re.Pattern[str]:
    words = (re.escape(word) for word in label.rstrip(":： ").split())
    return re.compile(r"[*_`]*" + r"\s+".join(words) + r"[*_`]*", re.IGNORECASE)


def _said_again(
    tick: LooseTick, shape: Outline, headings: Sequence[str], now: Offers, before: Offers
) -> LooseTick | None:
    """*tick* as the one of a box that it says once more, word for word; None where it says no box again.

    It is clear where it can be taken out: one box is meant, and nothing goes on below the line. Boxes of a person's
    own words are theirs to repeat.
    """
    found = _BOX.match(shape.lines[tick.line - 1].rstrip("\r\n"))
    if found is None or not tick.is_ticked or tick.label in before.persons:
        return None
    if match_label(found["said"], tuple(before.labels[tick.heading].values())) != (tick.label, tick.rest):
        return None
    meant = (_words(tick.label), tick.heading)
    boxes = [line for line, words in now.boxes if (words, headings[line - 1]) == meant]
    if not boxes:
        return None
    stands_alone = tick.line == len(shape.lines) or _APART.match(shape.lines[tick.line]) is not None
    is_clear = stands_alone and len(boxes) == 1
    return replace(tick, is_clear=is_clear, repeats=boxes[0] if is_clear else 0)


def _is_own(line: str, heading: str, before: Offers) -> bool:
    """Whether the text had this line already, ticked or not: then it is no box."""
    return _bare(line) in before.lines.get(heading, {})


def _counted(shape: Outline, headings: Sequence[str]) -> dict[str, Counter[str]]:
    """Under each heading its lines, and how often each stands there."""
    counted: dict[str, Counter[str]] = {}
    for place, line in enumerate(shape.lines):
        counted.setdefault(headings[place], Counter())[_bare(line)] += 1
    return counted


def _bare(line: str) -> str:
    return " ".join(set_mark(line, ticked=False).split())


def _words(label: str) -> str:
    return fold(label).rstrip(":： ")


def _headings(shape: Outline) -> list[str]:
    """Under which heading each line stands."""
    named = {block.first: plain_title(heading_text(block)) for block in shape.blocks if _is_heading(block)}
    headings, current = [], ""
    for place in range(len(shape.lines)):
        current = named.get(place, current)
        headings.append(current)
    return headings


def _is_heading(block: Block) -> bool:
    return block.kind is BlockKind.HEADING


def _places(shape: Outline) -> Iterator[int]:
    """The lines on which a tick may be meant: no code, no quotes, nothing nested."""
    for block in shape.blocks:
        if block.kind is BlockKind.PARAGRAPH:
            yield from range(block.first, block.end)
        elif block.kind is BlockKind.ITEM:
            yield block.first
            below = range(block.first + 1, block.end)
            yield from (place for place in below if shape.lines[place][:1] not in {"", " ", "\t", ">"})
