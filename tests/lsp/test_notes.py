from dispatchd.lsp.moment import Moment
from dispatchd.lsp.notes import Gravity, notes_on
from tests.lsp.conftest import EPIC, ISSUE, PageOf


def test_a_state_that_does_not_follow_is_marked_at_its_word(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "status: assigned", "status: in_review # mine")
    (note,) = notes_on(page, moment)
    line = page.lines[note.span.line]
    assert line[note.span.start : note.span.end] == "in_review # mine"
    assert note.gravity is Gravity.ERROR
    assert note.message.startswith('kept "assigned"; "in_review" comes after')


def test_a_verb_without_its_reason_is_no_error(page_of: PageOf, moment: Moment) -> None:
    page = page_of(EPIC, "- [ ] Reject:", "- [x] Reject:")
    (note,) = notes_on(page, moment)
    assert (note.gravity, page.lines[note.span.line]) == (Gravity.INFORMATION, "- [x] Reject:")


def test_links_that_lead_nowhere_are_marked_and_words_that_look_like_ids_are_not(
    page_of: PageOf, moment: Moment
) -> None:
    page = page_of(
        ISSUE, "See ", "`[[i-zzz1]]`\n\n    [[i-zzz2]]\n\n[[i-zzz3]], [x](../gone.md), [y](https://e.org) "
    )
    found = {note.message for note in notes_on(page, moment)}
    assert found == {"Nothing is called i-zzz1", "Nothing is called i-zzz3", "Nothing stands at ../gone.md"}


def test_a_front_matter_without_an_end_is_an_error_of_the_whole_file(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "---\n\nSee", "\nSee")
    assert [note.gravity for note in notes_on(page, moment)][:1] == [Gravity.ERROR]


def test_a_text_as_it_stands_has_no_notes(page_of: PageOf, moment: Moment) -> None:
    assert notes_on(page_of(ISSUE), moment) == ()
    assert notes_on(page_of(EPIC), moment) == ()
