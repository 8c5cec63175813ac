from pathlib import Path

import pytest

from dispatchd.lsp.hovering import hover_at
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.references import reference_at, target_of
from dispatchd.lsp.renaming import NotRenamed, rename_stage, stage_at
from tests.lsp.conftest import EPIC, ISSUE, MAIL, PageOf, spot_in


@pytest.mark.parametrize(
    ("words", "file"),
    [("the mail", MAIL), ("[[e-3fq9", EPIC), ("i-2b9x", MAIL), ("ash", "agents/ash/agent.md")],
)
def test_ids_links_and_names_lead_to_their_files(
    page_of: PageOf, moment: Moment, tree: Path, words: str, file: str
) -> None:
    page = page_of(ISSUE)
    reference = reference_at(page, spot_in(page, words, 3))
    assert reference is not None
    target = target_of(page, reference, moment)
    assert target is not None
    assert target.file == tree / file


def test_a_link_to_a_file_that_was_renamed_is_found_by_its_id(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE, "(mail.md)", "(i-2b9x-an-older-name.md)")
    reference = reference_at(page, spot_in(page, "the mail"))
    assert reference is not None
    target = target_of(page, reference, moment)
    assert target is not None
    assert target.file.name == "mail.md"


def test_an_id_shows_its_title_its_state_and_whose_it_is(page_of: PageOf, moment: Moment) -> None:
    epic = page_of(EPIC, "## Stages", "i-7k2m\n\n## Stages")
    found = hover_at(epic, spot_in(epic, "i-7k2m", 2), moment)
    assert found is not None
    assert found[1] == "**Login times out**\n\n`i-7k2m` · issue · assigned · high · for ash"
    issue = page_of(ISSUE)
    agent = hover_at(issue, spot_in(issue, "ash"), moment)
    assert agent is not None
    assert "agent · coder · not paused" in agent[1]


def test_a_key_and_a_state_are_explained(page_of: PageOf, moment: Moment) -> None:
    page = page_of(ISSUE)
    key = hover_at(page, spot_in(page, "priority", 2), moment)
    state = hover_at(page, spot_in(page, "status: assigned", 10), moment)
    assert key is not None
    assert "critical, high, medium, low" in key[1]
    assert state is not None
    assert "in_progress" in state[1]
    assert "in_review" not in state[1]


def test_a_stage_is_renamed_by_its_heading(page_of: PageOf) -> None:
    page = page_of(EPIC)
    span, name = rename_stage(page, spot_in(page, "### Build", 5), " Make  it ")
    assert page.replaced(span, name) == page.text.replace("### Build", "### Make it")
    assert stage_at(page, spot_in(page, "## Stages", 4)) is None


@pytest.mark.parametrize("name", ["Design", "design ", "", "# x"])
def test_a_stage_keeps_its_name_where_the_new_one_is_taken_or_none(page_of: PageOf, name: str) -> None:
    page = page_of(EPIC)
    with pytest.raises(NotRenamed):
        rename_stage(page, spot_in(page, "### Build", 5), name)
