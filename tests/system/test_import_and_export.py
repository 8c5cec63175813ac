"""What another tracker holds, brought in and taken out again, with a daemon and without."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.desk import Desk
from tests.system.json_ground import keys_of
from tests.system.mending import CORPUS
from tests.system.test_json_is_documented import documented

BEADS = CORPUS.parent / "beads" / "issues.jsonl"
ROWS: tuple[dict[str, Any], ...] = (
    {"id": "bd-1", "title": "Epic", "issue_type": "epic", "status": "open"},
    {
        "id": "bd-2",
        "title": "First",
        "description": "What",
        "priority": 1,
        "status": "open",
        "created_at": "2025-01-02T03:04:05Z",
        "dependencies": [
            {"depends_on_id": "bd-3", "type": "blocks"},
            {"depends_on_id": "bd-1", "type": "parent-child"},
        ],
    },
    {"id": "bd-3", "title": "Done", "status": "closed", "closed_at": "2025-02-02T03:04:05Z", "owner": "ada"},
    {"id": "bd-4", "title": "Gone", "status": "tombstone"},
)


def ledger(desk: Desk, *rows: dict[str, Any]) -> Path:
    path = desk.root / "issues.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def sources(desk: Desk) -> dict[str, dict[str, Any]]:
    return {str(issue["source"]): dict(issue) for issue in desk.issues().values()}


def bring_and_look(desk: Desk) -> None:
    said = desk.json("import", "beads", str(ledger(desk, *ROWS)))
    assert (said["read"], said["imported"], said["here"], said["skipped"]) == (4, 3, 0, 1)
    issues = sources(desk)
    first, done = issues["beads:bd-2"], issues["beads:bd-3"]
    assert (first["depends_on"], first["priority"]) == ([done["id"]], "high")
    assert first["created"] == "2025-01-02T03:04:05Z"
    assert done["path"].startswith("archive/2025/02/")
    assert desk.read(str(done["path"])).endswith(
        "## From beads\n\n- closed at: 2025-02-02T03:04:05Z\n- owner: ada\n"
    )
    (epic,) = desk.json("epic", "list", "--all")["items"]
    assert (first["epic"], epic["status"]) == (epic["id"], "draft")
    desk.is_level()
    assert all(line.startswith("Alice Doe: ") for line in desk.commits()[2:]), desk.commits()


def change_and_bring_again(desk: Desk) -> None:
    first = sources(desk)["beads:bd-2"]
    desk.sed("s/^priority: .*/priority: low/", str(first["path"]))
    more = {"id": "bd-5", "title": "New", "status": "open"}
    said = desk.json("import", "beads", str(ledger(desk, *ROWS, more)))
    assert (said["imported"], said["here"], said["skipped"]) == (1, 3, 1)
    again = desk.json("import", "beads", str(ledger(desk, *ROWS, more)))
    assert (again["imported"], again["here"]) == (0, 4)
    assert sources(desk)["beads:bd-2"]["priority"] == "low"
    desk.is_level()


@pytest.fixture
def alices_desk(idle_desk: Desk) -> Desk:
    idle_desk.git("config", "user.name", "Alice Doe")
    idle_desk.git("config", "user.email", "alice@example.com")
    return idle_desk


def test_a_ledger_is_brought_in_through_the_daemon_once(alices_desk: Desk) -> None:
    alices_desk.up()
    bring_and_look(alices_desk)
    change_and_bring_again(alices_desk)


def test_a_ledger_is_brought_in_without_a_daemon_once_and_known_after_the_database_is_lost(
    alices_desk: Desk,
) -> None:
    bring_and_look(alices_desk)
    change_and_bring_again(alices_desk)
    for file in alices_desk.private.glob("state.db*"):
        file.unlink()
    said = alices_desk.json("import", "beads", str(alices_desk.root / "issues.jsonl"))
    assert (said["imported"], said["here"]) == (0, 4)


def test_the_report_has_the_keys_that_are_documented(alices_desk: Desk) -> None:
    rows = (
        *ROWS,
        {"id": "bd-6", "title": "Lost", "dependencies": [{"depends_on_id": "bd-0", "type": "blocks"}]},
    )
    said = alices_desk.json("import", "beads", str(ledger(alices_desk, *rows)), "--dry-run")
    assert keys_of(said, frozenset()) == documented("Import")


def test_a_look_beforehand_leaves_everything_as_it_is(alices_desk: Desk) -> None:
    alices_desk.dispatchd("sync")
    commits = alices_desk.commits()
    said = alices_desk.json("import", "beads", str(ledger(alices_desk, *ROWS)), "--dry-run")
    assert (said["dry_run"], said["imported"]) == (True, 3)
    assert alices_desk.issues() == {}
    assert alices_desk.commits() == commits


def test_everything_that_is_here_is_exported_as_one_document(alices_desk: Desk) -> None:
    alices_desk.json("import", "beads", str(ledger(alices_desk, *ROWS)))
    alices_desk.save("context/notes.md", "Mind the gap \x1b[31m\n")
    alices_desk.dispatchd("sync")
    said = alices_desk.dispatchd("export", "--json")
    assert "\x1b" not in said
    whole = json.loads(said)
    assert {item["source"] for item in whole["items"]} == {"beads:bd-1", "beads:bd-2", "beads:bd-3"}
    assert all(item.keys() >= {"id", "kind", "path", "body"} for item in whole["items"])
    files = {file["path"]: file["body"] for file in whole["files"]}
    assert files["context/notes.md"] == "Mind the gap \x1b[31m\n"
    assert "config.toml" in files
    assert [event["id"] for event in whole["log"]] == [event["id"] for event in alices_desk.events()]
    assert keys_of(whole, frozenset({"items", "log"})) == documented("Export")
    assert "log" not in json.loads(alices_desk.dispatchd("export", "--json", "--no-log"))


def test_a_backlog_is_found_in_its_project_and_no_link_in_it_is_followed(alices_desk: Desk) -> None:
    tasks = alices_desk.root / "old" / "backlog" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "task-1 - Do-it.md").write_text("---\nid: task-1\ntitle: Do it\n---\n\nText\n", encoding="utf-8")
    (tasks / "task-2 - Link.md").symlink_to("/etc/passwd")
    said = json.loads(alices_desk.ask("import", "backlog-md", "old", "--json").out)
    assert [each["source"] for each in said["items"]] == ["backlog-md:TASK-1"]
    assert [each["why"] for each in said["left_out"]] == ["it is a link, and links are not followed"]
    nothing = alices_desk.ask("import", "backlog-md", "old/backlog/tasks")
    assert nothing.code == 1
    assert "there is no folder of Backlog.md at old/backlog/tasks" in nothing.err


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not on this machine")
def test_two_real_trackers_are_brought_in_and_worked_with(alices_desk: Desk) -> None:
    first = alices_desk.json("import", "backlog-md", str(CORPUS))
    second = alices_desk.json("import", "beads", str(BEADS))
    for said in (first, second):
        assert said["read"] == said["imported"] + said["skipped"]
    assert (first["read"], first["imported"]) == (698, 696)
    assert (second["read"], second["imported"]) == (2342, 2000)
    assert alices_desk.problems() == []
    alices_desk.up()
    assert alices_desk.sync() == []
    alices_desk.is_level()
    found = alices_desk.json("issue", "list", "--all", "--text", "Dependabot")["items"]
    assert "backlog-md:BACK-598" in {issue["source"] for issue in found}
    (issue,) = (issue for issue in found if issue["source"] == "backlog-md:BACK-598")
    alices_desk.sed("s/^priority: .*/priority: critical/", issue["path"])
    assert alices_desk.sync() == []
    again = [
        alices_desk.json("import", "backlog-md", str(CORPUS)),
        alices_desk.json("import", "beads", str(BEADS)),
    ]
    assert [said["imported"] for said in again] == [0, 0]
    assert [said["here"] for said in again] == [696, 2000]
    assert alices_desk.issues()[issue["id"]]["priority"] == "critical"
