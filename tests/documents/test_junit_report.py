"""Which tests ran and passed, as runners leave it; anything else is no report."""

import pytest

from dispatchd.documents.junit_report import read_junit

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" tests="4">
<testcase classname="tests.test_a" name="test_one" time="0.1" />
<testcase classname="tests.test_a" name="test_two"><failure message="no">assert</failure></testcase>
<testcase classname="" name="tests.test_b"><error message="collection failure">gone</error></testcase>
<testcase classname="tests.test_a" name="test_later"><skipped message="later" /></testcase>
</testsuite></testsuites>"""


def test_what_pytest_leaves_is_read() -> None:
    assert read_junit(PYTEST) == {
        "tests.test_a::test_one": True,
        "tests.test_a::test_two": False,
        "tests.test_b": False,
    }


def test_of_two_by_one_name_the_one_that_failed_counts() -> None:
    twice = b'<testsuite><testcase name="t"><failure/></testcase><testcase name="t"/></testsuite>'
    assert read_junit(twice) == {"t": False}


def test_what_did_not_run_has_not_passed() -> None:
    left_out = (
        b'<testsuite><testcase name="a" status="notrun"/><testcase name="b" result="skipped"/></testsuite>'
    )
    assert read_junit(left_out) == {}


def test_tests_without_names_are_counted() -> None:
    nameless = b"<testsuite><testcase/><testcase><failure/></testcase></testsuite>"
    assert read_junit(nameless) == {"test 1": True, "test 2": False}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<html/>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><testsuite><testcase name="&a;"/></testsuite>',
        b"<testsuite>" + b" " * (16 * 1024 * 1024) + b"</testsuite>",
    ],
    ids=["empty", "text", "other", "entities", "huge"],
)
def test_anything_else_is_no_report(content: bytes) -> None:
    assert read_junit(content) is None
