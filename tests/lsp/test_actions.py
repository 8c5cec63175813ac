import pytest

from dispatchd.domain.identifiers import DocumentPath
from dispatchd.lsp.actions import actions_on
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.notes import notes_on
from dispatchd.lsp.page import Page
from dispatchd.reconcile.thread_intents import NOT_SENT_YET
from tests.application.world import World
from tests.lsp.conftest import EPIC, ISSUE, PROPOSAL, PageOf, spot_in


def titles(page: Page, moment: Moment, first: int = 0, last: int = 0) -> list[str]:
    return [action.title for action in actions_on(page, moment, first, last)]


def test_the_verbs_of_a_gate_that_asks_are_offered_and_no_box_of_another(
    page_of: PageOf, moment: Moment
) -> None:
    assert titles(page_of(EPIC), moment) == ["Approve (Design)", "Reject … (Design)", "Skip … (Design)"]


def test_an_action_ticks_the_box_and_nothing_else(page_of: PageOf, moment: Moment) -> None:
    page = page_of(EPIC)
    approve, reject, _ = actions_on(page, moment, 0, 0)
    assert page.replaced(approve.span, approve.new) == page.text.replace("- [ ] Approve", "- [x] Approve")
    assert page.replaced(reject.span, reject.new) == page.text.replace("- [ ] Reject:", "- [x] Reject:")
    assert (approve.asks_reason, reject.asks_reason) == (False, True)


def test_the_box_under_the_pointer_comes_first(page_of: PageOf, moment: Moment) -> None:
    page = page_of(EPIC)
    line = spot_in(page, "- [ ] Reject:").line
    assert titles(page, moment, line, line)[0] == "Reject … (Design)"


def test_one_may_vote_for_oneself_and_for_nobody_else(page_of: PageOf, moment: Moment) -> None:
    found = titles(page_of(PROPOSAL), moment)
    assert "Approve (@alice)" in found
    assert not [title for title in found if "@bob" in title]
    assert {"Force approve …", "Veto …"} <= set(found)


def test_a_question_is_answered_by_its_options_and_sent_once_something_is_written(
    world: World, page_of: PageOf, moment: Moment
) -> None:
    (path,) = (path for path in world.paths("inbox/"))
    assert titles(page_of(path), moment) == ["Answer: argon2id", "Answer: bcrypt"]
    written = page_of(path, "## Your answer\n", "## Your answer\n\nNeither.\n")
    assert titles(written, moment) == [
        "Answer: argon2id (Send is next)",
        "Answer: bcrypt (Send is next)",
        "Send this answer",
    ]


def test_an_option_ticked_beside_text_is_told_and_sent_by_its_box(
    world: World, page_of: PageOf, moment: Moment
) -> None:
    (path,) = (path for path in world.paths("inbox/"))
    page = page_of(path, "## Your answer\n\n- [ ] argon2id", "## Your answer\n\nFast.\n\n- [x] argon2id")
    (note,) = notes_on(page, moment)
    assert (note.message, page.lines[note.span.line]) == (NOT_SENT_YET, "- [x] argon2id")
    assert "Answer: argon2id" in titles(page, moment)


def test_a_persons_own_boxes_are_no_verbs(page_of: PageOf, moment: Moment) -> None:
    assert titles(page_of(ISSUE), moment) == []


@pytest.mark.parametrize(
    ("before", "after", "title", "mended"),
    [
        ("status: assigned", "status: in_review", "Force status: in_review!", "status: in_review!"),
        ("priority: high", "priority: hihg", "Change priority to high", "priority: high"),
    ],
)
def test_a_refusal_that_names_its_mend_is_mended(
    page_of: PageOf, moment: Moment, before: str, after: str, title: str, mended: str
) -> None:
    page = page_of(ISSUE, before, after)
    line = spot_in(page, after).line
    (action,) = actions_on(page, moment, line, line)
    assert (action.title, action.mends is not None) == (title, True)
    assert mended in page.replaced(action.span, action.new).split("\n")


def test_every_box_of_the_page_of_waiting_things_is_offered(moment: Moment) -> None:
    page = Page(
        DocumentPath("WAITING.md"),
        "# Waits\n\n### [Gate](../epics/e.md)\n\n- [ ] Approve\n- [ ] Reject:\n- [x] Seen\n",
    )
    assert titles(page, moment) == ["Approve (Gate)", "Reject … (Gate)"]
