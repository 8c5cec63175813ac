import json
from typing import Any

from dispatchd.documents.foreign.github_json import read_github
from dispatchd.documents.foreign.item import Becomes, ForeignFile, ForeignItem, Haul

ISSUE = {
    "number": 12,
    "title": "Login times out",
    "body": "Steps\r\n\r\n1. wait",
    "state": "open",
    "user": {"login": "octocat"},
    "labels": [{"name": "bug"}, {"name": "priority: high"}, "plain"],
    "assignees": [{"login": "ada"}, {"login": "bob"}],
    "assignee": {"login": "ada"},
    "milestone": {"number": 3, "title": "v1", "state": "closed", "description": "First"},
    "created_at": "2025-02-03T04:05:06Z",
    "repository_url": "https://api.github.com/repos/acme/app",
    "html_url": "https://github.com/acme/app/issues/12",
    "comments": 2,
}


def read(text: str) -> Haul:
    return read_github(ForeignFile(path="issues.json", name="issues.json", content=text.encode()))


def one(**changes: Any) -> ForeignItem:
    return next(
        each for each in read(json.dumps([{**ISSUE, **changes}])).items if each.becomes is Becomes.ISSUE
    )


def test_an_issue_is_read_with_its_milestone_as_an_epic() -> None:
    epic, issue = read(json.dumps([ISSUE, {**ISSUE, "number": 13}])).items[:2]
    assert (epic.source, epic.becomes, epic.title) == ("github:acme/app/milestone/3", Becomes.EPIC, "v1")
    assert epic.status == "completed"
    assert (issue.source, issue.epic) == ("github:acme/app#12", epic.source)
    assert (issue.type, issue.priority, issue.status) == ("bug", "high", "open")
    assert issue.labels == ("bug", "priority: high", "plain")
    assert issue.assignees == ("ada", "bob")
    assert issue.body == "Steps\n\n1. wait"
    kept = {fact.key: fact.text for fact in issue.kept}
    assert kept == {"opened by": "octocat", "url": ISSUE["html_url"], "comments there": "2"}


def test_what_has_no_place_is_kept_and_the_interfaces_own_numbers_are_not() -> None:
    item = one(
        node_id="MDU6",
        locked=True,
        draft=False,
        reactions={"total_count": 3, "+1": 3},
        active_lock_reason="spam",
    )
    kept = {fact.key: fact.text for fact in item.kept}
    assert (kept["locked"], kept["reactions"], kept["active_lock_reason"]) == ("yes", "3", "spam")
    assert kept.keys() & {"node_id", "draft"} == set()


def test_pull_requests_stay_out_and_are_listed() -> None:
    haul = read(json.dumps([{**ISSUE, "pull_request": {"url": "…"}}]))
    assert haul.items == []
    assert [(left.why, left.detail, left.broken) for left in haul.left_out] == [
        ("a pull request", "Login times out", False)
    ]


def test_what_was_closed_as_not_planned_is_cancelled() -> None:
    assert one(state="closed", state_reason="completed").status == "done"
    assert one(state="closed", state_reason="not_planned").status == "cancelled"
    assert one(state="closed").status == "done"


def test_comments_in_the_file_come_along() -> None:
    said = [{"user": {"login": "bob"}, "body": "Me too", "created_at": "2025-02-04T00:00:00Z"}]
    for changes in ({"comments": said}, {"comments_data": said}):
        item = one(**changes)
        assert [(each.by, each.text) for each in item.comments] == [("bob", "Me too")]


def test_a_parent_is_named_by_its_number() -> None:
    url = "https://api.github.com/repos/acme/app/issues/7"
    assert one(parent_issue_url=url).parent == "github:acme/app#7"


def test_pages_one_after_the_other_in_an_array_or_in_a_search_are_all_read() -> None:
    a, b = ({**ISSUE, "number": number, "milestone": None} for number in (1, 2))
    for text in (
        json.dumps([a]) + "\n" + json.dumps([b]),
        json.dumps([[a], [b]]),
        json.dumps({"total_count": 2, "items": [a, b]}),
        json.dumps(a) + json.dumps(b),
    ):
        assert [item.source for item in read(text).items] == ["github:acme/app#1", "github:acme/app#2"], text


def test_what_gh_lists_is_read_as_well() -> None:
    row = {
        "number": 4,
        "title": "T",
        "body": "B",
        "state": "CLOSED",
        "stateReason": "NOT_PLANNED",
        "author": {"login": "ada"},
        "labels": [{"name": "documentation"}],
        "createdAt": "2025-02-03T04:05:06Z",
        "url": "https://github.com/acme/app/issues/4",
        "comments": [{"author": {"login": "bob"}, "body": "Yes"}],
    }
    (item,) = read(json.dumps([row])).items
    assert (item.source, item.status, item.type) == ("github:acme/app#4", "cancelled", "docs")
    assert item.comments[0].by == "bob"


def test_a_file_that_breaks_off_gives_what_stands_before() -> None:
    text = json.dumps([{**ISSUE, "milestone": None}, {**ISSUE, "number": 13}])[:-40]
    haul = read(text)
    assert [item.source for item in haul.items] == ["github:acme/app#12"]
    assert [left.broken for left in haul.left_out] == [True]


def test_the_same_issue_on_two_pages_is_one() -> None:
    plain = {**ISSUE, "milestone": None}
    haul = read(json.dumps([plain]) + json.dumps([plain]))
    assert (len(haul.items), len(haul.left_out)) == (1, 1)
