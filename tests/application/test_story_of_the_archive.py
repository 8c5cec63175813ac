"""What has been finished for long goes to the archive, and stays what it was."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

LOGIN = "issues/login.md"
EPIC = "epics/e.md"
DAY = 86_400.0
EPIC_TEXT = """\
---
id: e-3fq9
status: ready
---

## Stages

### One

1. [Login](../issues/login.md)
2. More
"""


@pytest.fixture(autouse=True)
def _done(world: World) -> None:
    world.save(LOGIN, "---\nid: i-aaaa\ntitle: Login\nestimate: 3 # mine\n---\n\nText\n")
    world.settle()
    world.edit(LOGIN, "unassigned", "done!")
    world.settle()


def let_days_pass(world: World, days: float) -> None:
    world.pass_time(days * DAY)
    world.housekeeping()
    world.settle()


def archived(world: World) -> str:
    (path,) = world.paths("archive/")
    return path


def test_what_is_done_for_long_moves_and_is_the_same(world: World) -> None:
    text = world.read(LOGIN)
    let_days_pass(world, 13)
    assert world.paths("issues/") == [LOGIN]
    let_days_pass(world, 2)
    assert world.paths("issues/") == []
    path = archived(world)
    assert path == "archive/2026/11/login.md"
    assert world.read(path) == text
    assert world.entity("i-aaaa").status is IssueStatus.DONE
    assert world.on_branch(path) == text
    assert world.on_branch(LOGIN) is None
    assert world.subjects()[-1].endswith(f"moves {LOGIN} to {path}")


def test_what_is_not_finished_stays(world: World) -> None:
    world.save("issues/other.md", "---\nid: i-bbbb\n---\nOther\n")
    world.settle()
    let_days_pass(world, 30)
    assert world.paths("issues/") == ["issues/other.md"]


def test_a_word_about_it_begins_its_time_anew(world: World) -> None:
    let_days_pass(world, 13)
    world.ask(Verb.COMMENT, id="i-aaaa", text="It is back in the logs.")
    world.settle()
    let_days_pass(world, 13)
    assert world.paths("issues/") == [LOGIN]
    let_days_pass(world, 2)
    assert "back in the logs" in world.read(archived(world))


def test_what_somebody_takes_out_again_stays_out(world: World) -> None:
    let_days_pass(world, 15)
    world.rename(archived(world), LOGIN)
    world.settle()
    let_days_pass(world, 60)
    assert world.paths("issues/") == [LOGIN]


def test_a_link_of_an_epics_list_leads_to_the_archive(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()
    assert "[Login](../issues/login.md)" in world.read(EPIC)
    let_days_pass(world, 15)
    assert f"[Login](../{archived(world)})" in world.read(EPIC)


def test_a_buffer_that_was_open_meanwhile_is_saved_into_the_archived_file(world: World) -> None:
    buffer = world.read(LOGIN)
    let_days_pass(world, 15)
    world.save(LOGIN, buffer.replace("Text\n", "Text that was still open\n"))
    world.settle()
    assert world.paths("issues/") == []
    assert "Text that was still open" in world.read(archived(world))
    assert len(world.happened("IssueOpened")) == 1


def test_it_can_be_begun_anew_from_the_archive(world: World) -> None:
    let_days_pass(world, 15)
    world.edit(archived(world), "status: done", "status: queued!")
    world.settle()
    assert world.entity("i-aaaa").status is IssueStatus.QUEUED
