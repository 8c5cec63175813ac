from datetime import UTC, datetime

from dispatchd.documents.foreign.backlog_md import read_backlog
from dispatchd.documents.foreign.item import Becomes, ForeignFile, ForeignItem, Haul

TASK = """\
---
id: BACK-12
title: 'Login: times out'
status: In Progress
assignee:
  - '@ada'
created_date: '2025-07-05 09:12'
labels: [auth]
dependencies: [task-3]
milestone: m-1
parent_task_id: BACK-2
priority: high
type: enhancement
ordinal: 3000
---

## Description

<!-- SECTION:DESCRIPTION:BEGIN -->
It gives up.
<!-- SECTION:DESCRIPTION:END -->

## Acceptance Criteria
<!-- AC:BEGIN -->
- [ ] #1 It waits
<!-- AC:END -->

## Comments

<!-- COMMENTS:BEGIN -->
author: @bob
created: 2026-07-09 22:13
---
Ready.
---

author: @ada
created: 2026-07-10 22:13
---
Seen.
---
<!-- COMMENTS:END -->
"""


def read(**files: str | bytes) -> Haul:
    found = [
        ForeignFile(
            path=f"backlog/{name}", name=name, content=text.encode() if isinstance(text, str) else text
        )
        for name, text in files.items()
    ]
    return read_backlog(found)


def item_in(haul: Haul, source: str) -> ForeignItem:
    return next(item for item in haul.items if item.source == source)


def task(number: int, **facts: str) -> str:
    lines = "".join(f"{key}: {value}\n" for key, value in facts.items())
    return f"---\nid: BACK-{number}\ntitle: Task {number}\n{lines}---\n\nText {number}.\n"


def test_a_task_is_read_with_its_sections_unfenced_and_its_comments_apart() -> None:
    item = item_in(read(**{"tasks/back-12 - Login.md": TASK}), "backlog-md:BACK-12")
    assert (item.title, item.status, item.type, item.priority) == (
        "Login: times out",
        "In Progress",
        "feature",
        "high",
    )
    assert item.created == datetime(2025, 7, 5, 9, 12, tzinfo=UTC)
    assert item.body == "It gives up.\n\n## Acceptance Criteria\n\n- [ ] #1 It waits"
    assert [(said.by, said.text) for said in item.comments] == [("@bob", "Ready."), ("@ada", "Seen.")]
    assert (item.parent, item.depends_on, item.assignees) == (
        "backlog-md:BACK-2",
        ("backlog-md:TASK-3",),
        ("@ada",),
    )
    assert item.labels == ("auth", "m-1")
    assert [(fact.key, fact.text) for fact in item.kept] == [("ordinal", "3000")]
    assert item.line == 2


def test_a_milestone_is_an_epic_and_found_by_its_id_or_its_title() -> None:
    milestone = '---\nid: m-1\ntitle: "First: release"\n---\n\n## Description\n\nAll of it.\n'
    for name in ("m-1", "'First: release'"):
        haul = read(
            **{"milestones/m-1 - first.md": milestone, "tasks/back-1 - A.md": task(1, milestone=name)}
        )
        epic = item_in(haul, "backlog-md:m-1")
        assert (epic.becomes, epic.title, epic.body) == (Becomes.EPIC, "First: release", "All of it.")
        assert item_in(haul, "backlog-md:BACK-1").epic == epic.source


def test_a_changed_prefix_is_forgiven_where_the_number_is_one_of_a_kind() -> None:
    haul = read(
        **{
            "tasks/back-1 - A.md": task(1, dependencies="[task-2, TASK-7, BACK-02.1]"),
            "completed/back-2 - B.md": task(2, status="Done"),
            "tasks/back-2.01 - C.md": task(3).replace("BACK-3", "BACK-2.01"),
        }
    )
    assert item_in(haul, "backlog-md:BACK-1").depends_on == (
        "backlog-md:BACK-2",
        "backlog-md:TASK-7",
        "backlog-md:BACK-2.01",
    )


def test_the_folder_tells_what_is_a_draft_finished_or_given_up() -> None:
    haul = read(
        **{
            "drafts/draft-1 - A.md": task(1, status="To Do").replace("BACK-1", "DRAFT-1"),
            "completed/back-2 - B.md": task(2, status="To Do"),
            "archive/tasks/back-3 - C.md": task(3, status="To Do"),
        }
    )
    draft, done, given_up = haul.items
    assert (draft.status, draft.labels) == ("To Do", ("draft",))
    assert done.status == "done"
    assert given_up.status == "cancelled"
    assert [fact.text for fact in given_up.kept] == ['with the status "To Do"']


def test_decisions_and_documents_keep_their_whole_text_and_say_where_they_are_from() -> None:
    text = "---\nid: decision-1\ntitle: Use Tailwind\nstatus: proposed\n---\n## Context\n"
    (paper,) = read(**{"decisions/decision-1 - Use-Tailwind.md": text}).items
    assert paper.becomes is Becomes.DOCUMENT
    assert paper.place == "context/backlog-md/decision-1-use-tailwind.md"
    assert paper.body == text.replace("---\nid", '---\nsource: "backlog-md:decision-1"\nid', 1)


def test_a_file_without_front_matter_is_what_its_name_and_folder_say() -> None:
    haul = read(
        **{"tasks/back-4 - Do-it.md": "Just text.\n", "tasks/readme.md": "# Tasks\n", "readme.md": "# B\n"}
    )
    issue, folder, whole = haul.items
    assert (issue.source, issue.title, issue.body) == ("backlog-md:BACK-4", "Do it", "Just text.")
    assert (folder.becomes, folder.place) == (Becomes.DOCUMENT, "context/backlog-md/tasks-readme.md")
    assert whole.place == "context/backlog-md/project-readme.md"
    assert len(haul.remarks) == 3


def test_a_value_that_is_no_yaml_is_read_as_text_and_named_with_its_line() -> None:
    haul = read(**{"tasks/back-1 - A.md": task(1, reporter="@ada")})
    assert [(fact.key, fact.text) for fact in haul.items[0].kept] == [("reporter", "@ada")]
    (remark,) = haul.remarks
    assert (remark.path, remark.line) == ("backlog/tasks/back-1 - A.md", 4)
    assert "not YAML" in remark.detail


def test_a_front_matter_that_never_ends_keeps_its_text_whole() -> None:
    haul = read(**{"tasks/back-1 - Lost-fence.md": "---\nid: BACK-1\ntitle: X\nstatus: Done\n\nText\n"})
    (item,) = haul.items
    assert (item.source, item.title) == ("backlog-md:BACK-1", "Lost fence")
    assert "status: Done" in item.body
    assert [remark.what for remark in haul.remarks] == ["its front matter cannot be read"]


def test_references_mean_the_one_that_is_not_archived_where_an_id_was_given_twice() -> None:
    haul = read(
        **{
            "archive/tasks/back-7 - Old.md": task(7, created_date="2025-01-01"),
            "tasks/back-7 - New.md": task(7, created_date="2025-06-01").replace("Task 7", "New"),
            "tasks/back-8 - User.md": task(8, dependencies="[BACK-7]"),
        }
    )
    new = next(item for item in haul.items if item.title == "New")
    assert new.source.startswith("backlog-md:BACK-7~")
    assert item_in(haul, "backlog-md:BACK-8").depends_on == (new.source,)


def test_bytes_that_are_no_utf8_are_shown_and_told() -> None:
    haul = read(**{"tasks/back-1 - A.md": task(1).encode() + b"caf\xe9\n"})
    assert "caf\ufffd" in haul.items[0].body
    assert [(remark.line, remark.detail) for remark in haul.remarks] == [(1, "line 7")]


def test_what_is_refused_or_no_markdown_is_left_out_with_its_reason() -> None:
    files = [
        ForeignFile(path="b/config.yml", name="config.yml", content=b"x"),
        ForeignFile(path="b/tasks/back-1 - A.md", name="tasks/back-1 - A.md", refused="it is a link"),
        ForeignFile(path="b/tasks/back-2 - B.md", name="tasks/back-2 - B.md", content=b" \n"),
    ]
    haul = read_backlog(files)
    assert haul.items == []
    assert [left.broken for left in haul.left_out] == [False, True, False]


def test_a_name_that_climbs_leads_nowhere() -> None:
    text = "---\nid: ../../../etc/passwd\ntitle: ../x\n---\nText\n"
    haul = read(**{"docs/doc-1 - x.md": text, "tasks/x.md": text})
    assert [item.place for item in haul.items] == ["context/backlog-md/etc-passwd-x.md", ""]
