"""Patterns have exactly `*` and `?`, and take no time whatever they are."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.domain.glob import fits, literally

PLAIN = st.text(st.sampled_from("ab/.\n"), max_size=12)
PATTERNS = st.text(st.sampled_from("ab/.*?"), max_size=8)


@given(PLAIN, PATTERNS)
def test_stars_and_question_marks_mean_what_they_always_do(text: str, pattern: str) -> None:
    assert fits(text, pattern) is fnmatchcase(text, pattern)


@given(st.text(max_size=12), st.text(max_size=12))
def test_what_is_taken_literally_fits_itself_and_nothing_else(text: str, other: str) -> None:
    assert fits(text, literally(text))
    assert fits(other, literally(text)) is (other == text)


@pytest.mark.parametrize(
    ("text", "pattern", "fit"),
    [
        ("app/[id]/page.tsx", "app/[id]/*", True),
        ("app/i/page.tsx", "app/[id]/*", False),
        ("[!a]", "[!a]", True),
        ("a*", r"a\*", True),
        ("ab", r"a\*", False),
        (r"a\b", r"a\b", True),
        ("a\nb", "a*b", True),
    ],
)
def test_a_bracket_is_a_bracket_and_a_backslash_spells_a_star(text: str, pattern: str, fit: bool) -> None:
    assert fits(text, pattern) is fit


def test_062_many_stars_take_no_time() -> None:
    assert not fits("a" * 4000, "*a" * 40 + "b")
