import time

import pytest

from dispatchd.documents.fence import Layout, decode, lay_out
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.text_lines import split_lines

ISSUE = "---\nid: i-7k2m\ntitle: Login times out\nrev: r5f0c2a91\n---\n\nText\n"


def layout_of(text: str) -> Layout:
    layout = lay_out(text)
    assert isinstance(layout, Layout), layout
    return layout


def problem_of(text: str) -> DocumentProblem:
    problem = lay_out(text)
    assert isinstance(problem, DocumentProblem), problem
    return problem


def body_of(text: str) -> str:
    return text[layout_of(text).body_at :]


def test_a_front_matter_is_told_from_its_body() -> None:
    layout = layout_of(ISSUE)
    assert (layout.opening, layout.closing) == (0, 4)
    assert [key for key, *_ in layout.keys] == ["id", "title", "rev"]
    assert ISSUE[layout.body_at :] == "\nText\n"


def test_056_a_bom_is_no_part_of_the_first_line() -> None:
    layout = layout_of("\ufeff" + ISSUE)
    assert layout.bom
    assert layout.opening == 0
    assert body_of("\ufeff" + ISSUE) == "\nText\n"
    assert body_of("\ufeffplain") == "plain"


def test_057_line_ends_of_both_kinds_are_lines() -> None:
    text = ISSUE.replace("\n", "\r\n")
    assert layout_of(text).newline == "\r\n"
    assert layout_of(text).closing == 4
    assert body_of(text) == "\r\nText\r\n"
    assert layout_of(ISSUE.replace("Text\n", "Text\r\n")).newline == "\n"


@pytest.mark.parametrize(
    "text", ["", "a", "a\n", "a\nb", "a\r\nb\n", "a\rb\n", "a\x0bb\x85c\u2028d\n", "\n\n", "a\x0b"]
)
def test_only_a_line_feed_ends_a_line(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert len(lines) == text.count("\n") + bool(text and not text.endswith("\n"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Just text\n",
        "# A heading\n\ntext\n",
        "---\n\nA paragraph between rules.\n\n---\n\nmore\n",
        "---\n\n# A heading\n\n---\n",
        "---\nA line of prose\n---\n",
        "---\n",
        "---",
        "text\n---\nsetext\n",
        "Note: this is prose\n---\nmore\n",
        "<!-- a comment -->\ntext\n",
        "----\nid: i-7k2m\n----\n",
        "---\n\nDear all: read this.\n\n---\n",
        "---\n- a list\n---\n",
        "```\n---\nid: i-7k2m\n---\n```\n",
    ],
)
def test_what_only_looks_like_a_fence_is_text(text: str) -> None:
    assert layout_of(text).opening is None
    assert body_of(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "---\n---\n",
        "---\nNote: one user key\n---\n",
        "---\nid: i-7k2m\n...\nbody\n",
        "---  \nid: i-7k2m\n--- \n",
        "\n\n---\nid: i-7k2m\n---\n",
        "---\n# a comment\n\nid: i-7k2m\n---\n",
        "---\nlabels:\n- a\n- b\nstatus: x\n---\n",
        "---\nlabels: [\n  a\n]\n---\n",
        "---\nid: i-7k2m\n---",
        "---\nstatus:queued\n---\n",
        "---\n\ntitle: after a blank line\n---\n",
    ],
)
def test_what_people_write_as_front_matter_is_one(text: str) -> None:
    assert layout_of(text).opening is not None


def test_065_three_dashes_inside_a_value_or_the_body_end_nothing() -> None:
    text = "---\nnote: |\n  one\n  ---\n  two\nid: i-7k2m\n---\nbody\n\n---\n\nHeading\n---\n"
    assert body_of(text) == "body\n\n---\n\nHeading\n---\n"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("---\nid: i-7k2m\ntitle: x\n\nbody\n", 1, "after line 3"),
        ("---\nid: i-7k2m\ntitle: x\n\n# Heading\n\nprose here\n\n---\nmore\n", 7, "above it"),
        ("---\nauthor: x\ndate: y\nprose\n---\n", 4, "key: value"),
        ("---\ntitle: x\nstatus queued\n---\n", 3, "key: value"),
        ("id: i-7k2m\ntitle: x\nrev: r5f0c2a91\n---\nbody\n", 1, "above line 1"),
        ("id: i-7k2m\ntitle: x\nrev: r5f0c2a91\n\nbody\n", 1, "above line 1"),
        ("title: x\nstatus: queued\n---\nbody\n", 1, "above line 1"),
        ("A line above\n" + ISSUE, 1, "below the front matter"),
        ("---\n  title: x\n  status: y\n---\n", 2, "blanks"),
    ],
)
def test_066_a_fence_that_is_missing_parks_the_file(text: str, line: int, says: str) -> None:
    problem = problem_of(text)
    assert problem.line == line
    assert says in problem.hint


@pytest.mark.parametrize(
    ("content", "line", "column", "says"),
    [
        (b"---\nid: \xff\n---\n", 2, 5, "0xff"),
        (b"ok\ncaf\xe9", 2, 4, "0xe9"),
        (b"\xff\xfeh\x00i\x00", 1, 0, "UTF-16"),
        ("h\u00e9llo\n\0".encode(), 2, 1, "NUL"),
        (b"a\xed\xa0\x80", 1, 2, "0xed"),
    ],
)
def test_055_058_what_is_no_text_is_named_with_its_place(
    content: bytes, line: int, column: int, says: str
) -> None:
    problem = decode(content)
    assert isinstance(problem, DocumentProblem)
    assert (problem.line, problem.column) == (line, column)
    assert says in problem.what


CONFLICT = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (CONFLICT + ISSUE, 1),
        (f"---\nid: i-7k2m\n{CONFLICT}---\n", 3),
        (ISSUE + CONFLICT, 8),
        (ISSUE + CONFLICT.replace("\n", "\r\n"), 8),
        (ISSUE + "a\n=======\nb\n>>>>>>> other\n", 11),
        (ISSUE + "```\ncode\n```\n" + CONFLICT, 11),
        ("---\nid: i-7k2m\nnote: |\n  x\n```\n" + CONFLICT + "---\n", 6),
    ],
)
def test_069_conflict_markers_park_the_file(text: str, line: int) -> None:
    problem = decode(text.encode())
    assert isinstance(problem, DocumentProblem)
    assert problem.line == line
    assert "merge" in problem.what


@pytest.mark.parametrize(
    "text",
    [
        ISSUE + "```\n" + CONFLICT + "```\n",
        ISSUE + "  ~~~~ text\n" + CONFLICT + "~~~\n" + CONFLICT + "~~~~~\n",
        ISSUE + "Heading\n=======\n\n<<<<<<<< no space, eight\n".replace("<<<<<<<< no", "<<<<<<<<no"),
        ISSUE + ">>>>>>> a deep quotation\n",
        ISSUE + "the marker <<<<<<< HEAD inline\n",
    ],
)
def test_069_marker_text_that_is_no_conflict_does_not_park(text: str) -> None:
    assert decode(text.encode()) == text


def test_062_hostile_lines_are_laid_out_in_no_time() -> None:
    started = time.perf_counter()
    for line in (
        " " * 500_000,
        "a " * 250_000,
        "'" * 500_000,
        "a" + " :" * 1,
        "\t" * 500_000,
        "- " * 250_000,
    ):
        lay_out(f"---\nid: i-7k2m\n{line}\n---\n")
        lay_out(f"---\nx{line}: y\n---\n")
    assert time.perf_counter() - started < 2
