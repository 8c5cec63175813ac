from dataclasses import replace

from dispatchd.documents.waiting_page import PageBox, PageItem, WaitingPage, compose_page
from dispatchd.reconcile.waiting_merge import MOST_ITEMS, levelled

MANY = tuple(
    PageItem(
        section="Questions",
        heading=f"Which way, case {number}",
        ids=(f"q-{number:04}",),
        boxes=(PageBox(label="Left"), PageBox(label="Right")),
    )
    for number in range(10_000)
)


def test_a_page_of_ten_thousand_questions_stays_one_and_says_where_the_rest_is() -> None:
    text = compose_page(levelled(WaitingPage(), MANY))
    assert text.count("\n### ") == MOST_ITEMS
    assert f"And {len(MANY) - MOST_ITEMS} more, shown when these are done: `dispatchd waiting`\n" in text
    assert len(text) < 10_000


def test_what_somebody_has_begun_to_answer_stays_on_a_long_page_wherever_it_stands() -> None:
    begun = replace(MANY[-1], above=("Well",))
    page = levelled(WaitingPage(items=(begun,)), MANY)
    assert [item.ids for item in page.items if item.written] == [MANY[-1].ids]
    assert page.more == {"Questions": len(MANY) - MOST_ITEMS - 1}
