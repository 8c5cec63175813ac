"""Every line of a front matter that a person wrote comes through a merge of two versions, or is reported."""

from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.front_matter import FrontMatter, KeySchema, read_front_matter
from dispatchd.reconcile.document_merge import merge_documents
from dispatchd.reconcile.front_matter_merge import MergedHead, merge_heads

SCHEMA = KeySchema.of(text=("title",), scalar=("id", "status", "priority", "rev"), lists=("labels",))
COMMENTS = ("", "# ask bob", "# waits", "# why: not", "# last")
LOOSE = st.lists(st.sampled_from(COMMENTS[1:]), max_size=2, unique=True)
TAILS = st.sampled_from(("", " # by bob", " # soon"))
MOODS = st.sampled_from(("", "mood: good\n", "mood: 'bad' # really\n", "mood:\n  - a # one\n  - b\n"))
SIZES = st.sampled_from(("", "size: 1\n", "size: 2\n"))
LABELS = st.sampled_from(("labels: [a]", "labels:\n- a # first\n- b", "labels: a, c"))
TITLES = st.sampled_from(("title: A", 'title: "A" # quoted', "title: B # not a comment"))


@st.composite
def heads(draw: st.DrawFn) -> str:
    known = [draw(TITLES), "status: queued" + draw(TAILS), "priority: high" + draw(TAILS), draw(LABELS)]
    lines = ["id: i-7k2m\n"]
    for line in known:
        lines.extend(f"{loose}\n" for loose in draw(LOOSE))
        lines.append(line + "\n")
    lines.insert(draw(st.integers(0, len(lines))), draw(MOODS))
    lines.append(draw(SIZES))
    return f"---\n{''.join(lines)}---\n\nBody\n"


def read(text: str) -> FrontMatter:
    return read_front_matter(text, SCHEMA)


def merged(base: str, canvas: str, other: str, *, keeps_both: bool = False) -> MergedHead:
    return merge_heads(read(base), read(canvas), read(other), keeps_both=keeps_both)


def head_of(text: str) -> str:
    return text[: read(text).layout.body_at]


def comments(text: str) -> set[str]:
    """What stands behind a `#` on the lines of *text*; a title without quotes holds none."""
    lines = [line for line in text.splitlines() if not line.startswith("title: B")]
    return {line.partition("#")[2] for line in lines if "#" in line}


def own_keys(text: str) -> set[str]:
    front = read(text)
    lines = front.layout.lines
    return {"".join(lines[at : to + 1]) for key, at, to, _ in front.layout.keys if key in front.unknown}


@given(heads(), heads(), st.booleans())
def test_a_head_that_one_side_left_alone_is_the_other_sides_byte_for_byte(
    base: str, changed: str, keeps_both: bool
) -> None:
    assert merged(base, changed, base, keeps_both=keeps_both).text == head_of(changed)
    assert merged(base, changed, changed, keeps_both=keeps_both).text == head_of(changed)
    taken = merged(base, base, changed, keeps_both=keeps_both)
    assert comments(taken.text) == comments(head_of(changed))
    assert own_keys(taken.text) == own_keys(changed)
    assert not taken.contests


@given(heads(), heads(), heads(), st.booleans())
def test_every_foreign_line_of_either_side_stands_or_is_reported(
    base: str, canvas: str, other: str, keeps_both: bool
) -> None:
    result = merged(base, canvas, other, keeps_both=keeps_both)
    shown = result.text + "".join(met.other for met in result.contests)
    before = comments(head_of(base))
    assert comments(head_of(other)) - before <= comments(shown)
    assert comments(head_of(canvas)) - before <= comments(result.text)
    assert own_keys(canvas) - own_keys(base) <= own_keys(result.text)
    for raw in own_keys(other) - own_keys(base):
        assert raw in shown


@given(heads(), heads(), heads())
def test_both_ways_round_the_same_lines_are_there_up_to_who_wins(base: str, one: str, two: str) -> None:
    there = merged(base, one, two, keeps_both=True)
    back = merged(base, two, one, keeps_both=True)
    assert {met.key for met in there.contests} == {met.key for met in back.contests}
    lost = {met.key[0] for met in there.contests}
    for result, opposite in ((there, back), (back, there)):
        keys, others = read(result.text).unknown, read(opposite.text).unknown
        assert {k: v for k, v in keys.items() if k not in lost} == {
            k: v for k, v in others.items() if k not in lost
        }


@given(heads(), heads(), heads())
def test_what_came_over_takes_the_canvas_line_ends_and_leaves_its_mark_in_front(
    base: str, canvas: str, other: str
) -> None:
    dressed = "\ufeff" + canvas.replace("\n", "\r\n")
    plain = merged(base, canvas, other)
    assert merged(base, dressed, other).text == "\ufeff" + plain.text.replace("\n", "\r\n")


@given(heads(), heads(), heads())
def test_a_merge_of_documents_loses_no_comment_and_no_own_key(base: str, ours: str, theirs: str) -> None:
    result = merge_documents(base, ours, theirs)
    for side in (ours, theirs):
        for comment in comments(head_of(side)) - comments(head_of(base)):
            assert f"#{comment}" in result.text
        for raw in own_keys(side) - own_keys(base):
            assert raw in result.text
    assert ("<<<<<<<" in result.text) == bool(result.conflicts)
