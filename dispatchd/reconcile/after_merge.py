"""What in a merge is its maker's own, where git merged as text or somebody settled it by hand.

A text merge doubles and drops lines, and asks where fields would not have: what comes of that is nobody's word. Its
maker's are the lines and values that neither side had, and which side they took where both truly contradict each
other. The rest is put right as if the documents had been merged part by part.
"""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from dispatchd.documents.facts import unreadable
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.front_matter_edit import edit_front_matter
from dispatchd.documents.key_schema import Value
from dispatchd.documents.text_lines import split_lines
from dispatchd.reconcile.body_parts import merge_bodies
from dispatchd.reconcile.document_merge import ALL_KEYS, KEY_ORDER, Winner, merge_documents
from dispatchd.reconcile.line_merge import Clash, Lines, Piece

_REV: Final = "rev"


def begun_as(base: str, one: str, other: str, made: str) -> str:
    """The text against which *made*, a merge of *one* and *other*, shows what its maker alone changed.

    It is *made* itself but where its maker said something: there it is what comes of the two by themselves, or where
    they contradict each other, the side that was not taken.
    """
    both = [merge_documents(base, one, other, winner=side) for side in (Winner.OURS, Winner.THEIRS)]
    ours, theirs = (merged.text for merged in both)
    # Without a contradiction they differ at most in which of two votes of one person stays ticked: home says that.
    if made in (ours, theirs) and (ours == theirs or not any(merged.conflicts for merged in both)):
        return made
    fronts = [read_front_matter(text, ALL_KEYS) for text in (one, other, made, ours, theirs)]
    before = read_front_matter(base, ALL_KEYS)
    if before.parked or any(front.parked for front in fronts):
        return ours
    head = made[: len(made) - len(fronts[2].body)]
    kind = str(fronts[0].value("id") or "").partition("-")[0]
    pieces, dress = merge_bodies(kind, before.body, fronts[0].body, fronts[1].body)
    body = _body_begun_as(pieces, (fronts[0].body, fronts[1].body), fronts[2].body, dress.newline or "\n")
    return _head_begun_as(head, fronts) + body


def _head_begun_as(head: str, fronts: Sequence[FrontMatter]) -> str:
    """*head* saying of each fact that its maker decided what comes of both sides by themselves."""
    if fronts[2].layout.opening is None:
        return head
    changes: dict[str, Value] = {}
    for key in ALL_KEYS:
        if key.name == _REV or any(key.name in unreadable(front) for front in fronts):
            continue
        values = [front.value(key.name) for front in fronts]
        one, other, said, ours, theirs = (_unordered(value) for value in values)
        if ours != theirs:
            changes[key.name] = values[-1] if said == ours else values[-2]
        elif said != ours and said not in (one, other):
            changes[key.name] = values[-2]
    return edit_front_matter(head, changes, order=KEY_ORDER, rev=False) if changes else head


def _unordered(value: Value) -> object:
    return frozenset(value) if isinstance(value, tuple) else value


def _body_begun_as(pieces: Sequence[Piece], sides: Sequence[str], made: str, newline: str) -> str:
    found = split_lines(made)
    bare = [line.strip() for line in found]
    merged = [
        line for piece in pieces for line in (_not_taken(piece, bare) if isinstance(piece, Clash) else piece)
    ]
    contested = {
        line.strip() for piece in pieces if isinstance(piece, Clash) for line in (*piece.one, *piece.other)
    }
    places = _under_headings(bare)
    of_a_side = {
        place for side in sides for place in _under_headings([line.strip() for line in split_lines(side)])
    }
    lines: list[str] = []
    matcher = SequenceMatcher(None, [line.strip() for line in merged], bare, autojunk=False)
    for kind, first, end, at, to in matcher.get_opcodes():
        put_in = [place for place in places[at:to] if place[1]]
        is_makers = any(place not in of_a_side or place[1] in contested for place in put_in)
        if kind != "equal" and is_makers:
            lines.extend(line.rstrip("\r\n") + newline for line in merged[first:end])
        else:
            lines.extend(found[at:to])
    return "".join(lines)


def _under_headings(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Each line with the heading above it: a tick in one section is no tick in another."""
    found: list[tuple[str, str]] = []
    heading = ""
    for line in lines:
        heading = line if line.startswith("#") else heading
        found.append((heading, line))
    return found


def _not_taken(clash: Clash, made: Sequence[str]) -> Lines:
    """The side of *clash* that *made* does not hold, so that the one it holds shows as taken."""
    return clash.other if _holds(made, clash.one) and not _holds(made, clash.other) else clash.one


def _holds(made: Sequence[str], lines: Lines) -> bool:
    wanted = [line.strip() for line in lines if line.strip()]
    return all(line in made for line in wanted)
