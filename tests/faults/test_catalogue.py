"""The catalogue of faults is whole: each number is tested or has its reason, and the page says so."""

from tests.faults.catalogue import PAGE, cases, numbers_in, page, proofs


def test_the_cases_are_numbered_through() -> None:
    assert [case.number for case in cases()] == list(range(1, 109))


def test_every_case_has_a_test_or_a_reason() -> None:
    tested = proofs()
    bare = [case.name for case in cases() if case.number not in tested and not case.why_not]
    assert bare == [], "no test bears these numbers, and cases.toml gives no reason"


def test_a_reason_says_what_stands_in() -> None:
    assert [case.name for case in cases() if bool(case.why_not) != bool(case.instead)] == []


def test_no_test_bears_the_number_of_a_case_that_does_not_exist() -> None:
    assert set(proofs()) <= {case.number for case in cases()}


def test_the_page_is_what_the_tests_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "docs/faults.md is behind: run `make faults`"


def test_numbers_are_read_one_by_one_and_as_ranges() -> None:
    assert list(numbers_in("_029")) == [29]
    assert list(numbers_in("_001_to_003_007")) == [1, 2, 3, 7]
