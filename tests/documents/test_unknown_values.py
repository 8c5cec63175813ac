import time

import pytest

from dispatchd.documents.front_matter import FrontMatter, KeySchema, read_front_matter
from dispatchd.documents.plain_values import PlainData

KNOWN = KeySchema.of(text=["title"], scalar=["status"])


def read(*lines: str) -> FrontMatter:
    return read_front_matter("\n".join(["---", *lines, "---", ""]), KNOWN)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("customer: Example Ltd", "Example Ltd"),
        ("customer: 'Example: Ltd'", "Example: Ltd"),
        ('customer: "a \\" b"', 'a " b'),
        ("estimate: 3", 3),
        ("estimate: -3", -3),
        ("estimate: 1.5", 1.5),
        ("version: 1.10", "1.10"),
        ("version: 010", "010"),
        ("version: 1e3", "1e3"),
        ("version: 0x1F", "0x1F"),
        ("time: 12:30", "12:30"),
        ("day: 2026-11-21", "2026-11-21"),
        ("flag: no", "no"),
        ("flag: true", True),
        ("flag: ~", None),
        ("flag:", None),
        ("url: https://example.com/#top", "https://example.com/#top"),
        ("url: x # comment", "x"),
        ("url: x #comment", "x"),
        ("refs:\n  - 'https://example.com/1'\n  - two # 2\n  - 3", ["https://example.com/1", "two", 3]),
        ("refs:\n- a\n- b", ["a", "b"]),
        ("refs: [a, 2, 'c, d']", ["a", 2, "c, d"]),
        ("refs: []", []),
        ("deep:\n  a:\n    - b: 1", {"a": [{"b": 1}]}),
        ("deep: {a: [x, y]}", {"a": ["x", "y"]}),
        ("note: |\n  one\n  two", "one\ntwo\n"),
        ("big: 99999999999999999999", "99999999999999999999"),
    ],
)
def test_067_a_key_of_the_users_own_is_plain_data(text: str, value: PlainData) -> None:
    front = read(*text.split("\n"))
    assert not front.problems
    (read_value,) = front.unknown.values()
    assert read_value == value
    assert type(read_value) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("reporter: @ash", 3, 11, "not YAML"),
        ("a: b: c", 3, 5, "not YAML"),
        ("a: &x b", 3, 4, "Anchors"),
        ("a: *x", 3, 4, "Aliases"),
        ("a:\n  <<: {b: c}", 4, 3, "Merge keys"),
        ("<<: {b: c}", 3, 1, "Merge keys"),
        ("a: !!python/object/apply:os.system [x]", 3, 4, "Tags"),
        ("a: !x b", 3, 4, "Tags"),
        ("a:\n  b: 1\n  b: 2", 5, 3, "line 4"),
        ("a:\n\tb: 1", 4, 1, "not YAML"),
        ("a: [[x]", 4, 1, "not YAML"),
        ("a: " + "[" * 40 + "]" * 40, 3, 24, "20 deep"),
        ("a: [" + "1, " * 1200 + "1]", 3, 3002, "1000 values"),
        ("a: " + "x # " * 20_000, 3, 0, "bytes"),
        ("a: 'x\x01'", 3, 0, "not YAML"),
    ],
)
def test_060_061_yaml_that_costs_or_hides_something_is_refused_for_its_key_alone(
    text: str, line: int, column: int, says: str
) -> None:
    front = read("title: x", *text.split("\n"), "status: queued")
    (problem,) = front.problems
    assert says in problem.what
    assert problem.hint
    assert problem.line == line
    assert problem.column == column
    assert front.parked is None
    assert front.value("status") == "queued"
    assert isinstance(front.unknown[text.partition(":")[0]], str)


def test_a_bad_value_of_the_users_own_is_kept_as_its_text() -> None:
    assert read("reporter: @ash").unknown == {"reporter": "@ash"}
    assert read("a:\n  - b\n  c: d").unknown == {"a": "- b\n  c: d"}


def test_a_key_of_the_users_own_written_twice_is_reported() -> None:
    front = read("customer: a", "customer: b")
    assert front.unknown == {"customer": "b"}
    assert front.problems[0].line == 3


def test_060_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    layers = ["bomb:", "  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    layers += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 60)]
    started = time.perf_counter()
    front = read("title: x", *layers)
    assert time.perf_counter() - started < 0.05
    assert "Anchors" in front.problems[0].what
    assert front.value("title") == "x"
