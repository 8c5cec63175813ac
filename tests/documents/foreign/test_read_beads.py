import json
from datetime import UTC, datetime

from dispatchd.documents.foreign.beads import read_beads
from dispatchd.documents.foreign.item import Becomes, ForeignFile, ForeignItem, Haul


def read(*rows: object, with_deleted: bool = False) -> Haul:
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    file = ForeignFile(path="issues.jsonl", name="issues.jsonl", content=text.encode())
    return read_beads(file, with_deleted=with_deleted)


def one(**row: object) -> ForeignItem:
    (item,) = read({"id": "bd-1", "title": "T", **row}).items
    return item


def kept(item: ForeignItem) -> dict[str, str]:
    return {fact.key: fact.text for fact in item.kept}


def test_an_issue_is_read_with_its_words_and_what_has_no_place_is_kept() -> None:
    item = one(
        description="What",
        design="How",
        notes="N",
        status="in_progress",
        priority=1,
        issue_type="bug",
        labels=["a", "b"],
        assignee="ada",
        created_at="2025-11-02T21:58:07.295058-08:00",
        closed_at="2025-11-03T00:00:00Z",
        external_ref="gh-9",
    )
    assert (item.source, item.becomes, item.line) == ("beads:bd-1", Becomes.ISSUE, 1)
    assert (item.type, item.status, item.priority, item.labels) == ("bug", "in_progress", "high", ("a", "b"))
    assert item.body == "What\n\n## Design\n\nHow\n\n## Notes\n\nN"
    assert item.created == datetime(2025, 11, 3, 5, 58, 7, tzinfo=UTC)
    assert item.assignees == ("ada",)
    assert kept(item) == {"external_ref": "gh-9", "closed_at": "2025-11-03T00:00:00Z"}


def test_what_blocks_is_waited_for_and_an_epic_is_what_its_children_name() -> None:
    links = [
        {"depends_on_id": "bd-2", "type": "blocks"},
        {"depends_on_id": "bd-e", "type": "parent-child"},
        {"depends_on_id": "bd-3", "type": "parent-child"},
        {"depends_on_id": "bd-4", "type": "discovered-from"},
    ]
    haul = read(
        {"id": "bd-1", "title": "T", "dependencies": links},
        {"id": "bd-e", "title": "E", "issue_type": "epic"},
    )
    issue, epic = haul.items
    assert epic.becomes is Becomes.EPIC
    assert (issue.depends_on, issue.epic, issue.parent) == (("beads:bd-2",), "beads:bd-e", "beads:bd-3")
    assert kept(issue) == {"discovered from": "bd-4"}


def test_a_priority_below_ours_is_low_and_kept() -> None:
    item = one(priority=4)
    assert (item.priority, kept(item)) == ("low", {"priority": "4"})


def test_comments_keep_who_said_them_and_when() -> None:
    item = one(comments=[{"author": "ada", "text": "Hm", "created_at": "2026-01-12T02:16:51Z"}, {"text": ""}])
    (comment,) = item.comments
    assert (comment.by, comment.text, comment.at) == (
        "ada",
        "Hm",
        datetime(2026, 1, 12, 2, 16, 51, tzinfo=UTC),
    )


def test_a_tombstone_stays_out_with_its_reason_and_comes_along_when_asked_for() -> None:
    row = {
        "id": "bd-9",
        "title": "Gone",
        "status": "tombstone",
        "issue_type": "bug",
        "original_type": "epic",
        "deleted_at": "2025-12-25T01:21:01Z",
        "deleted_by": "ada",
        "delete_reason": "a double",
    }
    haul = read(row)
    assert haul.items == []
    assert [(left.why, left.detail, left.line) for left in haul.left_out] == [
        ("deleted there", "on 2025-12-25 by ada: a double", 1)
    ]
    (item,) = read(row, with_deleted=True).items
    assert (item.becomes, item.status) == (Becomes.EPIC, "cancelled")


def test_lines_that_cannot_be_read_cost_only_themselves() -> None:
    haul = read(
        {"id": "bd-1", "title": "T"}, "{broken", "[1, 2]", "", '{"id": 5}', {"id": "bd-2", "title": "U"}
    )
    assert [item.source for item in haul.items] == ["beads:bd-1", "beads:bd-2"]
    assert [(left.line, left.why, left.broken) for left in haul.left_out] == [
        (2, "it is not JSON", True),
        (3, "it is no object with an id", True),
        (5, "it is no object with an id", True),
    ]


def test_json_that_is_nested_without_end_and_numbers_without_end_are_refused_in_words() -> None:
    haul = read('{"id": "bd-1", "x": ' + "[" * 100_000, '{"id": "bd-2", "x": ' + "9" * 5_000 + "}")
    assert [left.line for left in haul.left_out if left.broken] == [1, 2]
    assert haul.items == []


def test_a_key_that_stands_twice_is_told() -> None:
    haul = read('{"id": "bd-1", "title": "first", "title": "last"}')
    assert haul.items[0].title == "last"
    assert [(remark.line, remark.detail) for remark in haul.remarks] == [(1, "title")]


def test_an_id_with_two_contents_is_two_items_and_the_older_keeps_it() -> None:
    younger = {"id": "bd-1", "title": "Younger", "created_at": "2025-02-01T00:00:00Z"}
    older = {"id": "bd-1", "title": "Older", "created_at": "2025-01-01T00:00:00Z"}
    haul = read(younger, older, older)
    by_title = {item.title: item.source for item in haul.items}
    assert by_title["Older"] == "beads:bd-1"
    assert by_title["Younger"].startswith("beads:bd-1~")
    assert [left.detail for left in haul.left_out] == ["issues.jsonl:2"]
    again = {item.title: item.source for item in read(older, younger).items}
    assert again == by_title


def test_control_characters_and_half_characters_are_shown_not_kept() -> None:
    item = one(title="a\u001b[31mb\u0000", description="x\u0007y\ud800z", labels=["l\u0000"], owner="o\ud800")
    assert item.title == "a [31mb"
    assert item.body == "x␇y\ufffdz"
    assert kept(item)["owner"] == "o\ufffd"
    assert all(text.encode() for text in (item.title, item.body, *item.labels))


def test_lines_that_would_park_a_file_or_pass_for_the_daemons_are_set_apart() -> None:
    text = "<<<<<<< a\n=======\n>>>>>>> b\n\n## Activity\n\n> dispatchd: hello\n\nStages\n---\n"
    body = one(description=text).body
    assert "    <<<<<<< a" in body
    assert "    >>>>>>> b" in body
    assert "## Activity (beads)" in body
    assert "> (dispatchd): hello" in body
    assert "Stages (beads)\n---" in body
