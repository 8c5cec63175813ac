"""A refusal's note answers one value of its line: it goes when the fact becomes another one, by whatever way."""

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.world import World

A = "issues/a.md"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\nid: i-7k2m\n---\n\nA\n")
    world.settle()


def test_it_goes_when_a_command_changes_the_fact(world: World) -> None:
    world.edit(A, "priority: medium", "priority: hgih")
    world.settle()
    assert "# dispatchd:" in world.field(A, "priority")
    world.ask(Verb.SET, noun="issue", id="i-7k2m", changes=("priority=low",))
    world.settle()
    assert world.field(A, "priority") == "low"
    assert not world.problems()
    check_all(world)


def test_it_goes_when_the_daemon_moves_the_issue_on(world: World) -> None:
    world.edit(A, "status: unassigned", "status: queued")
    world.settle()
    world.edit(A, "status: queued", "status: in_review")
    world.settle()
    assert "kept" in world.field(A, "status")
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.ask(Verb.SET, noun="issue", id="i-7k2m", changes=("assignee=ash",))
    world.settle()
    assert world.field(A, "status") == "assigned"
    assert not world.problems()
    check_all(world)


def test_it_goes_from_a_new_file_too(world: World) -> None:
    world.save("issues/b.md", "---\nid: i-2b9x\npriority: hgih\n---\n\nB\n")
    world.settle()
    assert "# dispatchd:" in world.field("issues/b.md", "priority")
    world.ask(Verb.SET, noun="issue", id="i-2b9x", changes=("priority=low",))
    world.settle()
    assert world.field("issues/b.md", "priority") == "low"
    assert not world.problems()


def test_it_stays_while_another_fact_changes(world: World) -> None:
    world.edit(A, "priority: medium", "priority: hgih")
    world.settle()
    world.ask(Verb.SET, noun="issue", id="i-7k2m", changes=("labels+=auth",))
    world.settle()
    assert "# dispatchd:" in world.field(A, "priority")
    assert len(world.problems()) == 1


def test_of_a_set_the_refused_word_keeps_its_note_while_others_come(world: World) -> None:
    world.save("issues/b.md", "---\nid: i-2b9x\n---\n\nB\n")
    world.edit(A, "---\n\nA", "depends_on: [i-zzzz]\n---\n\nA")
    world.settle()
    world.ask(Verb.SET, noun="issue", id="i-7k2m", changes=("depends_on+=i-2b9x",))
    world.settle()
    assert "i-zzzz" in world.field(A, "depends_on").partition("# dispatchd:")[0]
    assert "i-zzzz" in world.field(A, "depends_on").partition("# dispatchd:")[2]
    assert world.entity("i-7k2m").depends_on == ("i-2b9x",)
    check_all(world)
