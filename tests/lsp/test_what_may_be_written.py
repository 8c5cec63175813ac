import pytest

from dispatchd.documents.config_document import read_config
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.lsp.completing import proposals_at
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.page import Page, Span, Spot
from dispatchd.lsp.proposal import Proposal
from tests.lsp.conftest import EPIC, ISSUE, PROPOSAL, PageOf, spot_after


def labels(found: tuple[Proposal, ...]) -> list[str]:
    return [each.label for each in found]


def at(page: Page, words: str, moment: Moment) -> list[str]:
    return labels(proposals_at(page, spot_after(page, words), moment))


def test_states_are_those_a_save_would_be_given(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "status: assigned", "status: ")
    assert set(at(page, "status: ", moment)) == {
        "unassigned", "queued", "assigned", "in_progress", "done", "cancelled",
    }  # fmt: skip
    epic = page_of(EPIC, "status: awaiting_gate", "status: c")
    assert "cancelled" in at(epic, "status: c", moment)
    assert "in_progress" not in at(epic, "status: c", moment)


def test_a_key_that_is_there_already_is_not_proposed_again(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "priority: high", "priority: high\ndep")
    found = at(page, "dep", moment)
    assert "depends_on: " in found
    assert not {"title: ", "status: ", "id: ", "rev: "} & set(found)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("role: ", "coder"),
        ("type: ", "bug"),
        ("assignee: ", "@alice"),
        ("epic: ", "e-3fq9"),
        ("parent: ", "i-2b9x"),
        ("depends_on: [i-2b9x, ", "i-2b9x"),
        ("depends_on: mai", "i-2b9x"),
        ("labels: [", "auth"),
    ],
)
def test_values_are_proposed_for_each_key(page_of: PageOf, moment: Moment, line: str, expected: str) -> None:
    page = page_of(ISSUE, "priority: high", f"priority: high\n{line}")
    assert expected in at(page, line, moment)


def test_items_of_a_list_below_its_key_are_proposed_too(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "priority: high", "priority: high\ndepends_on:\n  - i-")
    assert at(page, "  - i-", moment) == ["i-2b9x"]


def test_an_issue_is_not_proposed_to_wait_for_itself(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "priority: high", "priority: high\ndepends_on: ")
    assert at(page, "depends_on: ", moment) == ["i-2b9x"]


def test_a_stage_is_one_of_the_epic_that_is_named(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "priority: high", "priority: high\nepic: e-3fq9\nstage: ")
    assert at(page, "stage: ", moment) == ["Design", "Build"]


def test_voters_are_people_agents_and_roles(page_of: PageOf, moment: Moment) -> None:
    text = page_of(PROPOSAL).text.replace('"@bob"', '"@bob", ', 1)
    page = Page(page_of(PROPOSAL).path, text)
    assert {"@alice", "ash", "security"} <= set(at(page, '"@bob", ', moment))


def test_ids_in_a_text_come_with_their_titles(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "See ", "See e-\nand [[mail\n")
    (epic,) = proposals_at(page, spot_after(page, "See e-"), moment)
    assert (epic.label, epic.detail) == ("e-3fq9", "Passwordless login · awaiting gate")
    assert at(page, "and [[mail", moment) == ["i-2b9x"]
    assert at(page, "and", moment) == []


def test_gates_and_wanted_issues_are_written_with_their_words(page_of: PageOf, moment: Moment) -> None:
    page = page_of(EPIC, "### Build", "### Build\n\n1. Make it !\n2. Then @\n\nGate: ")
    assert at(page, "Make it !", moment) == ["!critical", "!high", "!medium", "!low"]
    assert {"@alice", "@reviewer"} <= set(at(page, "Then @", moment))
    gate = Spot(next(n for n, line in enumerate(page.lines) if line == "Gate: "), 6)
    kinds = {"approval", "review", "decision", "checkpoint"}
    assert set(labels(proposals_at(page, gate, moment))) == kinds


@pytest.mark.parametrize(
    "line", ["status:", "status: ", "status:   ", "status: can", "role:", "role: ", "role: se"]
)
def test_what_is_chosen_stands_one_blank_behind_the_colon(page_of: PageOf, moment: Moment, line: str) -> None:
    before = "status: assigned" if line.startswith("status") else "priority: high"
    page = page_of(ISSUE, before, line)
    spot = spot_after(page, line)
    wanted = "cancelled" if line.startswith("status") else "security"
    chosen = next(each for each in proposals_at(page, spot, moment) if each.label.strip() == wanted)
    _, _, value = page.replaced(chosen.span, chosen.label).split("\n")[spot.line].partition(":")
    assert value.lstrip() == wanted
    assert value.startswith(" ")


def test_a_key_is_completed_inside_of_another_word(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "priority: high", "assignee: ash\nepc: e-3fq9")
    (chosen,) = (each for each in proposals_at(page, spot_after(page, "ep"), moment) if each.label == "epic")
    assert "epic: e-3fq9" in page.replaced(chosen.span, chosen.label).split("\n")


def test_settings_are_proposed_with_what_they_are_when_unsaid(moment: Moment) -> None:
    text = '[workspace]\nhome = "x"\n\nst\n\n[agents]\n'
    page = Page(DocumentPath("config.toml"), text)
    found = labels(proposals_at(page, Spot(3, 2), moment))
    assert 'start_after = "30s"' in found
    assert "approve_own = true" in found
    assert "[budget]" in found
    assert not [
        label for label in found if label.startswith(("home", "max_running", "[workspace]", "[agents]"))
    ]
    for label in found:
        taken = page.replaced(Span(3, 0, 2), label)
        assert label.startswith("day_usd") or read_config(taken).problems == ()
