"""Work that brings nothing, or has nothing in common with the branch, goes back to its agent; what git cannot do is a
person's question, which is asked once.
"""

import pytest

from dispatchd.application.agents.merging import next_submitted
from dispatchd.application.agents.permitting import TAKE_BACK
from dispatchd.application.agents.stuck import AGAIN, LEAVE, do_as_told
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.due_turns import stuck_cause
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread
from tests.application.flow_world import BASE, ISSUE, PATH
from tests.application.test_story_of_protected_paths import ACTIONS, MergingWorld
from tests.application.world import World
from tests.fakes.instant_store import run


@pytest.fixture
def way(world: World) -> MergingWorld:
    return MergingWorld(world)


def asked(way: MergingWorld) -> list[Thread]:
    """All that people were ever asked about how it is to go on."""
    threads = way.world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    return [each for each in threads if isinstance(each, Thread) and each.cause == stuck_cause(ISSUE)]


def answer(way: MergingWorld, option: str) -> None:
    way.world.ask(Verb.ANSWER, thread=asked(way)[-1].id, option=option)
    way.world.settle()


def submitted(way: MergingWorld, path: str = "code") -> str:
    """A turn of ash hands in a commit that the queue has not looked at."""
    turn = way.start("ash")
    way.head = way.repository.put({path: "done"}, way.head)
    way.submit(turn)
    way.end(turn)
    return way.head


def test_what_another_branch_has_merged_is_not_taken_for_merged_work(way: MergingWorld) -> None:
    way.branch.below.add(submitted(way))
    way.merge()
    made = way.work()
    assert (made.phase, made.bounces) == (WorkPhase.BOUNCED, 1)
    assert "would change nothing on dispatchd/integration" in made.findings
    assert "status: done" not in way.world.read(PATH)


def test_own_commits_that_come_to_nothing_are_merged(way: MergingWorld) -> None:
    turn = way.start("ash")
    way.head = way.repository.put({}, BASE)
    way.submit(turn)
    way.end(turn)
    way.merge()
    assert (way.work().phase, way.branch.at) == (WorkPhase.MERGED, way.head)


def test_own_commits_of_which_the_branch_has_nothing_come_back_although_git_would_change_nothing(
    way: MergingWorld,
) -> None:
    submitted(way)
    way.branch.empty.add(way.head)
    way.merge()
    assert (way.work().phase, way.branch.at) == (WorkPhase.BOUNCED, BASE)


def test_a_persons_no_stands_whatever_another_branch_has_merged(way: MergingWorld) -> None:
    way.work_on(ACTIONS)
    way.branch.below.add(way.head)
    way.answer(TAKE_BACK)
    made = way.work()
    assert made.phase is WorkPhase.BOUNCED
    assert "a person does not want" in made.findings


def test_a_daemon_that_was_killed_between_moving_and_noting_notes_it_and_moves_nothing(
    way: MergingWorld,
) -> None:
    commit = submitted(way)
    turn = f"Dispatch-Turn: {ISSUE}.1\n"
    way.branch.merges[commit] = f"Merge it\n\nDispatch-Issue: {ISSUE}\nDispatch-Agent: ash\n{turn}"
    way.branch.trouble = "nothing is to be joined"
    way.merge()
    assert (way.work().phase, way.branch.at) == (WorkPhase.MERGED, BASE)


def test_a_history_that_shares_nothing_goes_back_and_people_are_asked_when_it_came_too_often(
    way: MergingWorld,
) -> None:
    for times in range(1, 4):
        assert not asked(way)
        way.branch.strange.add(submitted(way))
        way.merge()
        assert (way.work().phase, way.work().bounces) == (WorkPhase.BOUNCED, times)
    assert "shares no commit with dispatchd/integration" in way.work().findings
    (thread,) = asked(way)
    assert "gives the agent another turn" in thread.turns[0].text
    assert way.world.store.look(next_submitted) is None


def test_what_git_cannot_join_is_asked_about_once_and_merged_when_it_can(way: MergingWorld) -> None:
    submitted(way)
    way.branch.trouble = "no space left on device"
    way.merge()
    (thread,) = asked(way)
    assert "has it merged once more" in thread.turns[0].text
    answer(way, AGAIN)
    way.branch.trouble = ""
    run(do_as_told(way.desk))
    assert asked(way)[0].delivered
    way.merge()
    assert way.work().phase is WorkPhase.MERGED


def test_what_a_person_has_taken_over_is_neither_tried_nor_asked_about_again(way: MergingWorld) -> None:
    submitted(way)
    way.branch.trouble = "no space left on device"
    way.merge()
    answer(way, LEAVE)
    way.merge()
    assert len(asked(way)) == 1, "before the work is held"
    run(do_as_told(way.desk))
    way.merge()
    assert len(asked(way)) == 1
    assert way.work().held
