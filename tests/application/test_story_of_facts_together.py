"""What one save says of an issue holds together, in whatever order its parts have to be carried out."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

A = "issues/a.md"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, "---\ntitle: A thing\n---\n\nText\n")
    world.settle()


@pytest.mark.parametrize("word", ["queued!", "Queued!", "ready!"])
@pytest.mark.parametrize("before", ["cancelled", "done"])
@pytest.mark.parametrize("had", ["", "\nassignee: oak"])
def test_a_state_that_is_forced_and_an_assignee_hold_together(
    world: World, word: str, before: str, had: str
) -> None:
    for name in ("ash", "oak"):
        world.ask(Verb.TELL, speaker=name, text="Hello")
    world.edit(A, "status: unassigned", f"status: {before}{had}")
    world.settle()
    bare = world.read(A).replace(had, "")
    world.save(A, bare.replace(f"status: {before}", f"status: {word}\nassignee: ash"))
    world.settle()
    assert (world.at(A).assignee, world.at(A).status) == ("ash", IssueStatus.ASSIGNED)
    assert had or not any("clears" in told for told in world.told())


@pytest.mark.parametrize("word", ["unassigned!", "done", "assigned!", "in_progress!"])
def test_a_state_and_who_or_what_it_is_for_hold_together(world: World, word: str) -> None:
    world.ask(Verb.TELL, speaker="ash", text="Hello")
    world.edit(A, "status: unassigned", "status: cancelled")
    world.settle()
    world.edit(A, "status: cancelled", f"status: {word.removesuffix('!')}!\nassignee: ash\nrole: reviewer")
    world.settle()
    issue = world.at(A)
    assert (issue.assignee, issue.role, issue.status) == ("ash", "reviewer", word.removesuffix("!"))
