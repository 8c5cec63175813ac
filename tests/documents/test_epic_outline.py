"""Outlines as people write them, made epics."""

import pytest

from dispatchd.documents.epic_document import parse_epic
from dispatchd.documents.epic_outline import epic_of

HEADINGS = """\
# Move to the new cloud

Why.

## Prepare

- [ ] Count @architect
- [x] Ask finance
- Plan

### Later

1. [ ] Look again

## Move

Gate: decision: Which way?

- [ ] Big bang
- [ ] One by one
"""


def test_headings_become_stages_and_boxes_items() -> None:
    epic = epic_of(HEADINGS)
    assert epic.title == "Move to the new cloud"
    assert epic.body == (
        "Why.\n\n## Stages\n\n### Prepare\n\n- Count @architect\n- ~~Ask finance~~\n- Plan\n\n#### Later\n\n"
        "1. Look again\n\n### Move\n\nGate: decision: Which way?\n\n- [ ] Big bang\n- [ ] One by one"
    )
    stages = parse_epic(epic.body).plans
    assert [(stage.name, stage.wanted) for stage in stages] == [
        ("Prepare", ("Count", "Plan", "Look again")),
        ("Move", ()),
    ]
    assert stages[1].gate is not None
    assert stages[1].gate.options == ("Big bang", "One by one")


def test_the_outermost_items_of_a_nested_list_become_stages() -> None:
    epic = epic_of(
        "Intro\n\n- Design\n  - flow\n  - mock\n    with text\n- [ ] Build\n  1. send\n  2. show\n"
    )
    assert epic.title == ""
    stages = parse_epic(epic.body).stages
    assert [(stage.plan.name, stage.plan.wanted) for stage in stages] == [
        ("Design", ("flow", "mock")),
        ("Build", ("send", "show")),
    ]
    assert stages[0].agenda.items[1].body == "with text"
    assert epic.body.startswith("Intro\n\n## Stages\n\n### Design\n\n- flow\n")


def test_one_plain_list_is_one_stage() -> None:
    assert epic_of("- a\n- b\n").body == "## Stages\n\n### Work\n\n- a\n- b"


def test_several_first_headings_are_stages_and_no_title() -> None:
    epic = epic_of("# One\n\n- a\n\n# Two\n\n- b\n")
    assert epic.title == ""
    assert [plan.name for plan in parse_epic(epic.body).plans] == ["One", "Two"]


def test_an_epic_that_has_stages_stays_as_it_is() -> None:
    body = "Why.\n\n## Stages\n\n### One\n\n- [ ] x\n\n## Notes\n\nmore"
    epic = epic_of(f"---\ntitle: Named\nstatus: done\n---\n\n# Other\n\n{body}\n")
    assert (epic.title, epic.body) == ("Named", body)


@pytest.mark.parametrize("text", ["", "\n\n", "Only words.\n", "# Title\n", "Setext\n======\n\nwords\n"])
def test_without_headings_and_lists_there_are_no_stages(text: str) -> None:
    assert parse_epic(epic_of(text).body).plans == ()


def test_code_in_an_outline_stays_code() -> None:
    text = "# T\n\n## One\n\n```\n- [ ] no item\n# no heading\n```\n"
    assert "```\n- [ ] no item\n# no heading\n```" in epic_of(text).body


def test_line_ends_of_other_systems_are_read() -> None:
    assert epic_of("# T\r\n\r\n## One\r\n\r\n- a\r\n").body == "## Stages\n\n### One\n\n- a"
