"""What commits made and deleted again before anybody here looked: it has happened, and it stays away."""

from collections.abc import Mapping

import pytest

from tests.application.world import BOB, World

STRANGER = ("Mallory", "m@elsewhere.example")
ONE = "issues/one.md"


def came_and_went(world: World, path: str, text: str, by: tuple[str, str] = BOB) -> None:
    world.commit({path: text}, by, writes_files=False)
    take_out(world, {path: None}, by)
    world.settle()


def take_out(world: World, changes: Mapping[str, str | None], by: tuple[str, str] = BOB) -> None:
    world.deleted |= {path for path, text in changes.items() if text is None}
    world.commit(changes, by, writes_files=False)


@pytest.mark.parametrize("name", ["PAUSE", "PAUSE.md"])
def test_a_brake_that_was_pulled_and_let_go_stops_nothing(world: World, name: str) -> None:
    came_and_went(world, name, "Fire\n")
    assert world.store.look(lambda work: work.pause) is None
    assert (world.paths(), world.on_branch(name)) == (["config.toml"], None)
    assert [line for line in world.told() if "work" in line] == [
        "Bob Roe pauses all work: Fire",
        "Bob Roe lets work go on",
    ]


def test_a_stranger_who_pulled_it_cannot_let_it_go_that_way_either(world: World) -> None:
    came_and_went(world, "PAUSE", "Fire\n", STRANGER)
    assert world.store.look(lambda work: work.pause) is not None
    assert world.read("PAUSE") == "Fire\n"


def test_an_issue_is_opened_and_removed_and_its_file_stays_away(world: World) -> None:
    came_and_went(world, ONE, "# One\n\nText\n")
    opened, removed = world.happened("IssueOpened"), world.happened("EntityRemoved")
    assert (len(opened), len(removed)) == (1, 1)
    assert (world.paths(), world.on_branch(ONE)) == (["config.toml"], None)


def test_a_text_beside_the_issues_stays_away(world: World) -> None:
    came_and_went(world, "context/notes.md", "Notes\n")
    assert (world.paths(), world.on_branch("context/notes.md")) == (["config.toml"], None)


def test_many_of_them_are_no_question(world: World) -> None:
    many = {f"issues/{number}.md": f"# Number {number}\n" for number in range(30)}
    world.commit(many, writes_files=False)
    take_out(world, dict.fromkeys(many))
    world.settle()
    assert world.paths() == ["config.toml"]


def test_what_was_changed_in_between_and_what_was_renamed_goes_the_same_way(world: World) -> None:
    world.commit({ONE: "# One\n"}, writes_files=False)
    world.commit({ONE: "# One\n\nMore\n"}, writes_files=False)
    take_out(world, {ONE: None, "issues/two.md": "# One\n\nMore\n"})
    world.settle()
    assert world.paths("issues") == ["issues/two.md"]


def test_a_file_that_could_not_be_read_and_went_is_asked_about_no_more(world: World) -> None:
    came_and_went(world, ONE, "---\ntitle: [a\n---\n")
    assert world.problems() == []
    assert world.paths("issues") == []


def test_what_stands_again_at_the_end_stays(world: World) -> None:
    came_and_went(world, ONE, "# One\n")
    world.commit({ONE: "# One again\n"})
    world.settle()
    assert world.at(ONE).title == "One again"
