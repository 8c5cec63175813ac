"""Which text below an issue's activity is new, and which lines of the daemon's were changed."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.comments import Heard, heard
from dispatchd.documents.issue_document import parse_issue, render_issue, substance
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.domain.comment_rules import trimmed
from tests.documents.document_cast import ISSUE, ISSUE_TEXT

AT = datetime(2026, 11, 21, 7, 20, tzinfo=UTC)
ASKED = ActivityLine(at=AT, text="ash asks: [Which hash?](../inbox/t-4kq2.md)")
SAID = ActivityLine(at=AT.replace(minute=25), text="Alice Doe", said="Try argon2id.\n\n- it is slower")
TOLD = render_issue(ISSUE, ISSUE_TEXT, activity=[ASKED, SAID])


def shape(text: str) -> Outline:
    return outline(text, parse_issue(text).front.layout.body_at)


def hear(saved: str, began: str = TOLD, *known: ActivityLine) -> Heard:
    return heard(shape(began), shape(saved), known or (ASKED, SAID), "Alice Doe")


def texts(saved: str, began: str = TOLD) -> list[str]:
    return [each.text for each in hear(saved, began).sayings]


def test_nothing_new_says_nothing() -> None:
    assert hear(TOLD) == Heard()
    assert hear(ISSUE_TEXT, ISSUE_TEXT) == Heard()
    assert hear(TOLD.replace("two seconds", "three seconds")) == Heard()
    assert hear(TOLD.replace("\n\n", "\n\n\n")) == Heard()


@pytest.mark.parametrize(
    ("formatted", "by"),
    [
        (TOLD.replace("- 2026", "* 2026"), "another mark"),
        (TOLD.replace("**Alice Doe**", "__Alice Doe__"), "another emphasis"),
        (TOLD.replace("  > - it", "  > * it"), "another mark in a quote"),
        (TOLD.replace("  >\n", "  > \n"), "a space"),
        (TOLD.replace("\n", "\r\n"), "other line ends"),
    ],
)
def test_what_a_formatter_does_to_our_lines_is_no_change(formatted: str, by: str) -> None:
    assert hear(formatted) == Heard(), by


def test_where_a_text_begins_is_known() -> None:
    found = hear(TOLD + "\nMine.\n")
    assert [(each.text, each.line) for each in found.sayings] == [("Mine.", len(TOLD.splitlines()) + 2)]


def test_a_heading_ends_the_section() -> None:
    assert texts(TOLD + "\n### Findings\n\nOne.\n") == ["### Findings\n\nOne."]
    assert texts(TOLD + "\nMine.\n\n## Notes\n\nNot a comment.\n") == ["Mine."]


def test_a_note_of_ours_is_nobodys_comment() -> None:
    assert texts(TOLD + "\n> dispatchd: hm\n") == []


def test_words_at_the_end_of_our_line_are_the_persons() -> None:
    assert texts(TOLD.replace("t-4kq2.md)\n", "t-4kq2.md) argon2id!\n")) == ["argon2id!"]


def test_a_changed_line_is_named_as_it_was() -> None:
    for before, after in (("Try", "Do not try"), ("Alice Doe", "Bob Roe"), ("07:25Z", "09:25Z")):
        found = hear(TOLD.replace(before, after, 1))
        assert found.changed == ("- 2026-11-21 07:25Z, **Alice Doe**:",), before
        assert found.sayings == ()


def test_a_line_that_went_is_put_back_without_a_word() -> None:
    gone = TOLD.replace(f"{ASKED.lines[0]}\n", "")
    assert hear(gone) == Heard()
    assert render_issue(ISSUE, gone, activity=[ASKED, SAID]).count("ash asks") == 1


def test_what_only_one_side_changed_of_our_lines_is_no_contradiction() -> None:
    assert substance("- 2026-11-21 07:25Z, **Alice Doe**:\n  > Try.\n\nMine.\n").strip() == "Mine."
    assert substance("- a list of mine\n") == "- a list of mine"


@given(
    st.text(
        alphabet=st.sampled_from(list("ab \n\t#>-*+`~|<[]!().:1dispatch\\_\"'é—")), min_size=1, max_size=60
    )
    .map(trimmed)
    .filter(bool)
)
def test_any_text_becomes_a_line_and_is_heard_no_more(said: str) -> None:
    line = ActivityLine(at=AT.replace(minute=30), text="Alice Doe", said=said)
    whole = render_issue(ISSUE, TOLD, activity=[ASKED, SAID, line])
    assert render_issue(ISSUE, whole, activity=[ASKED, SAID, line]) == whole
    assert heard(shape(whole), shape(whole), (ASKED, SAID, line), "Alice Doe") == Heard()
    later = heard(shape(TOLD), shape(whole), (ASKED, SAID, line), "Bob Roe")
    assert later == Heard()
    after = heard(shape(whole), shape(whole + "\nMore.\n"), (ASKED, SAID, line), "Alice Doe")
    assert [each.text for each in after.sayings] == ["More."]
