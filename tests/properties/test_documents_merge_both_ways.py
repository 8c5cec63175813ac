"""Merging asks nobody who is first: both ways round the same comes out, nothing is lost, and again changes nothing."""

import tomllib

from hypothesis import given

from dispatchd.documents.front_matter import read_front_matter
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.documents.issue_document import SCHEMA
from dispatchd.reconcile.document_merge import MergedDocument, Winner, merge_documents
from tests.properties.merge_cast import Three, three

MARKERS = ("<<<<<<<", "=======", ">>>>>>>")


def merged(case: Three, *, winner: Winner | None = None, swapped: bool = False) -> MergedDocument:
    sides = (case.other.text, case.one.text) if swapped else (case.one.text, case.other.text)
    return merge_documents(case.base, *sides, winner=winner, path=case.path)


def turned(text: str) -> str:
    """*text* with both sides of what it marks in each other's place."""
    lines: list[str] = []
    held: list[list[str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("<<<<<<<"):
            held = [[]]
        elif line.startswith("=======") and held:
            held.append([])
        elif line.startswith(">>>>>>>"):
            lines.extend(("<<<<<<< ours\n", *held[1], "=======\n", *held[0], ">>>>>>> theirs\n"))
            held = []
        elif held:
            held[-1].append(line)
        else:
            lines.append(line)
    return "".join(lines)


@given(three())
def test_both_ways_round_the_same_comes_out(case: Three) -> None:
    there, back = merged(case), merged(case, swapped=True)
    assert there.conflicts == back.conflicts
    if case.one.text != case.other.text:
        assert turned(back.text) == there.text


@given(three())
def test_between_clones_it_is_the_winner_alone_that_counts(case: Three) -> None:
    there = merged(case, winner=Winner.OURS)
    back = merged(case, winner=Winner.THEIRS, swapped=True)
    assert there == back
    assert not any(line.startswith(MARKERS) for line in there.text.splitlines())


@given(three())
def test_a_side_that_changed_nothing_gives_way(case: Three) -> None:
    start, changed = case.one.text, case.other.text
    for sides in ((start, changed), (changed, start), (changed, changed)):
        assert merge_documents(start, *sides, path=case.path).text == changed


@given(three())
def test_no_line_that_either_side_put_in_is_lost(case: Three) -> None:
    lines = merged(case).text.splitlines(keepends=True)
    for side in (case.one, case.other):
        for line in side.added:
            assert line in lines or line.removeprefix("- [ ] ") in {
                each.removeprefix("- [x] ") for each in lines
            }


@given(three())
def test_what_comes_out_reads_or_carries_markers(case: Three) -> None:
    result = merged(case)
    marked = [line for line in result.text.splitlines() if line.startswith(MARKERS)]
    assert len(marked) == 3 * result.conflicts
    if result.conflicts:
        return
    if case.path.endswith(".toml"):
        tomllib.loads(result.text)
    else:
        front = read_front_matter(result.text, SCHEMA)
        assert front.parked is None
        assert not front.problems


@given(three())
def test_markers_stand_only_where_both_changed_the_same_to_something_else(case: Three) -> None:
    held: list[list[str]] = []
    for line in merged(case).text.splitlines(keepends=True):
        if line.startswith("<<<<<<<"):
            held = [[]]
        elif line.startswith("=======") and held:
            held.append([])
        elif line.startswith(">>>>>>>"):
            assert held[0] != held[1]
            for side, text in zip(held, (case.one.text, case.other.text), strict=True):
                assert not side or "".join(side) not in case.base or "".join(side) in text
            assert "id: " not in "".join(held[0])
            held = []
        elif held:
            held[-1].append(line)


@given(three())
def test_merging_what_came_out_once_more_changes_nothing(case: Three) -> None:
    once = merged(case)
    if once.conflicts:
        return
    for side in (case.one.text, case.other.text):
        assert merge_documents(side, once.text, side, path=case.path).text == once.text
        again = merge_documents(case.base, once.text, side, path=case.path)
        assert again.conflicts == 0
        assert sorted(without_rev(again.text)) == sorted(without_rev(once.text))


def without_rev(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and line != f"rev: {rev_of(text)}"]
