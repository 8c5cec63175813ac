"""Problems are named by the file in which they stand now, and those of work that is over are nobody's any more."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.placed_problems import mendable_problems
from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.waiting_world import WaitingWorld

X3 = "issues/x3.md"


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({X3: "---\nid: i-0x3x\ntitle: Third\ndepends_on: i-zzzz\n---\n\nText.\n"})
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def problems(world: WaitingWorld) -> list[str]:
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        return [f"{each.path}:{each.line}" for each in mendable_problems(model)]


def test_a_refused_line_is_named_by_the_name_that_its_file_has_now(world: WaitingWorld) -> None:
    assert problems(world) == [f"{X3}:6"]
    assert f"[Third]({X3})" in world.page()
    world.rename(X3, "issues/third.md")
    world.settle()
    assert problems(world) == ["issues/third.md:6"]
    assert "x3.md" not in world.page()
    assert "(issues/third.md)" in world.page()


def test_tidying_renames_what_a_problem_is_named_by_too(world: WaitingWorld) -> None:
    world.ask(Verb.TIDY)
    world.settle()
    (path,) = world.paths("issues/")
    assert path != X3
    assert problems(world) == [f"{path}:6"]
    assert f"({path})" in world.page()


@pytest.mark.parametrize("state", ["cancelled", "done"])
def test_what_was_refused_of_work_that_is_over_is_no_problem(world: WaitingWorld, state: str) -> None:
    world.edit(X3, "status: unassigned", f"status: {state}")
    world.settle()
    assert f"status: {state}\n" in world.read(X3)
    assert problems(world) == []
    assert X3 not in world.page()
    assert "# dispatchd:" in world.read(X3), "what is answered on its line stays there"


def test_a_state_that_is_refused_of_a_finished_issue_is_a_problem_still(world: WaitingWorld) -> None:
    world.edit(X3, "status: unassigned", "status: cancelled")
    world.settle()
    world.edit(X3, "status: cancelled", "status: in_review")
    world.settle()
    assert len(problems(world)) == 1
