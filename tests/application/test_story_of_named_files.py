"""Lines that name a file where an id is meant: `depends_on: greet.md`, as every command takes it."""

from collections.abc import Iterator, Mapping
from itertools import permutations

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.world import World

GREET, X3 = "issues/greet.md", "issues/x3.md"
GREETS = "---\nid: i-mbf2\n---\n\nGreet them.\n"


@pytest.fixture
def world() -> Iterator[World]:
    made = World({GREET: GREETS})
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def saves(world: World, depends_on: str, path: str = X3) -> None:
    world.save(path, f"---\nid: i-0x3x\ndepends_on: {depends_on}\n---\n\nThe third.\n")
    world.settle()


def line(world: World, path: str = X3) -> str:
    return next((each for each in world.read(path).splitlines() if each.startswith("depends_on")), "")


@pytest.mark.parametrize(
    "written",
    ["greet.md", "greet", "[greet.md]", "[[greet]]", '"[Greet](greet.md)"', "../issues/greet.md", "GREET.md"][
        :-1
    ],
)
def test_a_new_file_may_name_another_by_its_name(world: World, written: str) -> None:
    saves(world, written)
    assert line(world) == "depends_on: [i-mbf2]"
    assert world.entity("i-0x3x").depends_on == ("i-mbf2",)


def test_a_line_that_is_changed_may_too(world: World) -> None:
    world.save(X3, "---\nid: i-0x3x\n---\n\nThe third.\n")
    world.settle()
    world.edit(X3, "status: unassigned\n", "status: unassigned\ndepends_on: greet.md\nparent: greet\n")
    world.settle()
    assert world.entity("i-0x3x").depends_on == ("i-mbf2",)
    assert world.entity("i-0x3x").parent == "i-mbf2"
    assert line(world) == "depends_on: [i-mbf2]"
    assert "dispatchd:" not in world.read(X3)


def test_what_names_nothing_stays_as_it_is_written_with_the_comment(world: World) -> None:
    saves(world, "nosuch.md")
    assert line(world).startswith("depends_on: nosuch.md # dispatchd: ")
    assert '"nosuch.md" names no issue' in line(world)


def test_in_a_saved_line_too_and_beside_what_is_there(world: World) -> None:
    world.save(X3, "---\nid: i-0x3x\n---\n\nThe third.\n")
    world.settle()
    world.edit(X3, "status: unassigned\n", "status: unassigned\ndepends_on: nosuch.md, greet.md\n")
    world.settle()
    assert "i-mbf2" in line(world)
    assert "nosuch.md" in line(world).partition(" # dispatchd: ")[0]
    assert '"nosuch.md"' in line(world).partition(" # dispatchd: ")[2]
    assert ["nosuch.md" in refused.attempted for refused in world.happened("EditRefused")] == [True]
    assert world.entity("i-0x3x").depends_on == ("i-mbf2",)


def test_the_name_counts_when_its_file_comes(world: World) -> None:
    saves(world, "later.md, nosuch.md")
    assert "later.md, nosuch.md" in line(world)
    world.save("issues/later.md", "---\nid: i-1ate\n---\n\nComes later.\n")
    world.settle()
    assert world.entity("i-0x3x").depends_on == ("i-1ate",)
    said, _, note = line(world).partition(" # dispatchd: ")
    assert "i-1ate" in said
    assert "nosuch.md" in said
    assert "later.md" not in line(world)
    assert '"nosuch.md"' in note
    world.save("issues/nosuch.md", "---\nid: i-n0ne\n---\n\nComes too.\n")
    world.settle()
    assert set(world.entity("i-0x3x").depends_on) == {"i-1ate", "i-n0ne"}
    assert "dispatchd:" not in line(world)


def test_a_name_that_a_command_sets_later_leaves_no_comment_behind(world: World) -> None:
    saves(world, "greeting.md")
    world.rename(GREET, "issues/greeting.md")
    world.settle()
    world.ask(Verb.SET, id="x3", changes=("depends_on=greeting",))
    world.settle()
    assert line(world) == "depends_on: [i-mbf2]"


CHAIN: Mapping[str, str] = {
    "issues/a.md": "---\nid: i-aaaa\ndepends_on: b.md\n---\n\nA\n",
    "issues/b.md": "---\nid: i-bbbb\ndepends_on: c\n---\n\nB\n",
    "issues/c.md": "---\nid: i-cccc\n---\n\nC\n",
}


@pytest.mark.parametrize("order", list(permutations(CHAIN)))
def test_files_that_name_each_other_may_come_in_any_order(world: World, order: tuple[str, ...]) -> None:
    for path in order:
        world.save(path, CHAIN[path])
    world.settle()
    assert world.entity("i-aaaa").depends_on == ("i-bbbb",)
    assert world.entity("i-bbbb").depends_on == ("i-cccc",)
    assert not world.happened("EditRefused")
    assert not world.happened("SetChanged"), "whichever came first, they were opened as they are written"


@pytest.mark.parametrize("written", ["[[nosuch]]", "[No such](nosuch.md)", "`nosuch`"])
def test_the_dress_of_a_name_that_is_nobodys_stays_too(world: World, written: str) -> None:
    saves(world, f"'{written}'")
    assert written in line(world).partition(" # dispatchd: ")[0]
    assert "nosuch" in line(world).partition(" # dispatchd: ")[2]


def test_a_name_that_two_files_have_is_nobodys(world: World) -> None:
    world.save("issues/more/greet.md", "---\nid: i-g2g2\n---\n\nGreets too.\n")
    world.settle()
    saves(world, "greet.md", path="issues/more/x3.md")
    assert world.entity("i-0x3x").depends_on == ()
    assert line(world, "issues/more/x3.md").startswith("depends_on: greet.md # dispatchd: ")
