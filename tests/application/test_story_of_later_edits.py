"""Edits that come late or meet another."""

import pytest

from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World

A = DocumentPath("issues/a.md")


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\ntitle: A thing\nmood: good # mine\n---\n\nFirst line\n\nSecond line\n\nThird line\n")
    world.settle()


def test_039_a_touch_and_a_changed_mode_are_nothing(world: World) -> None:
    events, commits = len(world.events()), len(world.commits())
    world.tree.chmod(A, 0o600)
    world.tree.touch_back(A, 1_600_000_000_000_000_000)
    world.scan()
    world.settle()
    assert (len(world.events()), len(world.commits())) == (events, commits)


def test_a_person_may_change_a_key_of_their_own_and_it_stays(world: World) -> None:
    world.edit(A, "mood: good # mine", "mood: {bad: [1, 2]}   # mine")
    world.settle()
    assert "mood: {bad: [1, 2]}   # mine\n" in world.read(A)
    assert "dispatchd:" not in world.read(A)
