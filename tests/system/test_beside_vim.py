"""The daemon beside a real vim: what is written while a buffer is open, stale, or has unsaved changes."""

from collections.abc import Callable, Iterator

import pytest

from tests.system.desk import Desk, until
from tests.system.editors import ESCAPE, Vim

PATH = "issues/login timeout.md"
OpenVim = Callable[..., Vim]
WAYS_TO_SAVE = ("backupcopy=yes", "backupcopy=no", "backupcopy=auto")


@pytest.fixture
def open_vim(desk: Desk) -> Iterator[OpenVim]:
    opened: list[Vim] = []

    def open_one(path: str, *settings: str) -> Vim:
        opened.append(Vim(desk.path(path), *settings))
        return opened[-1]

    yield open_one
    for vim in opened:
        vim.end()


@pytest.fixture
def issue(desk: Desk) -> str:
    desk.save(PATH, "The form gives up after two seconds.\n\nSecond paragraph.\n")
    desk.sync()
    return desk.fact(PATH, "id")


def fact_in_database(desk: Desk, issue: str, key: str) -> object:
    return desk.json("issue", "show", issue)[key]


@pytest.mark.parametrize("backupcopy", WAYS_TO_SAVE)
def test_a_file_with_unsaved_changes_in_vim_is_not_written_until_they_are_saved(
    backupcopy: str, desk: Desk, issue: str, open_vim: OpenVim
) -> None:
    vim = open_vim(PATH, backupcopy)
    vim.type("GoTyped by hand.")
    vim.until(vim.is_modified, "vim's swap file never said that the buffer is modified")
    before = desk.path(PATH).read_bytes()
    desk.dispatchd("issue", "set", issue, "priority=high")
    held = desk.sync()
    assert held == [PATH]
    assert desk.path(PATH).read_bytes() == before
    assert fact_in_database(desk, issue, "priority") == "high"
    vim.save()
    assert desk.sync() == []
    text = desk.read(PATH)
    assert desk.fact(PATH, "priority") == "high"
    assert text.endswith("Second paragraph.\nTyped by hand.\n")
    assert desk.issues()[issue]["priority"] == "high"
    vim.quit()
    desk.is_level()


@pytest.mark.parametrize("backupcopy", WAYS_TO_SAVE)
def test_a_save_from_a_stale_buffer_keeps_what_changed_on_both_sides(
    backupcopy: str, desk: Desk, issue: str, open_vim: OpenVim
) -> None:
    vim = open_vim(PATH, backupcopy)
    desk.dispatchd("issue", "set", issue, "priority=critical", "labels+=auth")
    assert desk.sync() == []
    assert desk.fact(PATH, "priority") == "critical"
    vim.command("%s/^status: .*/status: queued/")
    vim.command("$s/Second/Other/")
    vim.save()
    desk.sync()
    facts = desk.issues()[issue]
    assert (facts["status"], facts["priority"], facts["labels"]) == ("queued", "critical", ["auth"])
    assert desk.fact(PATH, "status") == "queued"
    assert desk.fact(PATH, "priority") == "critical"
    assert desk.read(PATH).endswith("Other paragraph.\n")
    vim.quit()
    desk.is_level()


def test_an_edit_and_its_taking_back_from_one_buffer_are_two_changes(
    desk: Desk, issue: str, open_vim: OpenVim
) -> None:
    vim = open_vim(PATH)
    vim.command("%s/^status: .*/status: queued/")
    vim.save()
    desk.sync()
    vim.command("%s/^status: .*/status: unassigned/")
    vim.save()
    desk.sync()
    moves = [event["event"] for event in desk.events(issue) if event["type"] == "IssueMoved"]
    assert [move["after"] for move in moves] == ["queued", "unassigned"]
    assert desk.fact(PATH, "status") == "unassigned"
    vim.quit()
    desk.is_level()


def test_a_refusal_waits_until_vim_has_no_unsaved_changes(desk: Desk, issue: str, open_vim: OpenVim) -> None:
    vim = open_vim(PATH)
    vim.command("%s/^status: .*/status: in_review/")
    # In one breath: the refusal comes soon after the save, and is to find a hand on the file.
    vim.type(f"{ESCAPE}:write\rGomore")
    until(
        lambda: vim.is_modified() and desk.fact(PATH, "status") == "in_review",
        "vim did not save, or changed nothing since",
    )
    desk.sync()
    assert ["in_review" in problem["what"] for problem in desk.problems()] == [True]
    assert desk.fact(PATH, "status") == "in_review"
    vim.save()
    desk.sync()
    assert desk.fact(PATH, "status").startswith('unassigned # dispatchd: kept "unassigned"; '), desk.read(
        PATH
    )
    assert desk.read(PATH).endswith("Second paragraph.\nmore\n")
    vim.quit()
