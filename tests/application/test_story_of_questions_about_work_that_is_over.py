"""Questions about work that is over: nobody waits for their answers, so nobody is asked, and nothing is said to wait."""

from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.thread import ThreadStatus
from tests.application.invariants import check_all
from tests.application.waiting_world import WaitingWorld

GREET = "issues/greet.md"


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({GREET: "---\nid: i-mbf2\nstatus: queued\n---\n\nGreet them.\n"})
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def asked(world: WaitingWorld, question: str = "Blue or green?") -> str:
    answer = world.ask(Verb.ASK, speaker="ash", question=question, options=("Blue", "Green"), issue="i-mbf2")
    world.settle()
    return str(answer["subject"])


def path_of(world: WaitingWorld, thread: str) -> str:
    return next(path for path in world.paths("") if thread in path)


def test_a_question_is_closed_with_its_issue_and_says_why(world: WaitingWorld) -> None:
    thread = asked(world)
    assert "Blue or green?" in world.page()
    world.edit(GREET, "status: queued", "status: cancelled")
    world.settle()
    path = path_of(world, thread)
    assert path.startswith("archive/")
    assert "status: dismissed" in world.read(path)
    assert "> This is not asked any more: i-mbf2 is cancelled." in world.read(path)
    assert "Blue or green?" not in world.page()


def test_words_that_nobody_has_sent_stay_where_they_were_typed(world: WaitingWorld) -> None:
    thread = asked(world)
    world.edit(path_of(world, thread), "## Your answer\n", "## Your answer\n\nNeither, I think.\n")
    world.settle()
    world.edit(GREET, "status: queued", "status: cancelled")
    world.settle()
    assert "## Not sent\n\nNeither, I think.\n" in world.read(path_of(world, thread))


def test_an_answer_that_nobody_came_for_is_put_away(world: WaitingWorld) -> None:
    thread = asked(world)
    world.edit(path_of(world, thread), "- [ ] Blue", "- [x] Blue")
    world.settle()
    assert path_of(world, thread).startswith("inbox/")
    world.edit(GREET, "status: queued", "status: cancelled")
    world.settle()
    assert path_of(world, thread).startswith("archive/")
    assert (world.entity(thread).status, world.entity(thread).chosen) == (ThreadStatus.ANSWERED, "Blue")


def test_a_deleted_issue_asks_nothing_either(world: WaitingWorld) -> None:
    thread = asked(world)
    world.delete(GREET)
    world.settle()
    assert "> This is not asked any more: i-mbf2 was deleted." in world.read(path_of(world, thread))


def test_a_turn_that_has_not_heard_of_it_asks_no_more(world: WaitingWorld) -> None:
    world.edit(GREET, "status: queued", "status: cancelled")
    world.settle()
    with pytest.raises(Rejected, match="end your turn; i-mbf2 is cancelled"):
        asked(world)


def test_what_is_asked_about_another_issue_stays(world: WaitingWorld) -> None:
    thread = asked(world)
    world.save("issues/other.md", "---\nid: i-0the\nstatus: queued\n---\n\nAnother.\n")
    world.settle()
    world.edit("issues/other.md", "status: queued", "status: cancelled")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.OPEN


def test_work_that_is_taken_up_again_is_asked_about_anew(world: WaitingWorld) -> None:
    thread = asked(world)
    world.edit(GREET, "status: queued", "status: cancelled")
    world.settle()
    world.edit(GREET, "status: cancelled", "status: queued!")
    world.settle()
    assert world.entity("i-mbf2").status is IssueStatus.QUEUED
    again = asked(world)
    assert again != thread
    assert world.entity(again).status is ThreadStatus.OPEN
