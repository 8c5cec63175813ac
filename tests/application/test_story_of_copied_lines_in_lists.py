"""A line that is copied, and the old one deleted later: how lines are moved in many editors, in two saves."""

import pytest

from tests.application.list_cast import EPIC, EPIC_TEXT, line_of, made, make, stage
from tests.application.world import World


@pytest.fixture(autouse=True)
def _documents(world: World) -> None:
    world.save(EPIC, EPIC_TEXT)
    world.settle()
    make(world, "Build", 3)
    make(world, "Release", 2)


def into(text: str, name: str, line: str) -> str:
    """*text* with *line* as the first of the list under *name*, however that counts."""
    head, tail = text.split(f"### {name}\n\n")
    return f"{head}### {name}\n\n{line}{tail}"


def without(text: str, name: str, line: str) -> str:
    """*text* without the *line* that stands under *name*."""
    head, tail = text.split(f"### {name}\n")
    assert line in tail
    return f"{head}### {name}\n{tail.replace(line, '', 1)}"


def placed(world: World, title: str) -> list[str]:
    """The stages under which the line of *title* stands."""
    return [name for name in ("Build", "Release") if f"[{title}]" in stage(world, name)]


def test_of_a_line_that_stood_twice_the_one_that_is_left_counts(world: World) -> None:
    line = line_of(world, "Logout")
    copy = line.replace("3. ", "- ")
    world.save(EPIC, into(world.read(EPIC), "Release", copy))
    world.settle()
    logout = made(world)["Logout"]
    assert (world.entity(logout).stage, placed(world, "Logout")) == ("Build", ["Build", "Release"])
    world.save(EPIC, without(world.read(EPIC), "Build", line))
    world.settle()
    assert (world.entity(logout).stage, placed(world, "Logout")) == ("Release", ["Release"])
    assert world.entity(logout).depends_on == ()
    assert world.on_branch(EPIC) == world.read(EPIC)
    world.restart()
    world.settle()
    assert placed(world, "Logout") == ["Release"]


def test_a_copy_that_is_taken_out_again_moves_nothing(world: World) -> None:
    before, line = world.read(EPIC), line_of(world, "Logout")
    copy = line.replace("3. ", "- ")
    world.save(EPIC, into(before, "Release", copy))
    world.settle()
    world.save(EPIC, without(world.read(EPIC), "Release", copy))
    world.settle()
    assert (world.entity(made(world)["Logout"]).stage, placed(world, "Logout")) == ("Build", ["Build"])
    assert world.entity(made(world)["Logout"]).depends_on == (made(world)["Login page"],)


def test_a_line_doubled_in_its_stage_moves_when_both_go_and_one_stands_elsewhere(world: World) -> None:
    line = line_of(world, "Logout")
    world.edit(EPIC, line, line + line)
    world.settle()
    assert stage(world, "Build").count("[Logout]") == 2
    text = without(without(world.read(EPIC), "Build", line), "Build", line)
    world.save(EPIC, into(text, "Release", line.replace("3. ", "- ")))
    world.settle()
    assert (world.entity(made(world)["Logout"]).stage, placed(world, "Logout")) == ("Release", ["Release"])


def test_when_both_lines_go_the_issue_leaves_its_stage(world: World) -> None:
    line = line_of(world, "All regions")
    world.save(EPIC, into(world.read(EPIC), "Build", line.replace("- ", "1. ")))
    world.settle()
    copy = next(each for each in stage(world, "Build").splitlines(keepends=True) if "[All regions]" in each)
    world.save(EPIC, without(without(world.read(EPIC), "Build", copy), "Release", line))
    world.settle()
    assert (world.entity(made(world)["All regions"]).stage, placed(world, "All regions")) == (None, [])


def test_a_copied_line_is_ordered_where_it_is_left(world: World) -> None:
    line = line_of(world, "All regions")
    copy = "4. " + line.removeprefix("- ")
    last = line_of(world, "Logout")
    world.edit(EPIC, last, last + copy)
    world.settle()
    assert world.entity(made(world)["All regions"]).depends_on == ()
    world.save(EPIC, without(world.read(EPIC), "Release", line))
    world.settle()
    moved = world.entity(made(world)["All regions"])
    assert (moved.stage, moved.depends_on) == ("Build", (made(world)["Logout"],))


def test_another_text_of_the_line_that_is_left_is_another_title(world: World) -> None:
    line = line_of(world, "Logout")
    copy = line.replace("3. ", "- ")
    world.save(EPIC, into(world.read(EPIC), "Release", copy))
    world.settle()
    text = without(world.read(EPIC), "Build", line)
    world.save(EPIC, text.replace("[Logout]", "[Log out]"))
    world.settle()
    issue = world.entity(made(world)["Logout"])
    assert (issue.title, issue.stage) == ("Log out", "Release")
