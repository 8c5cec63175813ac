"""The file PAUSE and the brake are one, whoever pulls it and however."""

from contextlib import closing

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.requests.request import Verb
from dispatchd.application.status_view import view_of
from dispatchd.application.workspace_status import status_of
from dispatchd.documents.status_document import render_status
from dispatchd.domain.errors import Rejected
from dispatchd.domain.pause import Pause
from tests.application.world import BOB, World

STRANGER = ("Mallory", "m@elsewhere.example")


def pause(world: World) -> Pause | None:
    return world.store.look(lambda work: work.pause)


def why(world: World) -> str | None:
    found = pause(world)
    return None if found is None else found.reason


@pytest.mark.parametrize("name", ["PAUSE", "PAUSE.md", "pause.txt", "Pause"])
def test_a_file_of_that_name_stops_everything_and_its_end_lets_go(world: World, name: str) -> None:
    world.save(name, "The tests are red\non main\n")
    world.advance(0.5)
    found = pause(world)
    assert found is not None
    assert (found.by.name, found.reason) == ("Alice Doe", "The tests are red on main")
    world.settle()
    assert world.on_branch(name) == "The tests are red\non main\n"
    assert "Alice Doe pauses all work: The tests are red on main" in world.told()
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        page = render_status(view_of(status_of(model), ""))
    assert f"To go on, delete [{name}]({name})." in page
    world.delete(name)
    world.settle()
    assert pause(world) is None
    assert "Alice Doe lets work go on" in world.told()
    assert world.on_branch(name) is None


def test_an_empty_file_will_do_and_so_will_a_reason_that_comes_later(world: World) -> None:
    world.save("PAUSE", "")
    world.advance(0.5)
    assert why(world) == ""
    since = pause(world)
    world.save("PAUSE", "Because")
    world.advance(1.0)
    assert why(world) == ""
    world.save("PAUSE", "Because I say so")
    world.settle()
    found = pause(world)
    assert found is not None
    assert since is not None
    assert (found.reason, found.since) == ("Because I say so", since.since)
    assert len(world.happened("WorkPaused")) == 2


def test_bytes_that_are_no_text_stop_it_as_well(world: World) -> None:
    world.save("PAUSE", b"\xff\xfe\x00")
    world.settle()
    assert why(world) == ""


def test_a_commit_from_a_phone_pulls_it_and_lets_it_go(world: World) -> None:
    world.commit({"PAUSE": "On my way\n"}, BOB)
    world.settle()
    found = pause(world)
    assert found is not None
    assert (found.by.name, found.reason) == ("Bob Roe", "On my way")
    world.commit({"PAUSE": None}, BOB)
    world.settle()
    assert pause(world) is None
    assert "Bob Roe lets work go on" in world.told()


def test_a_stranger_may_pull_it_but_not_let_it_go(world: World) -> None:
    world.commit({"PAUSE": "Fire\n"}, STRANGER)
    world.settle()
    assert why(world) == "Fire"
    world.commit({"PAUSE": None}, STRANGER)
    world.settle()
    assert why(world) == "Fire"
    assert world.read("PAUSE") == "Fire\n"
    assert any("PAUSE is back" in line for line in world.told())
    world.delete("PAUSE")
    world.settle()
    assert pause(world) is None


def test_the_command_writes_the_file_and_takes_it_away(world: World) -> None:
    world.ask(Verb.PAUSE, reason="Lunch")
    world.settle()
    assert world.read("PAUSE") == "Lunch\n"
    assert world.on_branch("PAUSE") == "Lunch\n"
    assert world.ask(Verb.PAUSE)["told"] == []
    world.ask(Verb.RESUME)
    world.settle()
    assert world.paths("PAUSE") == []
    assert world.on_branch("PAUSE") is None
    assert pause(world) is None
    assert world.ask(Verb.RESUME)["told"] == []


def test_the_file_of_the_command_says_how_to_go_on(world: World) -> None:
    world.ask(Verb.PAUSE)
    world.settle()
    assert "dispatchd resume" in world.read("PAUSE")
    assert why(world) == ""
    world.restart()
    world.settle()
    assert why(world) == ""
    assert len(world.happened("WorkPaused")) == 1


def test_two_files_are_one_brake(world: World) -> None:
    world.save("PAUSE", "One\n")
    world.settle()
    world.save("pause.md", "Two\n")
    world.settle()
    world.delete("PAUSE")
    world.settle()
    assert pause(world) is not None
    world.ask(Verb.RESUME)
    world.settle()
    assert world.paths("pause") == []
    assert pause(world) is None


def test_people_go_on_and_agents_do_not_begin(world: World) -> None:
    world.save("issues/login.md", "---\nid: i-7k2m\nstatus: queued\n---\n\n# Login\n")
    world.save("issues/form.md", "---\nid: i-8p3q\nstatus: queued\n---\n\n# Form\n")
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.save("PAUSE", "")
    world.settle()
    world.edit("issues/login.md", "status: queued", "status: queued\nassignee: ash")
    world.save("issues/new.md", "# New\n")
    world.settle()
    assert world.field("issues/login.md", "status") == "assigned"
    assert world.at("issues/new.md").title == "New"
    with pytest.raises(Rejected, match=r"Alice Doe has paused all work since 2026-11-21 07:\d\dZ"):
        world.ask(Verb.SET, speaker="ash", noun="issue", id="i-8p3q", changes=("status=assigned",))
    world.delete("PAUSE")
    world.settle()
    world.ask(Verb.SET, speaker="ash", noun="issue", id="i-8p3q", changes=("status=assigned",))
    assert world.entity("i-8p3q").assignee == "ash"


def test_the_brake_outlives_the_process_and_the_database_knows_who(world: World) -> None:
    world.commit({"PAUSE": "Night\n"}, BOB)
    world.settle()
    world.restart()
    world.advance(70.0)
    found = pause(world)
    assert found is not None
    assert (found.by.handle, found.reason) == ("bob", "Night")
    world.crash()
    world.delete("PAUSE")
    world.start()
    world.settle()
    assert pause(world) is None


def test_a_brake_that_was_let_go_is_not_among_the_files_that_are_missed(world: World) -> None:
    for number in range(30):
        world.save(f"issues/{number}.md", f"# Issue {number}\n")
    world.save("PAUSE", "Lunch\n")
    world.settle()
    world.delete("PAUSE")
    world.settle()
    issues = world.paths("issues/")
    world.delete(*issues)
    world.settle()
    (asked,) = (world.read(path) for path in world.paths("inbox/t-"))
    assert f"# {len(issues)} files are gone" in asked
    assert "PAUSE" not in asked
