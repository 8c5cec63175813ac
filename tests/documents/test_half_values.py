"""Half a value is a problem of its key: nothing is made of it."""

import pytest

from dispatchd.documents.front_matter import KeySchema, read_front_matter

ISSUE = KeySchema.of(text=["title"], scalar=["status", "priority"], lists=["labels", "depends_on"])


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("labels: [ops, net", 2, "A bracket"),
        ("labels: [ops, net # both", 2, "A bracket"),
        ("labels: ops, net]", 2, "A bracket"),
        ("labels: [ops, net] x", 2, "A bracket"),
        ("depends_on: [[[i-2b9x]], i-3c4d", 2, "A bracket"),
        ('labels: "ops, net', 2, "has no end"),
        ('labels: ops, "net', 2, "has no end"),
        ('labels: [ops, "net]', 2, "has no end"),
        ("labels: ops, 'net", 2, "has no end"),
        ('title: "two', 2, "has no end"),
        ('status: "queued', 2, "has no end"),
        ("status: 'queued", 2, "has no end"),
        ("title: two\n\tfoo: bar", 3, "“foo” is indented"),
        ("title: two\n  foo: bar", 3, "“foo” is indented"),
        ("status: queued\n  foo: bar", 3, "“foo” is indented"),
    ],
)
def test_half_a_value_is_a_problem_of_its_key_alone(text: str, line: int, says: str) -> None:
    front = read_front_matter(f"---\n{text}\npriority: high\n---\n", ISSUE)
    (problem,) = front.problems
    assert says in problem.what
    assert problem.line == line
    assert problem.hint
    assert problem.key is not None
    assert not front.entries[problem.key].is_readable
    assert front.value(problem.key) is None
    assert front.value("priority") == "high"
    assert front.parked is None
