"""The list of a stage put right: only the link, the state and the box are the daemon's."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from dispatchd.documents.epic_document import parse_epic, render_epic
from dispatchd.documents.epic_list_surgery import IssueLink, Lister, Listing
from dispatchd.documents.epic_lists import StageList
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.identifiers import EntityId

HEAD = "---\nid: e-3fq9\ntitle: Login\nstatus: draft\n---\n\n# Login\n\n## Stages\n\n### Build\n\n"
SEND = IssueLink(title="Send the link", href="../issues/i-7k2m-send.md", state="queued")


def lister(**by_title: IssueLink) -> Lister:
    """Plain items and links with these titles are issues; the others are wanted."""
    known = {title.replace("_", " "): link for title, link in by_title.items()}

    def listings(lists: Sequence[tuple[Stage, StageList]]) -> Sequence[Listing]:
        return [
            Listing(
                links={item.block.first: known[item.title] for item in each.items if item.title in known},
                wanted=sum(item.title not in known for item in each.wanted),
            )
            for _, each in lists
        ]

    return listings


def rendered(text: str, listings: Lister) -> str:
    stages = tuple(Stage(plan=plan) for plan in parse_epic(HEAD + text).plans)
    epic = Epic(
        id=EntityId("e-3fq9"), title="Login", created=datetime(2026, 11, 21, tzinfo=UTC), stages=stages
    )
    once = render_epic(epic, HEAD + text, (), listings)
    assert render_epic(epic, once, (), listings) == once
    return once.partition("### Build\n\n")[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1. a\n2. b\n", "1. a\n2. b\n\n- [ ] Make these 2 issues\n"),
        (
            "1. a\n2. b\n\nGate: approval: Ok?\n",
            "1. a\n2. b\n\n- [ ] Make these 2 issues\n\nGate: approval: Ok?\n",
        ),
        ("- a\n- b\n", "- a\n- b\n\n- [ ] Make these 2 issues\n"),
        ("* a\n\n* b\n\nmore\n", "* a\n\n* b\n\n* [ ] Make these 2 issues\n\nmore\n"),
        ("- a\nGate: approval: Ok?\n", "- a\n\n- [ ] Make this issue\n\nGate: approval: Ok?\n"),
        ("- [ ] Make these 7 issues\n\n1. a\n", "1. a\n\n- [ ] Make this issue\n"),
        ("1. a\n\n- [x] make this  issue\n\nmore\n", "1. a\n\n- [ ] Make this issue\n\nmore\n"),
        ("- [ ] Make these 2 issues\n\nwords\n", "words\n"),
        ("1. a\r\n2. b\r\n", "1. a\r\n2. b\r\n\r\n- [ ] Make these 2 issues\r\n"),
    ],
)
def test_the_box_stands_below_what_is_wanted(before: str, after: str) -> None:
    assert rendered(before, lister()).replace("\r", "") == after.replace("\r", "")


LINK = "[Send the link](../issues/i-7k2m-send.md)"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1. Send the link\n", f"1. {LINK} · queued\n"),
        ("  7)   Send the link\n", f"  7)   {LINK} · queued\n"),
        (f"- {LINK}\n", f"- {LINK} · queued\n"),
        (f"- {LINK} · in progress\n", f"- {LINK} · queued\n"),
        (f"- {LINK} · in progress — ask Bob\n  my note\n", f"- {LINK} · queued — ask Bob\n  my note\n"),
        (f"- {LINK} · in progress NORA\n", f"- {LINK} · queued NORA\n"),
        (f"- ~~{LINK} · in progress~~\n", f"- ~~{LINK} · queued~~\n"),
        (f"- ~~{LINK}~~\n", f"- ~~{LINK}~~ · queued\n"),
        ("- [Send the link](old.md) · queued\n", f"- {LINK} · queued\n"),
        (f"- {LINK} is what we want\n", f"- {LINK} is what we want\n"),
    ],
)
def test_only_the_link_and_its_state_are_changed(before: str, after: str) -> None:
    assert rendered(before, lister(Send_the_link=SEND)) == after


def test_the_text_under_an_item_goes_only_where_its_issue_has_it() -> None:
    text = "1. Send the link\n   by mail\n2. b\n"
    box = "\n- [ ] Make this issue\n"
    kept = rendered(text, lister(Send_the_link=SEND))
    assert kept == f"1. {LINK} · queued\n   by mail\n2. b\n{box}"
    taken = IssueLink(title=SEND.title, href=SEND.href, state=SEND.state, takes_body=True)
    assert rendered(text, lister(Send_the_link=taken)) == f"1. {LINK} · queued\n2. b\n{box}"


def test_a_path_with_spaces_stands_in_brackets() -> None:
    link = IssueLink(title="Send the link", href="../issues/my own.md", state="queued")
    assert rendered("- Send the link\n", lister(Send_the_link=link)) == (
        "- [Send the link](<../issues/my own.md>) · queued\n"
    )
