"""The list under a stage: what is wanted, what is a link, and what is a person's text."""

import pytest

from dispatchd.documents.epic_document import parse_epic, person_part
from dispatchd.documents.epic_lists import ListItem, offer, read_link, text_of, title_of
from dispatchd.documents.list_marks import Marks, split_marks

HEAD = "---\nid: e-3fq9\n---\n\n# Login\n\n## Stages\n\n### Build\n\n"


def items(text: str) -> tuple[ListItem, ...]:
    return parse_epic(HEAD + text).stages[0].agenda.items


def wanted(text: str) -> list[str]:
    return [item.title for item in items(text) if item.link is None]


@pytest.mark.parametrize(
    ("line", "title", "marks"),
    [
        ("Canary @coder !high #ops", "Canary", Marks(who=("coder",), priorities=("high",), labels=("ops",))),
        ("!P1 @ash Canary", "Canary", Marks(who=("ash",), priorities=("P1",))),
        ("Add @property to User", "Add @property to User", Marks()),
        ("Fix #123", "Fix #123", Marks()),
        ("Say hello!", "Say hello!", Marks()),
        ("Learn C#", "Learn C#", Marks()),
        ("#ops", "#ops", Marks()),
        ("Two #a #b #a", "Two", Marks(labels=("a", "b"))),
        ("Write to bob@example.com", "Write to bob@example.com", Marks()),
    ],
)
def test_marks_stand_before_or_behind_the_title(line: str, title: str, marks: Marks) -> None:
    assert split_marks(line) == (title, marks)


def test_plain_items_are_wanted_with_their_indented_text() -> None:
    first, second = items("1. One @coder\n   text\n\n   - more\n     still\n2. Two\n")
    assert (first.title, first.body) == ("One", "text\n\n- more\n  still")
    assert (second.title, second.body, second.run) == ("Two", "", 0)


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] a box\n",
        "1. [ ] a numbered box\n",
        "- ~~struck~~\n",
        "> - quoted\n",
        "```\n- code\n```\n",
        "<!--\n- comment\n-->\n",
        "- [a page](https://example.com)\n",
        "- <https://example.com>\n",
        "- [the issue](../issues/i-7k2m-x.md) is what we talked about\n",
        "-\n",
        "text\n",
        "Gate: approval: Does it?\n\n- works on mobile\n",
        "Gate: decision: Which?\n\n1. this\n2. that\n",
    ],
)
def test_what_is_no_wanted_issue(text: str) -> None:
    assert wanted(text) == []


def test_numbered_items_below_a_gate_are_wanted_where_it_offers_no_directions() -> None:
    assert wanted("Gate: approval: Does it?\n1. this\n2. that\n") == ["this", "that"]


def test_items_below_a_lower_heading_belong_to_the_stage() -> None:
    assert wanted("#### Databases\n\n1. Copy\n") == ["Copy"]


def runs(text: str) -> list[int | None]:
    return [item.run for item in items(text)]


def test_a_numbered_list_goes_on_where_its_numbers_do() -> None:
    assert runs("1. a\n2. b\n\ntext\n\n3. c\n") == [0, 0, 0]
    assert runs("1. a\n2. b\n\ntext\n\n1. c\n2. d\n") == [0, 0, 1, 1]
    assert runs("1. a\n1. b\n1. c\n") == [0, 0, 0]
    assert runs("1. a\n\n- [ ] Make this issue\n\n2. b\n") == [0, 0]
    assert runs("- a\n- b\n") == [None, None]


@pytest.mark.parametrize(
    ("words", "target", "state", "rest"),
    [
        ("[A](../issues/i-7k2m-a.md) · queued", "../issues/i-7k2m-a.md", " · queued", ""),
        ("[A](../issues/i-7k2m-a.md)", "../issues/i-7k2m-a.md", "", ""),
        ("[A](<../issues/a b.md>) · in progress", "../issues/a b.md", " · in progress", ""),
        ("[A](a.md) · queued — ask Bob", "a.md", " · queued", " — ask Bob"),
        ("[A](a.md) · queued NORA", "a.md", " · queued", " NORA"),
        ("[A](a.md) · in progress @bob, #2", "a.md", " · in progress", " @bob, #2"),
        ("[A](a.md) · in pro", "a.md", " · in pro", ""),
        ("[A](a.md) ·", "a.md", " ·", ""),
        ("i-7k2m", "i-7k2m", "", ""),
        ("[[I-7K2M]]", "i-7k2m", "", ""),
    ],
)
def test_a_link_is_cut_where_the_daemon_may_change_it(words: str, target: str, state: str, rest: str) -> None:
    link = read_link(words)
    assert link is not None
    assert (link.target, link.state, link.rest) == (target, state, rest)


@pytest.mark.parametrize(
    "words",
    [
        "~~[A](a.md) · queued~~",
        "~~[A](a.md)~~ · queued",
        "~~[A](a.md)~~",
        "~~[A](a.md) · done~~ ",
        "~~[A](a.md) · done NORA~~",
    ],
)
def test_a_struck_link_is_struck(words: str) -> None:
    link = read_link(words)
    assert link is not None
    assert link.is_struck


@pytest.mark.parametrize(
    "title",
    ["A [b] c", r"C:\new", "a](b)", "x\\", "*", "a_b", "the `[x]` of `auth.py` is", "` and `", "<b> & _c_"],
)
def test_a_title_survives_being_the_text_of_a_link(title: str) -> None:
    link = read_link(f"[{text_of(title)}](a.md) · queued")
    assert link is not None
    assert title_of(link.text) == title


def test_one_issue_is_offered_as_one() -> None:
    assert (offer(1), offer(2)) == ("Make this issue", "Make these 2 issues")


def test_what_is_covered_by_an_approval_is_neither_the_list_nor_its_states() -> None:
    before = parse_epic(f"{HEAD}Words.\n\n1. One\n   more\n\n- [ ] Make this issue\n\nGate: approval: Ok?\n")
    after = parse_epic(f"{HEAD}Words.\n\n1. [One](i-7k2m.md) · queued\n\nGate: approval: Ok?\n")
    other = parse_epic(f"{HEAD}Other words.\n\nGate: approval: Ok?\n")
    assert before.plans[0].substance == after.plans[0].substance
    assert other.plans[0].substance != after.plans[0].substance


def test_states_and_the_box_are_no_part_of_what_a_person_wrote() -> None:
    assert person_part("1. [One](i-7k2m.md) · queued\n\n- [x] Make this issue\n") == "1. [One](i-7k2m.md)"


def test_code_in_a_title_stays_code_in_the_list() -> None:
    assert text_of("Fix `auth.py` and *all* of it") == r"Fix `auth.py` and \*all\* of it"


@pytest.mark.parametrize(
    "text", ["1. One\nGate: approval: Ok?\n", "- One\n- Two\nGate: approval by @alice: Ok?\n"]
)
def test_a_gate_right_below_a_list_is_the_stages_gate(text: str) -> None:
    (stage,) = parse_epic(HEAD + text).stages
    assert stage.plan.gate is not None
    assert stage.plan.gate.question == "Ok?"
    assert stage.plan.wanted[0] == "One"
