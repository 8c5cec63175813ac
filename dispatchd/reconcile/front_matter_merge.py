"""The lines of a front matter three ways: comments, blank lines, the user's own keys, and what stands at known keys.

One text is the *canvas*: it is changed only where the other side alone changed something. Where both changed the same
to different things the canvas stands, and the other side's lines are returned, for the caller to show. What known keys
say is merged by field, by the caller; here their lines are the field's dress. The `rev` is nobody's to merge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final

from merge3 import Merge3

from dispatchd.documents.front_matter import FrontMatter
from dispatchd.documents.key_comments import comment_behind, comments_within, with_comment
from dispatchd.documents.text_lines import BOM
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.head_parts import REV, Part, PartKey, keyed, parts_of

_END: Final[PartKey] = ("", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadContest:
    """Lines that both sides changed: the canvas's stand. `key` is nobody's where they are loose comments."""

    key: PartKey
    base: str
    canvas: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedHead:
    """`text` ends where the body begins."""

    text: str
    contests: tuple[HeadContest, ...] = ()


def merge_heads(
    base: FrontMatter, canvas: FrontMatter, other: FrontMatter, *, keeps_both: bool
) -> MergedHead:
    """The head of *canvas* with what *other* alone changed since *base*.

    Comments cannot contradict each other as values can: a caller who has nowhere to show the loser *keeps both*.
    """
    head = "".join(canvas.layout.lines)
    is_empty = any(side.layout.opening is None for side in (canvas, other))
    if is_empty or other.layout.lines in (base.layout.lines, canvas.layout.lines):
        return MergedHead(text=(BOM if canvas.layout.bom else "") + head)
    merge = _Merge(base, canvas, other, keeps_both=keeps_both)
    merge.merge_keys()
    merge.merge_gaps()
    return MergedHead(
        text=(BOM if canvas.layout.bom else "") + merge.joined(), contests=tuple(merge.contests)
    )


@dataclass(slots=True)
class _Gap:
    """What stands between two keys that all sides have: lines, and keys that only this side has."""

    tokens: list[str] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    """For each token, the index of its part."""


class _Merge:
    """One merge: what comes before each part of the canvas, and what becomes of it."""

    def __init__(
        self, base: FrontMatter, canvas: FrontMatter, other: FrontMatter, *, keeps_both: bool
    ) -> None:
        self._layout = canvas.layout
        self._keeps_both = keeps_both
        self._sides = [parts_of(side) for side in (base, canvas, other)]
        self._keys = [keyed(parts) for parts in self._sides]
        self._index = {part.key: at for at, part in enumerate(self._sides[1]) if part.key != _END}
        parts = self._sides[1]
        self._end = len(parts) - 1 if parts and parts[-1].key == REV else len(parts)
        self._new: dict[int, tuple[str, ...]] = {}
        self._before: dict[int, list[str]] = {}
        self.contests: list[HeadContest] = []

    # -- keys ----------------------------------------------------------------------------------------------------

    def merge_keys(self) -> None:
        """What became of each key that more than one side has, or had."""
        before, here, there = self._keys
        for key in dict.fromkeys((*here, *there)):
            base, canvas, other = before.get(key), here.get(key), there.get(key)
            texts = [part.lines if part else None for part in (base, canvas, other)]
            if key == REV or self._is_solo(key) or texts[2] in texts[:2]:
                continue
            if canvas is not None and texts[1] == texts[0]:
                self._new[self._index[key]] = other.lines if other else ()
            elif not all(part is None or part.is_fact for part in (base, canvas, other)):
                self._contest(key, base, canvas, other)
            elif other is not None:
                self._merge_comments(key, base, canvas, other)

    def _contest(self, key: PartKey, base: Part | None, canvas: Part | None, other: Part | None) -> None:
        texts = [
            "".join(f"{line}\n" for line in part.lines) if part else "" for part in (base, canvas, other)
        ]
        self.contests.append(HeadContest(key=key, base=texts[0], canvas=texts[1], other=texts[2]))

    def _merge_comments(self, key: PartKey, base: Part | None, canvas: Part | None, other: Part) -> None:
        """Both changed the lines of a known key; what it says is the caller's, its comments are merged here."""
        tails = [comment_behind(part.lines, key[0]) if part else "" for part in (base, canvas, other)]
        inner = [comments_within(part.lines, key[0]) if part else () for part in (base, canvas, other)]
        above = [line for line in inner[2] if line not in (*inner[0], *inner[1])]
        at = self._index.get(key, self._end)
        if tails[2] not in tails[:2]:
            dressed = (
                with_comment(canvas.lines, key[0], tails[2]) if canvas and tails[1] == tails[0] else None
            )
            if dressed is not None:
                self._new[at] = dressed
            elif tails[2] and (self._keeps_both or (canvas and tails[1] == tails[0])):
                above.append(tails[2])
            elif tails[2]:
                self._contest(key, base, canvas, other)
        self._before.setdefault(at, []).extend(above)

    def _is_solo(self, key: PartKey) -> bool:
        before, here, there = (key in side for side in self._keys)
        return not before and here != there

    # -- what stands between keys -----------------------------------------------------------------------------------

    def merge_gaps(self) -> None:
        """Loose lines, and keys that one side brought, between the keys that all have."""
        before, here, there = self._keys
        anchors = [key for key in here if key in before and key in there]
        if not before:
            anchors = [key for key in here if key in there]
        gaps = [self._gaps(parts, anchors) for parts in self._sides]
        for anchor in (*anchors, _END):
            self._merge_gap([side.get(anchor, _Gap()) for side in gaps], self._index.get(anchor, self._end))

    def _gaps(self, parts: Sequence[Part], anchors: Sequence[PartKey]) -> Mapping[PartKey, _Gap]:
        found: dict[PartKey, _Gap] = {}
        gap = _Gap()
        for at, part in enumerate(parts):
            if part.key in anchors:
                found[part.key] = gap
                gap = _Gap()
            elif part.key != REV and (part.key == _END or self._is_solo(part.key)):
                gap.tokens.append("\n".join(part.lines))
                gap.at.append(at)
        found[_END] = gap
        return found

    def _merge_gap(self, gaps: Sequence[_Gap], end: int) -> None:
        base, canvas, other = (gap.tokens for gap in gaps)
        places = [*gaps[1].at, end]
        zero = (0, 0, 0)
        for base_at, base_to, at, to, other_at, other_to in Merge3(base, canvas, other).find_sync_regions():
            was, mine = base[zero[0] : base_at], canvas[zero[1] : at]
            theirs = other[zero[2] : other_at]
            if theirs not in (was, mine):
                if mine == was:
                    for gone in gaps[1].at[zero[1] : at]:
                        self._new[gone] = ()
                    self._put(places[at], theirs)
                else:
                    self._put(places[at], self._of_both(was, mine, theirs))
            zero = (base_to, to, other_to)

    def _of_both(self, was: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str]:
        """What comes over of *theirs* where both changed the same lines."""
        fresh = [token for token in theirs if token.strip() and token not in was and token not in mine]
        if self._keeps_both or not was:
            return fresh
        keys = [token for token in fresh if not token.lstrip().startswith("#")]
        if len(keys) < len(fresh):
            texts = ["".join(f"{token}\n" for token in side) for side in (was, mine, theirs)]
            self.contests.append(HeadContest(key=_END, base=texts[0], canvas=texts[1], other=texts[2]))
        return keys

    def _put(self, at: int, tokens: Sequence[str]) -> None:
        self._before.setdefault(at, []).extend(line for token in tokens for line in token.split("\n"))

    # -- the result ------------------------------------------------------------------------------------------------

    def joined(self) -> str:
        """The canvas with all of it, byte for byte where nothing came over."""
        lines, end = self._layout.lines, self._layout.newline
        first = (self._layout.opening or 0) + 1
        result = list(lines[:first])
        at = first
        for index, part in enumerate(self._sides[1]):
            result.extend(lines[at : part.above])
            result.extend(line + end for line in self._before.get(index, ()))
            new = self._new.get(index)
            result.extend(lines[part.above : part.first])
            if new is None:
                result.extend(lines[part.first : part.last + 1])
            else:
                result.extend(line + end for line in new)
            at = part.last + 1
        result.extend(line + end for line in self._before.get(len(self._sides[1]), ()))
        return "".join([*result, *lines[at:]])
