"""Three-way merges ask nobody who is right: what only one side changed is taken, and what nobody changed stays."""

from hypothesis import given
from hypothesis import strategies as st

from dispatchd.reconcile.body_merge import merge_body
from dispatchd.reconcile.document_merge import merge_documents

LINES = st.sampled_from(("one", "two", "three", "", "- [ ] box", "> note", "four "))
BODIES = st.lists(LINES, max_size=8).flatmap(
    lambda lines: st.sampled_from(("\n", "\r\n")).map(lambda end: end.join(lines) + end * bool(lines))
)
TITLES = st.sampled_from(("A", "B: b", "C # c"))
LABELS = st.lists(st.sampled_from(("auth", "net", "ui", "db")), unique=True, max_size=4)
WORDS = st.sampled_from(("todo", "queued", "done"))


@st.composite
def documents(draw: st.DrawFn) -> str:
    labels = ", ".join(draw(LABELS))
    mine = draw(st.sampled_from(("", "mood: 'x'  # theirs\n", "mood: y\n")))
    head = f"title: {draw(TITLES)}\nstatus: {draw(WORDS)}\nlabels: [{labels}]\n{mine}"
    return f"---\nid: i-7k2m\n{head}---\n\n{draw(BODIES)}"


@given(BODIES, BODIES)
def test_a_side_that_did_not_change_gives_way(base: str, changed: str) -> None:
    assert merge_body(base, base, changed, str).text == changed
    assert merge_body(base, changed, base, str).text == changed


@given(BODIES, BODIES)
def test_two_sides_that_changed_alike_are_of_one_mind(base: str, changed: str) -> None:
    merged = merge_body(base, changed, changed, str)
    assert merged.text == changed
    assert merged.overlaps == ()


@given(BODIES, BODIES, BODIES)
def test_every_line_of_the_person_stands_and_every_other_is_shown(base: str, ours: str, theirs: str) -> None:
    merged = merge_body(base, ours, theirs, str)
    shown = merged.text + "".join(overlap.ours for overlap in merged.overlaps)
    new = {line for line in ours.splitlines() if line not in base.splitlines()}
    assert new <= set(shown.splitlines())
    assert {line for line in theirs.splitlines() if line not in base.splitlines()} <= set(
        merged.text.splitlines()
    )


@given(documents(), documents())
def test_a_document_that_one_side_left_alone_is_the_other_sides(base: str, changed: str) -> None:
    assert merge_documents(base, base, changed).text == changed
    assert merge_documents(base, changed, base).text == changed
    assert merge_documents(base, changed, changed).text == changed


@given(documents(), documents(), documents())
def test_labels_of_both_sides_are_united(base: str, ours: str, theirs: str) -> None:
    merged = merge_documents(base, ours, theirs)
    if merged.conflicts:
        return
    before, here, there, after = (_labels(text) for text in (base, ours, theirs, merged.text))
    assert (here - before) | (there - before) <= after
    assert not after & ((before - here) | (before - there))


def _labels(text: str) -> set[str]:
    line = next((line for line in text.splitlines() if line.startswith("labels:")), "labels: []")
    return {label.strip() for label in line.partition("[")[2].partition("]")[0].split(",") if label.strip()}
