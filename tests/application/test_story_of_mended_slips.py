"""A save that was answered, mended in the same buffer: what is mended counts, and nothing of the answer is contradicted."""

import pytest

from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

EPIC = "epics/k.md"
STAGE = "---\nid: e-3fq9\nstatus: ready\n---\n\n# K\n\n## Stages\n\n### Design\n\n"
SOON, LATER = 0.3, 20.0
BOTH = pytest.mark.parametrize("after", [SOON, LATER])


def offered(world: World, text: str, path: str = EPIC) -> str:
    """The file as it stands when its boxes are offered: what the buffer holds from then on."""
    world.save(path, text)
    world.settle()
    return world.read(path)


def ticked(buffer: str, box: str, mark: str = "- [x]") -> str:
    assert f"- [ ] {box}" in buffer
    return buffer.replace(f"- [ ] {box}", f"{mark} {box}", 1)


def save_again(world: World, path: str, first: str, after: float, second: str) -> None:
    """The buffer is saved with a fault in it, and after some seconds once more."""
    world.save(path, first)
    world.advance(after)
    if after == LATER:
        world.settle()
    world.save(path, second)
    world.settle()


@BOTH
@pytest.mark.parametrize("slip", ["- [y]", "-x[ ]", "- [xx]"])
def test_a_gate_is_approved_by_the_tick_that_mends_a_slip(world: World, slip: str, after: float) -> None:
    buffer = offered(world, f"{STAGE}Gate: approval: ok?\n")
    save_again(world, EPIC, ticked(buffer, "Approve", slip), after, ticked(buffer, "Approve"))
    assert len(world.happened("GateApproved")) == 1
    assert world.problems() == []
    assert world.paths("inbox/") == []


@BOTH
def test_of_two_ticks_the_one_that_is_left_counts(world: World, after: float) -> None:
    buffer = offered(world, f"{STAGE}Gate: approval: ok?\n")
    both = ticked(ticked(buffer, "Approve"), "Reject:")
    save_again(world, EPIC, both, after, ticked(buffer, "Approve"))
    assert len(world.happened("GateApproved")) == 1
    assert world.problems() == []


@BOTH
def test_a_list_is_made_by_the_tick_that_mends_a_slip(world: World, after: float) -> None:
    buffer = offered(world, f"{STAGE}1. One\n2. Two\n")
    make = "Make these 2 issues"
    save_again(world, EPIC, ticked(buffer, make, "- [y]"), after, ticked(buffer, make))
    assert len(world.happened("IssueOpened")) == 2
    assert world.problems() == []


@BOTH
def test_a_vote_is_cast_by_the_tick_that_mends_a_slip(world: World, after: float) -> None:
    buffer = offered(
        world, '---\nid: p-9xw4\ntitle: P\nstatus: open\nvoters: ["@alice"]\n---\n\nWhy\n', "proposals/p.md"
    )
    save_again(world, "proposals/p.md", ticked(buffer, "Approve", "- [y]"), after, ticked(buffer, "Approve"))
    assert len(world.happened("VoteCast")) == 1
    assert world.problems() == []
    assert world.paths("inbox/") == []


@BOTH
def test_a_value_that_was_refused_is_mended_by_another(world: World, after: float) -> None:
    path = "issues/a.md"
    buffer = offered(world, "---\nid: i-aaaa\ntitle: A\n---\n\nText\n", path)
    first = buffer.replace("status: unassigned", "status: in_review")
    save_again(world, path, first, after, buffer.replace("status: unassigned", "status: queued"))
    assert world.entity("i-aaaa").status is IssueStatus.QUEUED
    assert world.paths("inbox/") == []
    assert world.problems() == []


@BOTH
def test_a_refused_value_that_is_saved_again_is_answered_once(world: World, after: float) -> None:
    path = "issues/a.md"
    buffer = offered(world, "---\nid: i-aaaa\ntitle: A\n---\n\nText\n", path)
    first = buffer.replace("status: unassigned", "status: in_review")
    save_again(world, path, first, after, first.replace("Text", "Another text"))
    assert world.entity("i-aaaa").status is IssueStatus.UNASSIGNED
    assert len(world.happened("EditRefused")) == 1
    assert "Another text" in world.read(path)
    assert 'kept "unassigned"' in world.read(path)
    assert world.paths("inbox/") == []


@BOTH
def test_an_item_that_is_taken_away_again_is_gone(world: World, after: float) -> None:
    buffer = offered(world, f"{STAGE}1. One\n2. Two\n")
    made = ticked(buffer, "Make these 2 issues")
    world.save(EPIC, made)
    world.advance(after)
    save_again(world, EPIC, made.replace("2. Two", "2. Two\n3. Three"), after, made)
    assert "Three" not in world.read(EPIC)
    assert len(world.happened("IssueOpened")) == 2
