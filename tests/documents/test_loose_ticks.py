"""Loose ticks in a text alone: what is a box altered, what is unclear, what is a person's."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.boxes import match_label
from dispatchd.documents.loose_ticks import Offered, loose_ticks, offers_of, straightened

LIST = "# T\n\n## Vote\n\n- [ ] Approve\n- [ ] Reject:\n- [ ] Approve later\n"
BOXES = (Offered(5, "Approve"), Offered(6, "Reject:"), Offered(7, "Approve later"))
BEFORE = offers_of(LIST, 0, BOXES)


def present(text: str) -> tuple[Offered, ...]:
    """What an exact reading finds."""
    labels = tuple(box.label for box in BOXES)
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = match_label(line[6:], labels) if line.startswith(("- [ ] ", "- [x] ")) else None
        if match:
            found.append(Offered(number, match[0], line.startswith("- [x]")))
    return tuple(found)


def straight(text: str) -> str:
    return straightened(text, loose_ticks(text, 0, offers_of(text, 0, present(text)), BEFORE))


@pytest.mark.parametrize(
    ("was", "written", "meant"),
    [
        ("- [ ] Approve\n", "- [x] Approve because fast\n", "- [x] Approve: because fast\n"),
        ("- [ ] Approve later\n", "* [x] Approve later, please\r\n", "* [x] Approve later: please\r\n"),
        ("- [ ] Reject:\n", "-[x] Reject too slow\n", "- [x] Reject: too slow\n"),
        ("- [ ] Reject:\n", "-[ ]Reject\n", "- [ ] Reject\n"),
        ("- [ ] Reject:\n", "- [z] Reject: too slow\n", "- [ ] Reject: too slow\n"),
        ("- [ ] Approve\n", "-x[ ] Approve\n", "- [ ] Approve\n"),
    ],
)
def test_an_altered_box_gets_its_usual_form(was: str, written: str, meant: str) -> None:
    assert straight(LIST.replace(was, written)) == LIST.replace(was, meant)


@pytest.mark.parametrize(
    "written", ["- [x] Approved", "- [x] Approves it", "- [x] Approve_it", "- [ ] Approver"]
)
def test_other_words_are_no_box(written: str) -> None:
    text = LIST.replace("- [ ] Approve\n", f"{written}\n")
    assert loose_ticks(text, 0, offers_of(text, 0, present(text)), BEFORE) == ()


@pytest.mark.parametrize("written", ["- [y] Approve", "- x ] Approve", "- [z](url) Approve"])
def test_a_slip_beside_the_box_is_a_persons(written: str) -> None:
    text = LIST.replace("- [ ] Approve\n", f"- [ ] Approve\n{written}\n")
    assert loose_ticks(text, 0, offers_of(text, 0, present(text)), BEFORE) == ()


def test_two_lines_for_one_box_are_not_both_taken() -> None:
    text = LIST.replace("- [ ] Reject:\n", "- [x] Reject this\n- [x] Reject that\n")
    ticks = loose_ticks(text, 0, offers_of(text, 0, present(text)), BEFORE)
    assert [(tick.rest, tick.is_clear) for tick in ticks] == [("this", True), ("that", False)]


def test_under_another_heading_it_is_a_persons() -> None:
    text = LIST.replace("- [ ] Approve\n", "") + "\n## Mine\n\n- [x] Approve because fast\n"
    assert straight(text) == text


@given(st.text(alphabet="-* []xX.:,Approve\n#>`1", max_size=60))
def test_no_words_are_ever_lost(written: str) -> None:
    text = LIST.replace("- [ ] Approve\n", f"{written}\n")
    assert _words(straight(text)) == _words(text)


def _words(text: str) -> list[str]:
    """What somebody wrote in *text*; one character between brackets is how a box is marked."""
    words = re.sub(r"\[[ \t]*\S[ \t]*\]", "", text.replace(":", " ")).split()
    return [word for word in words if word.strip("-*+[]xX ,;.!0123456789")]
