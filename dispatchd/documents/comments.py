"""What somebody has said below an issue's activity: the text that is new there, and the daemon's lines they changed.

Two texts are compared: the one a person began with, and the one they saved. What stood there before is no comment,
however it got there; lines that begin with a moment and were there are the daemon's. Whether a text is finished, and
whose it is, is found out elsewhere.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from dispatchd.documents.activity import (
    ActivityLine,
    Entry,
    comparable,
    entries_in,
    find_activity,
    free_lines,
    without_moment,
)
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.stamps import format_moment
from dispatchd.domain.dataclass import dataclass

_SIGNED: Final = re.compile(
    r"[-*+]\s+\d{4}-\d\d-\d\d \d\d:\d\dZ, (?:\*\*|__)(?P<name>[^*\n]+?)(?:\*\*|__):\s*(?P<text>.*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A text that somebody added, byte for byte but for the ends of its lines. `line` is its first, from one."""

    text: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """`changed` are first lines of entries, as they were, that the person has changed."""

    sayings: tuple[Saying, ...] = ()
    changed: tuple[str, ...] = ()


def heard(began: Outline, saved: Outline, known: Sequence[ActivityLine], speaker: str) -> Heard:
    """What *saved* says below its activity that *began* did not.

    *known* is what the database knows of the activity. A text that *speaker* is known to have said, and whose entry
    is missing in *saved*, was saved over an older version of the file: it is not said again.
    """
    section = find_activity(saved)
    if section is None:
        return Heard()
    present = entries_in(saved, section)
    pairs = _changed_in(began, present, known)
    fresh = _added(_own_texts(began), saved, _own_lines(began, saved, known))
    standing = {entry.words for entry in present}
    past = [
        line.said.split("\n")
        for line in known
        if line.said and line.text == speaker and comparable(line.lines) not in standing
    ]
    sayings = [
        Saying(text=text, line=run[0] + 1)
        for run in _runs(saved, fresh, past)
        for text in [_text(saved, run)]
    ]
    inserted = [(old, new, _inserted(old, new)) for old, new in pairs]
    sayings += [Saying(text=text, line=new.first + 1) for _, new, text in inserted if text]
    return Heard(
        sayings=tuple(sorted(sayings, key=lambda each: each.line)),
        changed=tuple(old.lines[0] for old, _, text in inserted if not text),
    )


def added_lines(began: Outline, saved: Outline, known: Sequence[ActivityLine]) -> list[str]:
    """The lines that somebody has added to *began* below its activity, as they stand in *saved*."""
    fresh = _added(_own_texts(began), saved, _own_lines(began, saved, known))
    return [saved.lines[index].rstrip() for index in fresh]


def standing_lines(shape: Outline, words: Sequence[str], known: Sequence[ActivityLine]) -> list[int]:
    """Where in the section the lines *words* stand, as far as they do, and in nothing that is *known*."""
    section = find_activity(shape)
    if section is None:
        return []
    ours = {comparable(line.lines) for line in known}
    signed = [entry for entry in entries_in(shape, section) if entry.words in ours]
    free = _spoken(shape, free_lines(shape, section, signed))
    texts = [shape.lines[index].rstrip() for index in free]
    blocks = SequenceMatcher(None, texts, words, autojunk=False).get_matching_blocks()
    return [free[at] for block in blocks for at in range(block.a, block.a + block.size)]


def without_lines(shape: Outline, lines: Collection[int]) -> str:
    """The text without some *lines* of it."""
    return "".join(line for index, line in enumerate(shape.lines) if index not in lines)


def own_lines(shape: Outline) -> list[int]:
    """The lines of the section that say something and stand in no entry."""
    section = find_activity(shape)
    return _spoken(shape, free_lines(shape, section, entries_in(shape, section))) if section else []


def _own_texts(began: Outline) -> list[str]:
    return [began.lines[index].rstrip() for index in own_lines(began)]


def _own_lines(began: Outline, saved: Outline, known: Sequence[ActivityLine]) -> list[int]:
    """The lines of the section of *saved* that are no entry's which *began* had, or that is *known*."""
    section = find_activity(saved)
    if section is None:
        return []
    present = entries_in(saved, section)
    words, pairs = _words(began, known), _changed_in(began, present, known)
    ours = [entry for entry in present if entry.words in words or any(entry is new for _, new in pairs)]
    return free_lines(saved, section, ours)


def _changed_in(
    began: Outline, present: Sequence[Entry], known: Sequence[ActivityLine]
) -> list[tuple[Entry, Entry]]:
    words = _words(began, known)
    return _changed_pairs(_entries(began), [entry for entry in present if entry.words not in words], present)


def _entries(shape: Outline) -> tuple[Entry, ...]:
    section = find_activity(shape)
    return entries_in(shape, section) if section else ()


def _words(began: Outline, known: Sequence[ActivityLine]) -> set[str]:
    return {entry.words for entry in _entries(began)} | {comparable(line.lines) for line in known}


def signed_in(shape: Outline) -> tuple[ActivityLine, ...]:
    """What the section says that people and agents have said: in a file that comes from another workspace, say."""
    section = find_activity(shape)
    if section is None:
        return ()
    found = [(entry, _SIGNED.match(entry.lines[0])) for entry in entries_in(shape, section)]
    lines = (
        ActivityLine(at=entry.at, text=head["name"].strip(), said=_unquoted(head["text"], entry.lines[1:]))
        for entry, head in found
        if head is not None
    )
    return tuple(line for line in lines if line.said.strip())


def _unquoted(beside: str, below: Sequence[str]) -> str:
    quoted = [_bare(line) for line in below]
    said = [line[1:] if line.startswith(" dispatchd:") else line for line in quoted]
    return "\n".join([*([beside] if beside else []), *said])


def _changed_pairs(
    before: Sequence[Entry], strangers: Sequence[Entry], present: Sequence[Entry]
) -> list[tuple[Entry, Entry]]:
    """Entries that were there with what has become of them: the same moment, or the same words at another."""
    standing = {entry.words for entry in present}
    missing = [entry for entry in before if entry.words not in standing]
    pairs: list[tuple[Entry, Entry]] = []
    for stranger in strangers:
        old = next(
            (
                entry
                for entry in missing
                if format_moment(entry.at) == format_moment(stranger.at)
                or without_moment(entry.lines) == without_moment(stranger.lines)
            ),
            None,
        )
        if old is not None:
            missing.remove(old)
            pairs.append((old, stranger))
    return pairs


def _spoken(shape: Outline, lines: Sequence[int]) -> list[int]:
    """Those of *lines* that are not blank."""
    return [index for index in lines if shape.lines[index].strip()]


def _added(before: Sequence[str], shape: Outline, lines: Sequence[int]) -> list[int]:
    """Those of *lines* that were put in; where a line that was there is another now, that is an edit of a text."""
    spoken = _spoken(shape, lines)
    after = [shape.lines[index].rstrip() for index in spoken]
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        spoken[place]
        for kind, _, _, first, end in matcher.get_opcodes()
        if kind == "insert"
        for place in range(first, end)
    ]


def _runs(shape: Outline, fresh: Sequence[int], past: Sequence[Sequence[str]]) -> Iterator[range]:
    """*fresh* lines that stand together, with nothing but blank lines between, but for what was said already."""
    run: list[int] = []
    for index in [*fresh, -1]:
        between = range(run[-1] + 1, index) if run else range(0)
        if run and (index < 0 or any(shape.lines[each].strip() for each in between)):
            yield from _without_past(shape, range(run[0], run[-1] + 1), past)
            run = []
        run.append(index)


def _without_past(shape: Outline, run: range, past: Sequence[Sequence[str]]) -> Iterator[range]:
    found = [shape.lines[index].rstrip("\r\n") for index in run]
    for said in past:
        for at in range(len(found) - len(said) + 1):
            if found[at : at + len(said)] == list(said):
                yield from _without_past(shape, run[:at], past)
                yield from _without_past(shape, run[at + len(said) :], past)
                return
    while run and not shape.lines[run[0]].strip():
        run = run[1:]
    while run and not shape.lines[run[-1]].strip():
        run = run[:-1]
    if run:
        yield run


def _text(shape: Outline, run: range) -> str:
    return "\n".join(shape.lines[index].rstrip("\r\n") for index in run)


def _inserted(old: Entry, new: Entry) -> str:
    """What was written into an entry, if nothing of it was changed: an answer in the wrong place is one all the same."""
    if (
        new.lines[0] != old.lines[0]
        and new.lines[0].startswith(old.lines[0])
        and new.lines[1:] == old.lines[1:]
    ):
        return new.lines[0][len(old.lines[0]) :].strip()
    matcher = SequenceMatcher(None, old.lines, new.lines, autojunk=False)
    changes = matcher.get_opcodes()
    if any(kind not in {"equal", "insert"} for kind, *_ in changes):
        return ""
    put_in = [
        new.lines[at] for kind, _, _, first, end in changes if kind == "insert" for at in range(first, end)
    ]
    return "\n".join(_bare(line) for line in put_in).strip("\n")


def _bare(line: str) -> str:
    """A line as it was meant, out of an item's indent and quote."""
    inside = line.lstrip(" \t")
    return inside[1:].removeprefix(" ") if inside.startswith(">") else inside
