"""The small readers: stamps, gate lines, actions, boxes, line edits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.action_line import format_action, parse_action, read_actions
from dispatchd.documents.body_edit import LineEdit, apply_edits, insertion, removal
from dispatchd.documents.boxes import match_label, set_mark, untick
from dispatchd.documents.epic_document import parse_epic, render_epic
from dispatchd.documents.gate_line import parse_gate
from dispatchd.documents.markdown_outline import BlockKind, outline
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.stamps import (
    format_deadline,
    parse_created,
    parse_deadline,
    read_stamp,
    read_turn_header,
    stamped,
    turn_header,
)
from dispatchd.domain.actors import Actor, ActorKind, Signature
from dispatchd.domain.epic import Criterion, GateKind
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.proposal import (
    Action,
    CreateIssue,
    MergeAction,
    SetFact,
    SetSetting,
    StartEpicAction,
    UnreadAction,
    WriteContext,
)
from tests.documents.document_cast import AFTERNOON, EPIC, EPIC_TEXT, signed

MINUTES = st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9000, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
)
NAMES = st.text(min_size=1, max_size=20)


@given(MINUTES, NAMES, st.text(max_size=40))
def test_a_stamp_reads_back_as_who_and_when(at: datetime, name: str, reason: str) -> None:
    by = Actor(kind=ActorKind.HUMAN, handle="x", name=name, email="")
    text = stamped("Approved", Signature(by=by, at=at, reason=reason))
    read = read_stamp(text)
    assert read is not None
    assert read.at == at
    assert stamped("Approved", Signature(by=by, at=at)).endswith(f"({read.name}, {text[-18:]}")
    header = read_turn_header(turn_header(by, at))
    assert header is not None
    assert (header.name, header.at) == (read.name, at)


@pytest.mark.parametrize(
    "text",
    ["Approved", "Approved (Alice Doe)", "Approved (Alice, 2026-13-40 99:99Z)", "(2026-11-20 14:02Z) x"],
)
def test_what_is_no_stamp_is_none(text: str) -> None:
    assert read_stamp(text) is None


@given(MINUTES)
def test_a_deadline_reads_back_as_it_was(at: datetime) -> None:
    assert parse_deadline(format_deadline(at)) == at


def test_a_date_ends_at_midnight() -> None:
    assert parse_deadline("2026-11-28") == datetime(2026, 11, 29, tzinfo=UTC)
    assert format_deadline(datetime(2026, 11, 29, tzinfo=UTC)) == "2026-11-28"
    assert parse_deadline("2026-11-28T12:00:00+02:00") == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert [parse_deadline(text) for text in ("soon", "2026-02-30", "9999-12-31", "")] == [None] * 4
    assert parse_created("2026-11-21T07:12:00") == datetime(2026, 11, 21, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "kind", "approvers", "question"),
    [
        ("Gate: approval: Is it right?", GateKind.APPROVAL, (), "Is it right?"),
        ("gate : Approval", GateKind.APPROVAL, (), ""),
        (
            "**Gate:** review by @alice, @bob: Walk: through.",
            GateKind.REVIEW,
            ("alice", "bob"),
            "Walk: through.",
        ),
        ("Gate: review by alice and Bob", GateKind.REVIEW, ("alice", "bob"), ""),
        ("Gate: review by @alice @bob: x", GateKind.REVIEW, ("alice", "bob"), "x"),
        ("Gate: decision: Which\nway out?", GateKind.DECISION, (), "Which way out?"),
        ("Gate: checkpoint", GateKind.CHECKPOINT, (), ""),
    ],
)
def test_a_gate_line_is_read_as_people_write_it(
    line: str, kind: GateKind, approvers: tuple[str, ...], question: str
) -> None:
    read = parse_gate(line, 3)
    assert read.problem is None
    assert (read.plan.kind, read.plan.approvers, read.plan.question) == (kind, approvers, question)


def test_a_checkpoint_without_words_waits_for_its_issues() -> None:
    assert parse_gate("Gate: checkpoint", 1).plan.criteria == (Criterion(all_issues_done=True),)
    both = parse_gate("Gate: checkpoint: command `unit-tests` and all issues are done.", 1).plan.criteria
    assert both == (Criterion(command="unit-tests"), Criterion(all_issues_done=True))


@pytest.mark.parametrize("line", ["Gate:", "Gate: whatever", "Gate: review by : x", "Gate: checkpoint: luck"])
def test_a_gate_nobody_can_read_asks_a_person(line: str) -> None:
    read = parse_gate(line, 7)
    assert read.problem is not None
    assert read.problem.line == 7
    assert read.plan.kind in {GateKind.APPROVAL, GateKind.REVIEW}


ACTIONS: tuple[tuple[str, Action], ...] = (
    ("create issue: Replace bcrypt: all of it", CreateIssue(title="Replace bcrypt: all of it")),
    ("set i-7k2m priority: high", SetFact(target="i-7k2m", key="priority", value="high")),
    ("set config workspace.start_after: 45s", SetSetting(key="workspace.start_after", value="45s")),
    ("start epic e-3fq9", StartEpicAction(target="e-3fq9")),
    ("merge i-7k2m", MergeAction(target="i-7k2m")),
)


@pytest.mark.parametrize(("text", "action"), ACTIONS)
def test_an_action_reads_back_as_it_is_written(text: str, action: Action) -> None:
    assert parse_action(text, None, 1) == action
    assert format_action(action) == f"- {text}"
    assert parse_action(f"[ ] {text.replace(' ', '  ')}", None, 1) == action


def test_ids_are_read_in_any_dress() -> None:
    target = EntityId("i-7k2m")
    for written in ("I-7K2M", "[[i-7k2m]]", "[x](../issues/i-7k2m-x.md)", "`i-7k2m`", "#i-7k2m"):
        assert parse_action(f"merge {written}", None, 1) == MergeAction(target=target)


@pytest.mark.parametrize(
    "markdown",
    [
        "- write context/a/b.md\n\n  ```md\n  # x\n\n  y\n  ```\n",
        "- write context/a/b.md\n\n```md\n# x\n\ny\n```\n",
        "- write `context/a/b.md`:\n  ~~~\n  # x\n\n  y\n  ~~~\n",
    ],
)
def test_a_context_document_comes_with_its_block(markdown: str) -> None:
    shape = outline(f"## If it passes\n\n{markdown}", 0)
    read = read_actions(shape.section("If it passes"))
    expected = WriteContext(path=DocumentPath("context/a/b.md"), text="# x\n\ny\n")
    assert read.actions == (expected,)
    again = outline(f"## If it passes\n\n{format_action(expected)}\n", 0)
    assert read_actions(again.section("If it passes")).actions == (expected,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "do it",
        "create issue:",
        "set priority: high",
        "set nothing priority: high",
        "start epic now",
        "merge",
        "write context/../x.md",
        "write context/.git/x.md",
        "write /context/x.md",
        "write context/x.txt",
        "write context/x.md",
    ],
)
def test_what_is_no_action_says_how_one_is_written(text: str) -> None:
    problem = parse_action(text, None if text == "write context/x.md" else "code", 4)
    assert isinstance(problem, DocumentProblem)
    assert problem.line == 4
    assert problem.hint


def test_an_action_without_its_dash_is_pointed_at() -> None:
    shape = outline("## If it passes\n\ncreate issue: x\n\nand some words\n", 0)
    read = read_actions(shape.section("If it passes"))
    assert read.actions == (UnreadAction(text="create issue: x"),)
    assert [problem.line for problem in read.problems] == [3]


@pytest.mark.parametrize(
    ("text", "label", "reason"),
    [
        ("Reject", "Reject:", ""),
        ("reject :", "Reject:", ""),
        ("Reject: a: b", "Reject:", "a: b"),
        ("Allow: once", "Allow: once", ""),
        ("Allow: once: yes", "Allow: once", "yes"),
        ("Allow: twice", "Allow", "twice"),
        ("Allow — sure", "Allow", "sure"),
    ],
)
def test_a_label_is_found_before_its_reason(text: str, label: str, reason: str) -> None:
    assert match_label(text, ("Reject:", "Allow", "Allow: once")) == (label, reason)


def test_other_words_are_no_label() -> None:
    assert match_label("Rejecting this", ("Reject:",)) is None
    assert match_label("Please reject: x", ("Reject:",)) is None


def test_a_tick_is_taken_back_on_its_line_alone() -> None:
    assert untick("a\r\n- [x] b: c\r\n- [x] d\r\n", 2) == "a\r\n- [ ] b: c\r\n- [x] d\r\n"
    assert untick("a", 7) == "a"
    assert set_mark("  * [ x ] y", ticked=True) == "  * [x] y"
    assert set_mark("- [x](link)", ticked=False) == "- [x](link)"


def test_blocks_know_their_lines() -> None:
    text = "---\nid: x\n---\n# T\n\npara\nmore\n\n- a\n  b\n\n- [ ] c\n> q\n\n```\n- [ ] d\n```\n"
    shape = outline(text, text.index("# T"))
    assert [(block.kind, block.first, block.end) for block in shape.blocks] == [
        (BlockKind.HEADING, 3, 4),
        (BlockKind.PARAGRAPH, 5, 7),
        (BlockKind.ITEM, 8, 10),
        (BlockKind.ITEM, 11, 12),
        (BlockKind.QUOTE, 12, 13),
        (BlockKind.CODE, 14, 17),
    ]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("```\n- [ ] a\n", 2),
        ("~~~~\n~~~\n", 2),
        ("x\n\n<!-- a\n\n- [ ] b\n", 4),
        ("```", 2),
        ("```\na\n```\n", None),
        ("<!-- a -->\n", None),
        ("    ```\n", None),
        ("- a\n", None),
    ],
)
def test_a_block_that_is_never_closed_is_pointed_at(body: str, line: int | None) -> None:
    found = [problem.line for problem in parse_epic(f"\n{body}").problems]
    assert found == ([line] if line else [])
    canvas = render_epic(EPIC, EPIC_TEXT + f"\n{body}")
    assert render_epic(EPIC, canvas) == canvas


@pytest.mark.parametrize("text", ["", "\n", "x", "x\n", "x\r\n\r\n", "\rx\ry\n- z"])
def test_putting_in_and_taking_out_again_changes_nothing(text: str) -> None:
    end = outline(text, 0).last_text_line()
    put = apply_edits(text, [insertion(end, ["## New", "", "- a"])])
    lines = put.split("\n")
    first = next(index for index, line in enumerate(lines) if line.startswith("## New"))
    assert apply_edits(put, [removal(first, first + 3)]).strip() == text.strip()
    assert "## New" in put


def test_edits_at_one_place_come_in_the_order_given() -> None:
    text = "a\n\nb\n"
    assert apply_edits(text, [insertion(2, ["1"]), insertion(2, ["2"])]) == "a\n\n1\n\n2\n\nb\n"
    assert apply_edits(text, [insertion(2, ["1"]), removal(2, 3)]) == "a\n\n1\n"
    assert apply_edits(text, [LineEdit(first=0, end=1, lines=("c",)), removal(2, 3)]) == "c\n"
    assert apply_edits(text, []) == text


def test_a_signature_keeps_its_minute() -> None:
    assert signed(at=AFTERNOON + timedelta(seconds=59)).at != AFTERNOON
    assert stamped("Approved", signed(at=AFTERNOON + timedelta(seconds=59))) == stamped("Approved", signed())
