"""Red and green by what ran: new tests fail and old ones pass; all pass."""

import pytest

from dispatchd.domain.path_patterns import matching
from dispatchd.domain.verifying import Results, Wanted, judged
from dispatchd.domain.workflow import Expectation

OLD: Results = {"a": True, "b": True}


@pytest.mark.parametrize(
    ("code", "now", "before", "expected", "why"),
    [
        (1, {**OLD, "n": False}, OLD, True, "1 new test fails, 2 old ones pass"),
        (1, {"n": False}, {}, True, "1 new test fails, and there are no old ones"),
        (0, OLD, OLD, False, "there is no new test"),
        (1, {**OLD, "n": False, "m": True}, OLD, False, "1 of 2 new tests passes without the code: `m`"),
        (1, {"a": True, "b": False, "n": False}, OLD, False, "1 test that passed before fails now: `b`"),
        (2, {"n": False}, OLD, False, "2 tests that passed before did not run any more: `a` and `b`"),
        (
            1,
            {"a": True, "b": False, "n": False},
            {"a": True, "b": False},
            True,
            "1 new test fails, 1 old one passes",
        ),
        (1, None, None, True, "it fails (1)"),
        (0, None, None, False, "it passes, and there should be tests that fail"),
        (127, None, None, False, "the command could not be run (127)"),
        (None, None, None, False, "it took too long"),
    ],
)
def test_red(
    code: int | None, now: Results | None, before: Results | None, *, expected: bool, why: str
) -> None:
    shown = judged(Expectation.FAIL, code, now, before)
    assert (shown.as_expected, shown.why) == (expected, why)


@pytest.mark.parametrize(
    ("code", "now", "expected", "why"),
    [
        (0, OLD, True, "every test passes (2)"),
        (1, {**OLD, "n": False}, False, "1 of 3 tests fails: `n`"),
        (1, OLD, False, "every test passes, and the command fails (1)"),
        (0, {}, False, "no test ran"),
        (0, None, True, "it passes"),
        (3, None, False, "it fails (3)"),
        (126, OLD, False, "the command could not be run (126)"),
        (None, OLD, False, "it took too long"),
    ],
)
def test_green(code: int | None, now: Results | None, *, expected: bool, why: str) -> None:
    shown = judged(Expectation.PASS, code, now, None)
    assert (shown.as_expected, shown.why) == (expected, why)


@pytest.mark.parametrize(
    ("now", "wanted", "expected", "why"),
    [
        ({**OLD, "n": True}, Wanted(red=("n",), least=3), True, "every test passes (3)"),
        (OLD, Wanted(red=("n", "m")), False, "2 tests that had failed at red did not run: `n` and `m`"),
        ({**OLD, "other": True}, Wanted(red=("n",)), False, "1 test that had failed at red did not run: `n`"),
        ({"tests.n::test_it": True}, Wanted(red=("tests.n",)), True, "every test passes (1)"),
        (
            {"tests.nothing::test_it": True},
            Wanted(red=("tests.n",)),
            False,
            "1 test that had failed at red did not run: `tests.n`",
        ),
        ({"a": True, "n": True}, Wanted(red=("n",), least=3), False, "2 tests ran, and 3 did at red"),
        (None, Wanted(least=3), False, "it left no results, and the tests that were red have to be in them"),
    ],
)
def test_green_wants_what_was_red(now: Results | None, wanted: Wanted, *, expected: bool, why: str) -> None:
    shown = judged(Expectation.PASS, 0, now, None, wanted)
    assert (shown.as_expected, shown.why) == (expected, why)


def test_red_names_what_green_will_want() -> None:
    assert judged(Expectation.FAIL, 1, {**OLD, "n": False}, OLD).red == ("n",)


def test_patterns_are_as_people_write_them() -> None:
    paths = ["tests/a.py", "tests/deep/b.py", "src/test_c.py", "test_d.py", "src/c.py", "tests.py"]
    assert matching(paths, ["tests/**"]) == ("tests/a.py", "tests/deep/b.py")
    assert matching(paths, ["tests/*"]) == ("tests/a.py",)
    assert matching(paths, ["**/test_*.py"]) == ("src/test_c.py", "test_d.py")
    assert matching(paths, ["src/?.py"]) == ("src/c.py",)
    assert matching(paths, []) == ()
