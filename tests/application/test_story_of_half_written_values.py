"""Brackets and quotes without an end, and keys that slipped below another: nothing is made of half a value."""

import pytest

from dispatchd.documents.front_matter_edit import without_notes
from tests.application.world import World

A = "issues/a.md"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\ntitle: A thing\nlabels: [ops]\n---\n\nProse\n")
    world.settle()


HALVES = [
    ("labels: [ops]", "labels: [ops, net", "labels: [ops, net]"),
    ("labels: [ops]", "labels: [ops, net] x", "labels: [ops, net]"),
    ("labels: [ops]", 'labels: [ops, "net]', 'labels: [ops, "net"]'),
    ("labels: [ops]", "labels: ops, 'net", "labels: ops, 'net'"),
    ("title: A thing", 'title: "Two', 'title: "Two"'),
    ("title: A thing", "title: Two\n\tfoo: bar", "title: Two\nfoo: bar"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "half", "whole"), HALVES)
def test_half_a_value_is_answered_on_its_line_and_the_last_good_one_stays(
    world: World, before: str, half: str, whole: str
) -> None:
    world.edit(A, before, half)
    world.settle()
    assert (world.at(A).title, world.at(A).labels) == ("A thing", ("ops",))
    for line in half.split("\n"):
        assert line in world.read(A)
    assert "# dispatchd: " in world.read(A)
    (problem,) = world.problems()
    assert problem.hint
    told = world.read(A)
    world.save(A, told + "More prose\n")
    world.settle()
    assert world.read(A).count("# dispatchd: ") == 1
    assert len(world.problems()) == 1
    world.save(A, without_notes(world.read(A)).replace(half, whole))
    world.settle()
    assert not world.problems()
    is_title = before.startswith("title")
    assert (world.at(A).title, world.at(A).labels) == (
        ("Two", ("ops",)) if is_title else ("A thing", ("ops", "net"))
    )


@pytest.mark.parametrize(("before", "half", "whole"), HALVES)
def test_nothing_is_said_while_it_is_typed(world: World, before: str, half: str, whole: str) -> None:
    world.edit(A, before, half)
    world.advance(1.0)
    assert "dispatchd:" not in world.read(A)
    world.edit(A, half, whole)
    world.settle()
    assert "dispatchd:" not in world.read(A)
    assert not world.problems()


def test_a_new_file_with_half_a_value_is_taken_in_without_it(world: World) -> None:
    world.save("issues/b.md", '---\nlabels: [ops, net\ntitle: "Two\n---\n\n# Three\n')
    world.settle()
    assert world.at("issues/b.md").labels == ()
    assert 'title: "Two' in world.read("issues/b.md")
    assert "labels: [ops, net" in world.read("issues/b.md")
    assert world.read("issues/b.md").count("# dispatchd: ") == 2
