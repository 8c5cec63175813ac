"""Issues: facts mended line by line, the body a person's, what happened at the very end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatchd.documents.activity import ActivityLine
from dispatchd.documents.annotations import Annotation, KeyAnchor, TopAnchor
from dispatchd.documents.facts import unreadable
from dispatchd.documents.issue_document import (
    compose_issue,
    fact_values,
    issue_facts,
    parse_issue,
    person_part,
    render_issue,
)
from dispatchd.domain.issue import Issue, IssueStatus, Priority
from tests.documents.document_cast import ISSUE, ISSUE_TEXT, MORNING, body_of, changed_lines

STARTED = ActivityLine(at=MORNING, text="started by ash on `dispatchd/i-7k2m-login`")
ASKED = ActivityLine(
    at=MORNING + timedelta(minutes=5), text="ash asks: [Which hash?](../inbox/t-4kq2-which-hash.md)"
)
SAID = ActivityLine(at=MORNING + timedelta(minutes=9), text="Alice Doe", said="Try argon2id.")


def test_the_example_reads_as_its_facts_and_renders_to_itself() -> None:
    document = parse_issue(ISSUE_TEXT)
    facts = issue_facts(document)
    said = {key: value for key, value in fact_values(ISSUE).items() if value is not None}
    assert {key: facts[key] for key in said} == said
    assert document.problems == ()
    assert render_issue(ISSUE, ISSUE_TEXT) == ISSUE_TEXT


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("status: queued", "status: Ready"),
        ("status: queued", "status: QUEUED   # soon"),
        ("priority: high", "priority: P1"),
        ("labels: [auth, network]", "labels: network, auth"),
        ("labels: [auth, network]", "labels:\n  - network\n  - auth"),
        ("epic: e-3fq9", "epic: [[e-3fq9]]"),
        ("depends_on: [i-2b9x]", "depends_on: I-2B9X"),
        ("depends_on: [i-2b9x]", "Depends on: [[i-2b9x]]"),
        ("created: 2026-11-21T07:12:00Z", "created: 2026-11-21T08:12:00+01:00"),
        ("title: Login", 'title:    "Login'),
        ("type: bug", "type: Bug"),
    ],
)
def test_a_line_that_says_the_same_in_other_words_stays(line: str, same: str) -> None:
    text = ISSUE_TEXT.replace(line, same)
    if '"' in same:
        text = text.replace("slow networks\n", 'slow networks"\n', 1)
    assert text != ISSUE_TEXT
    assert render_issue(ISSUE, text) == text


def test_a_missing_type_says_feature_and_needs_no_line() -> None:
    text = ISSUE_TEXT.replace("type: bug\n", "")
    assert render_issue(replace(ISSUE, type="feature"), text) == text
    assert changed_lines(text, render_issue(ISSUE, text)) == ["+ type: bug"]


def test_one_changed_fact_changes_one_line() -> None:
    rendered = render_issue(replace(ISSUE, status=IssueStatus.DONE), ISSUE_TEXT)
    assert changed_lines(ISSUE_TEXT, rendered) == ["- status: queued", "+ status: done"]
    assert rendered.count("rev:") == 1
    assert "rev: r5f0c2a91" not in rendered


def test_people_are_written_with_a_sign_and_agents_without() -> None:
    human = render_issue(replace(ISSUE, assignee="alice"), ISSUE_TEXT, people=("alice",))
    agent = render_issue(replace(ISSUE, assignee="ash"), ISSUE_TEXT, people=("alice",))
    assert changed_lines(ISSUE_TEXT, human) == ['+ assignee: "@alice"']
    assert changed_lines(ISSUE_TEXT, agent) == ["+ assignee: ash"]
    signed = agent.replace("assignee: ash", "assignee: @ash")
    assert render_issue(replace(ISSUE, assignee="ash"), signed) == signed


def test_a_cleared_fact_loses_its_line() -> None:
    rendered = render_issue(replace(ISSUE, role=None, depends_on=()), ISSUE_TEXT)
    assert changed_lines(ISSUE_TEXT, rendered) == ["- role: coder", "- depends_on: [i-2b9x]"]


def test_adoption_adds_what_is_missing_and_nothing_empty() -> None:
    issue = Issue(id=ISSUE.id, title="Login times out", created=ISSUE.created)
    text = render_issue(issue, "Login times out\n")
    above, body = text.removeprefix("---\n").split("---\n")
    assert above.splitlines()[:-1] == [
        "id: i-7k2m",
        "title: Login times out",
        "status: unassigned",
        "priority: medium",
        "created: 2026-11-21T07:12:00Z",
    ]
    assert body.strip("\n") == "Login times out"
    assert render_issue(issue, text) == text


def test_a_key_that_cannot_be_read_is_left_alone_and_named() -> None:
    text = ISSUE_TEXT.replace("status: queued\n", "status: queued\nstatus: done\n")
    document = parse_issue(text)
    assert unreadable(document.front) == {"status"}
    assert "status" not in issue_facts(document)
    assert render_issue(replace(ISSUE, status=IssueStatus.BLOCKED), text) == text


def test_a_file_that_cannot_be_read_at_all_comes_back_as_it_is() -> None:
    text = ISSUE_TEXT.replace("---\n\nThe", "\nThe")
    assert parse_issue(text).front.parked is not None
    assert (
        render_issue(ISSUE, text, [Annotation(anchor=TopAnchor(), message="x")], activity=[STARTED]) == text
    )


def test_a_forced_state_keeps_its_mark_until_it_is_done() -> None:
    text = ISSUE_TEXT.replace("status: queued", "status: In Review!")
    assert issue_facts(parse_issue(text))["status"] == "in_review!"
    rendered = render_issue(replace(ISSUE, status=IssueStatus.IN_REVIEW), text)
    assert "status: in_review\n" in rendered


def test_a_refusal_stands_behind_its_key_and_goes_with_it() -> None:
    note = Annotation(anchor=KeyAnchor(key="status"), message='kept "queued"')
    noted = render_issue(ISSUE, ISSUE_TEXT, [note])
    assert changed_lines(ISSUE_TEXT, noted) == [
        "- status: queued",
        '+ status: queued # dispatchd: kept "queued"',
    ]
    assert render_issue(ISSUE, noted, [note]) == noted
    assert changed_lines(ISSUE_TEXT, render_issue(ISSUE, noted)) == []


def test_a_word_about_a_key_that_has_no_line_stands_below_the_front_matter() -> None:
    note = Annotation(anchor=KeyAnchor(key="assignee"), message='there is no "ahs"')
    noted = render_issue(ISSUE, ISSUE_TEXT, [note])
    assert body_of(noted).startswith('\n> dispatchd: there is no "ahs"\n\nThe login form')
    assert render_issue(ISSUE, noted, [note]) == noted
    assert body_of(render_issue(ISSUE, noted)) == body_of(ISSUE_TEXT)


def test_activity_comes_at_the_very_end_and_only_when_there_is_some() -> None:
    told = render_issue(ISSUE, ISSUE_TEXT, activity=[STARTED])
    assert told.endswith(
        "- [ ] waits thirty seconds\n\n## Activity\n\n"
        "- 2026-11-21 07:20Z: started by ash on `dispatchd/i-7k2m-login`\n"
    )
    assert render_issue(ISSUE, told, activity=[STARTED]) == told
    more = render_issue(ISSUE, told, activity=[STARTED, ASKED])
    assert changed_lines(told, more) == [f"+ {line}" for line in ASKED.lines]
    gone = [replace(line, gone=True) for line in (STARTED, ASKED)]
    assert body_of(render_issue(ISSUE, more, activity=gone)) == body_of(ISSUE_TEXT)
    assert render_issue(ISSUE, more) == more


def test_text_below_the_activity_stays_until_it_is_a_line_and_then_goes() -> None:
    told = render_issue(ISSUE, ISSUE_TEXT, activity=[STARTED])
    for written in ("Try argon2id.\n", "\nTry argon2id.\n", "\n\nTry argon2id.\n\n"):
        commented = told + written
        assert render_issue(ISSUE, commented, activity=[STARTED]) == commented
        answered = render_issue(ISSUE, commented, activity=[STARTED, SAID])
        assert answered.rstrip("\n").endswith("login`\n- 2026-11-21 07:29Z, **Alice Doe**: Try argon2id.")
        assert answered.count("argon2id.") == 1


def test_a_long_comment_is_quoted_inside_its_line() -> None:
    said = replace(SAID, said="First.\n\n- [x] Approve")
    told = render_issue(ISSUE, ISSUE_TEXT, activity=[STARTED, said])
    assert told.endswith("- 2026-11-21 07:29Z, **Alice Doe**:\n  > First.\n  >\n  > - [x] Approve\n")
    assert render_issue(ISSUE, told, activity=[STARTED, said]) == told


def test_the_persons_part_is_the_body_without_the_daemons_lines() -> None:
    told = render_issue(
        ISSUE, ISSUE_TEXT, [Annotation(anchor=TopAnchor(), message="hm")], activity=[STARTED, ASKED]
    )
    assert person_part(told) == person_part(ISSUE_TEXT) == body_of(ISSUE_TEXT).strip()


def test_an_activity_heading_inside_code_is_text() -> None:
    text = ISSUE_TEXT + "\n```\n## Activity\n\n- 2026-11-21 07:20Z: x\n```\n"
    assert render_issue(ISSUE, text) == text


def test_a_new_issue_is_written_in_the_fixed_order() -> None:
    issue = replace(ISSUE, title="Login: times out", priority=Priority.MEDIUM)
    text = compose_issue(issue, "The login form gives up.\n\n\n")
    assert text.startswith("---\nid: i-7k2m\ntitle: ")
    assert text.endswith("---\n\nThe login form gives up.\n")
    assert [line.split(":")[0] for line in text.splitlines()[1:-3]] == [
        "id", "title", "type", "status", "priority", "labels", "role", "epic", "stage", "depends_on", "created",
    ]  # fmt: skip
    assert issue_facts(parse_issue(text))["title"] == "Login: times out"
    assert compose_issue(issue).endswith("---\n")
