import json

from dispatchd.documents.foreign.item import ForeignFile, ForeignItem, Haul
from dispatchd.documents.foreign.task_master import read_task_master


def read(text: str) -> Haul:
    return read_task_master(ForeignFile(path="tasks.json", name="tasks.json", content=text.encode()))


def by_source(text: str) -> dict[str, ForeignItem]:
    return {item.source: item for item in read(text).items}


TASKS = [
    {"id": 1, "title": "Set up", "status": "done", "priority": "high"},
    {
        "id": 5,
        "title": "Login",
        "description": "What",
        "details": "How",
        "testStrategy": "Try it",
        "status": "in-progress",
        "dependencies": [1, "2"],
        "subtasks": [
            {"id": 1, "title": "Form", "status": "pending"},
            {"id": 2, "title": "Mail", "status": "review", "dependencies": [1, "5.1", "1.3"]},
        ],
    },
]


def test_tasks_and_subtasks_are_issues_and_depend_on_each_other() -> None:
    found = by_source(json.dumps({"tasks": TASKS}))
    assert list(found) == ["task-master:1", "task-master:5", "task-master:5.1", "task-master:5.2"]
    login, mail = found["task-master:5"], found["task-master:5.2"]
    assert login.depends_on == ("task-master:1", "task-master:2")
    assert login.body == "What\n\n## Details\n\nHow\n\n## Test strategy\n\nTry it"
    assert (mail.parent, mail.status) == ("task-master:5", "awaiting_review")
    assert mail.depends_on == ("task-master:5.1", "task-master:5.1", "task-master:1.3")


def test_a_tag_is_part_of_the_source_and_a_label_but_for_master() -> None:
    found = by_source(
        json.dumps({"master": {"tasks": TASKS[:1]}, "auth": {"tasks": TASKS[:1], "metadata": {}}})
    )
    assert list(found) == ["task-master:1", "task-master:auth:1"]
    assert [item.labels for item in found.values()] == [(), ("auth",)]


def test_a_bare_array_is_read_too() -> None:
    assert list(by_source(json.dumps(TASKS[:1]))) == ["task-master:1"]


def test_each_task_knows_its_line() -> None:
    text = '{"tasks": [\n{"id": 1, "title": "A"},\n\n{"id": 2, "title": "B"}\n]}'
    assert [item.line for item in read(text).items] == [2, 4]


def test_what_stands_before_a_mistake_is_read_and_the_mistake_named() -> None:
    haul = read('{"tasks": [\n{"id": 1, "title": "A"},\n{"id": 2, "title": oops}\n]}')
    assert [item.source for item in haul.items] == ["task-master:1"]
    (left,) = haul.left_out
    assert (left.line, left.broken) == (3, True)
    assert left.detail.startswith("column 20")


def test_what_is_no_task_is_named_with_its_line() -> None:
    haul = read('{"tasks": [\n"nonsense",\n{"title": "no id"},\n{"id": true, "title": "x"}]}')
    assert [left.line for left in haul.left_out] == [2, 3, 4]


def test_a_deferred_task_waits_and_says_so() -> None:
    (item,) = read('[{"id": 1, "title": "A", "status": "deferred"}]').items
    assert (item.status, [(fact.key, fact.text) for fact in item.kept]) == ("todo", [("status", "deferred")])


def test_subtasks_without_end_are_cut_where_they_go_too_deep() -> None:
    task: dict[str, object] = {"id": 1, "title": "T"}
    for _ in range(40):
        task = {"id": 1, "title": "T", "subtasks": [task]}
    haul = read(json.dumps([task]))
    assert len(haul.items) == 21
    assert [left.why for left in haul.left_out] == ["its subtasks are nested too deeply"]


def test_a_file_that_is_something_else_is_refused() -> None:
    for text in ("", "5", "null", "<html>"):
        assert [left.broken for left in read(text).left_out] == [True], text
    assert read("{}").items == []
