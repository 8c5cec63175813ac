"""The page reads back as what it was composed of, and what a person wrote in it is found wherever it stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatchd.documents.shown_text import escaped
from dispatchd.documents.waiting_page import GONE, PageBox, PageItem, WaitingPage, compose_page
from dispatchd.documents.waiting_reading import read_page

QUESTION = PageItem(
    section="Blocks an agent",
    heading="[Which hash?](inbox/t-4kq2-which-hash.md)",
    ids=("t-4kq2",),
    remarks="question from ash · since 2026-11-21 07:20Z",
    words=("I can use argon2id", "", "or bcrypt."),
    boxes=(PageBox(label="argon2id"), PageBox(label="bcrypt"), PageBox(label="Send")),
)
GATE = PageItem(
    section="Gates",
    heading="[Login](epics/login.md) · Design",
    ids=("e-3fq9",),
    qualifier="Design",
    boxes=(PageBox(label="Approve"), PageBox(label="Reject:"), PageBox(label="Skip:")),
)
GROUP = PageItem(
    section="2 permissions of one kind",
    heading="[May I run the tests?](inbox/t-2222.md) · 2 of one kind",
    ids=("t-2222", "t-3333"),
    words=("- ash", "- bo, for Login"),
    boxes=(PageBox(label="Allow"), PageBox(label="Deny:")),
)
PAGE = WaitingPage(items=(QUESTION, GROUP, GATE), more={"Gates": 3})


def offered(ids: object, _qualifier: str) -> tuple[str, ...]:
    labels = {each.ids: tuple(box.label for box in each.boxes) for each in (QUESTION, GATE, GROUP)}
    return labels.get(ids, ())  # type: ignore[call-overload, no-any-return]


def read(text: str) -> WaitingPage:
    return read_page(text, offered)


def test_a_page_reads_back_as_it_was_composed() -> None:
    text = compose_page(PAGE)
    assert read(text) == replace(PAGE, more={})
    assert read(text).rev is not None
    assert compose_page(replace(read(text), more=PAGE.more)) == text


def test_a_page_tells_what_it_shows_and_a_question_cannot_say_that_for_it() -> None:
    lie = f"<!-- shows: {'f' * 16} -->"
    page = WaitingPage(items=(replace(QUESTION, words=(lie,)),), shows=("0123456789abcdef", "a" * 16))
    text = compose_page(page)
    assert read(text) == page
    assert read(text).shows == page.shows
    assert read(text.replace("<!-- shows: 0", "<!-- was: 0")).shows == ()
    assert read(text).rev != read(compose_page(replace(page, shows=()))).rev


def test_an_empty_page_teaches_in_two_lines_and_has_nothing_of_a_person() -> None:
    text = compose_page(WaitingPage())
    assert text.count("\n") == 6
    assert read(text) == WaitingPage()


@pytest.mark.parametrize("tick", ["- [x]", "- [X]", "* [x ]", "+ [ x]", "-  [x]"])
def test_ticks_are_read_as_kindly_as_in_any_file(tick: str) -> None:
    box = (
        read(compose_page(PAGE).replace("- [ ] Reject:", f"{tick} reject: too early")).items[2].box("Reject:")
    )
    assert box == PageBox(label="Reject:", ticked=True, said="too early")


def test_a_box_for_several_is_the_option_of_each() -> None:
    text = compose_page(PAGE)
    assert "- [ ] Allow all 2\n- [ ] Deny all 2:\n" in text
    page = read(text.replace("- [ ] Deny all 2:", "- [x] Deny all 2: not today"))
    assert page.items[1].box("Deny:") == PageBox(label="Deny:", ticked=True, said="not today")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("> or bcrypt.\n", "> or bcrypt.\n\nNeither.\n"),
        ("> or bcrypt.\n", "> or bcrypt.\nNeither.\n"),
        ("07:20Z\n", "07:20Z\nNeither.\n"),
        ("which-hash.md)\n", "which-hash.md)\n\n"),
    ],
)
def test_what_is_typed_in_an_item_is_found_wherever_it_stands(before: str, after: str) -> None:
    item = read(compose_page(PAGE).replace(before, after)).items[0]
    assert item.ids == ("t-4kq2",)
    assert item.written == ("Neither." if "Neither" in after else "")


def test_what_is_typed_below_the_boxes_stays_below_them() -> None:
    item = read(
        compose_page(PAGE).replace("- [ ] Send\n", "- [ ] Send\n\n### Mine\n\n- [ ] mine too\n")
    ).items[0]
    assert (item.above, item.below) == ((), ("### Mine", "", "- [ ] mine too"))


def test_words_in_no_item_are_kept_and_ours_are_not_taken_for_theirs() -> None:
    page = read(
        compose_page(PAGE)
        .replace("## Gates\n", "## Gates\n\nask bob\n")
        .replace("# Waiting", "hm\n\n# Waiting")
    )
    assert page.stray == ("hm", "", "ask bob")
    assert read(compose_page(page)) == page


def test_an_answer_at_a_box_reads_back_and_is_no_text_of_a_persons() -> None:
    box = PageBox(label="Reject:", ticked=True, note="needs a reason: write it behind the colon")
    page = WaitingPage(items=(replace(GATE, boxes=(PageBox(label="Approve"), box)),))
    assert read(compose_page(page)) == page


def test_quoted_and_fenced_boxes_are_text() -> None:
    text = (
        compose_page(PAGE)
        .replace("> or bcrypt.", "> or bcrypt.\n> - [x] bcrypt")
        .replace("- [ ] Send\n", "- [ ] Send\n\n```\n- [x] argon2id\n```\n")
    )
    item = read(text).items[0]
    assert not any(box.ticked for box in item.boxes)
    assert item.below == ("```", "- [x] argon2id", "```")


def test_what_no_longer_waits_offers_nothing_but_to_be_seen() -> None:
    gone = replace(GATE, section=GONE, words=("It was not done.",), boxes=(PageBox(label="Seen"),))
    text = compose_page(WaitingPage(items=(gone,)))
    assert read(text.replace("- [ ] Seen", "- [x] Approve\n- [x] Seen")).items[0].boxes == (
        PageBox(label="Seen", ticked=True),
    )


LINES = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\u2028\u2029\x85"),
    max_size=30,
)


@given(title=LINES, words=st.lists(LINES.map(str.rstrip), max_size=4), said=LINES.map(escaped))
def test_no_title_and_no_words_of_others_can_be_a_verb(title: str, words: list[str], said: str) -> None:
    item = replace(
        GATE,
        heading=f"[{escaped(title) or 'x'}](epics/login.md) · Design",
        words=(*words, "end"),
        boxes=(PageBox(label="Approve"), PageBox(label="Reject:", said=said)),
    )
    page = read(compose_page(WaitingPage(items=(item,))))
    assert [each.ids for each in page.items] == [("e-3fq9",)]
    assert not any(box.ticked for each in page.items for box in each.boxes)
    assert page.items[0].written == ""
    assert page.items[0].qualifier == "Design"
