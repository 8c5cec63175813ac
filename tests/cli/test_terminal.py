import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.cli.terminal import Screen, Style, clipped, display_width, visible, visible_lines, wrapped


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b[31mred", "a␛[31mred"),
        ("two\nlines", "two␊lines"),
        ("bell\x07", "bell␇"),
        ("\x7f", "␡"),
        ("\x9b31m", "\\u009b31m"),
        ("abc\u202egnp", "abc\\u202egnp"),
        ("日本", "日本"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_072_what_a_terminal_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_body_keeps_its_lines_and_tabs_and_nothing_else() -> None:
    assert visible_lines("a\n\tb\x1b\r\n") == "a\n\tb␛␍\n"


@given(st.text())
def test_072_nothing_shown_can_move_the_cursor(text: str) -> None:
    assert not any(unicodedata.category(each) == "Cc" for each in visible(text))


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("abc", 3),
        ("日本", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("👩\u200d💻", 2),
        ("❤\ufe0f", 2),
        ("각", 2),
    ],
)
def test_widths_are_those_of_the_eye(text: str, columns: int) -> None:
    assert display_width(text) == columns


@given(st.text(alphabet=st.characters(blacklist_categories=["Cc", "Cs"])), st.integers(1, 30))
def test_what_is_clipped_fits(text: str, width: int) -> None:
    assert display_width(clipped(text, width)) <= width


def test_what_is_clipped_says_so() -> None:
    assert clipped("Login times out", 10) == "Login tim…"
    assert clipped("日本語日本語", 6) == "日本…"


def test_colour_is_only_where_it_is_wanted() -> None:
    assert Screen().accent("x") == "x"
    assert Screen(colour=True).accent("x") == "\x1b[36mx\x1b[0m"
    assert Screen(colour=True).styled("", Style.STRONG) == ""


@given(st.text())
def test_072_json_is_safe_on_a_terminal_and_still_the_same_value(text: str) -> None:
    said: list[str] = []

    class Kept(Screen):
        def show(self, *lines: str) -> None:
            said.extend(lines)

    Kept().show_json({"title": text})
    assert json.loads(said[0]) == {"title": text}
    assert not any(unicodedata.category(each) == "Cc" and each != "\n" for each in said[0])


def test_a_sentence_is_wrapped_between_words_and_loses_none() -> None:
    sentence = 'kept "queued"; "in_review" comes after awaiting_review. To force it: in_review!'
    lines = wrapped(sentence, 30)
    assert " ".join(lines) == sentence
    assert all(display_width(line) <= 30 for line in lines)
