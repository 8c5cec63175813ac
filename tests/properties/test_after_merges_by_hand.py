"""Of a merge its maker's part alone counts: not what git doubled or dropped, nor which side was taken for peace."""

from hypothesis import assume, given
from hypothesis import strategies as st

from dispatchd.reconcile.after_merge import begun_as
from dispatchd.reconcile.document_merge import MergedDocument, Winner, merge_documents
from tests.properties.merge_cast import Three, three


def together(case: Three) -> MergedDocument:
    assume(not case.path.endswith(".toml"))
    return merge_documents(case.base, case.one.text, case.other.text, winner=Winner.OURS, path=case.path)


@given(three())
def test_a_merge_that_is_what_comes_of_both_has_no_maker(case: Three) -> None:
    result = together(case)
    assume(not result.conflicts)
    assert begun_as(case.base, case.one.text, case.other.text, result.text) == result.text


@given(three())
def test_one_side_taken_where_nothing_contradicts_decides_nothing(case: Three) -> None:
    assume(not together(case).conflicts)
    for taken in (case.one.text, case.other.text):
        assert begun_as(case.base, case.one.text, case.other.text, taken) == taken


@given(three(), st.data())
def test_a_line_that_neither_side_had_is_its_makers_and_all_else_is_not(
    case: Three, data: st.DataObject
) -> None:
    result = together(case)
    assume(not result.conflicts)
    lines = result.text.splitlines(keepends=True)
    at = data.draw(st.integers(lines.index("---\n", 1) + 1, len(lines)))
    made = "".join([*lines[:at], "Words of the one who merged.\n", *lines[at:]])
    assert begun_as(case.base, case.one.text, case.other.text, made) == result.text


@given(three())
def test_a_line_doubled_by_git_is_nobodys(case: Three) -> None:
    result = together(case)
    assume(not result.conflicts)
    doubled = result.text + result.text.splitlines(keepends=True)[-1]
    assert begun_as(case.base, case.one.text, case.other.text, doubled) == doubled
