"""A person finishes an agent's work on its branch: `awaiting_review` in the issue hands in what stands there."""

from pathlib import Path

import pytest

from dispatchd.application.agents.handed_in_by_people import take_what_people_hand_in
from dispatchd.application.agents.stuck import LEAVE, ask_how_to_go_on, do_as_told
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.errors import Rejected
from dispatchd.domain.run_command import SubmitWork
from tests.adapters.git.test_work_clones import repository
from tests.application.branch_world import BranchWorld
from tests.application.flow_world import ISSUE, PATH
from tests.application.world import World
from tests.fakes.instant_store import run

__all__ = ["repository"]


@pytest.fixture
def way(world: World, repository: Path) -> BranchWorld:
    """ash has committed, asks, and waits for an answer."""
    made = BranchWorld(world, repository)
    made.dispatched()
    made.commits("ash.txt")
    made.thread = made.asks()
    made.leaves()
    return made


def says(way: BranchWorld, status: str) -> None:
    was = next(line for line in way.world.read(PATH).splitlines() if line.startswith("status: "))
    way.world.edit(PATH, was, f"status: {status}")
    way.world.settle()
    takes(way)


def takes(way: BranchWorld) -> None:
    run(take_what_people_hand_in(way.desk))
    way.world.settle()


def file(way: BranchWorld) -> str:
    return way.world.read(PATH)


def test_what_a_person_has_finished_is_merged_with_what_the_agent_made(way: BranchWorld) -> None:
    way.person_commits("alice.txt")
    says(way, "awaiting_review")
    assert f"Alice Doe submits `{way.at[:8]}`" in file(way)
    way.merges()
    assert {"ash.txt", "alice.txt"} <= set(way.merged())
    assert "status: done" in file(way)


def test_it_is_handed_in_once_however_often_it_is_looked_at(way: BranchWorld) -> None:
    way.person_commits("alice.txt")
    says(way, "awaiting_review")
    takes(way)
    takes(way)
    assert file(way).count("submits") == 1


def test_it_is_alices_act_in_the_log(way: BranchWorld) -> None:
    way.person_commits("alice.txt")
    says(way, "awaiting_review")
    newest = way.world.store.look(lambda work: work.history.newest(1))[0][0]
    assert newest.circumstance.actor.name == "Alice Doe"


def test_a_branch_with_nothing_on_it_is_not_handed_in(world: World, repository: Path) -> None:
    way = BranchWorld(world, repository)
    way.dispatched()
    assert way.clone.path.is_dir()
    way.thread = way.asks()
    way.leaves()
    says(way, "awaiting_review")
    assert way.work().phase is WorkPhase.WORKING
    assert "submits" not in file(way)
    way.person_commits("alice.txt")
    takes(way)
    assert way.work().phase is WorkPhase.SUBMITTED


def test_while_a_turn_runs_it_waits_for_its_end(world: World, repository: Path) -> None:
    way = BranchWorld(world, repository)
    way.dispatched()
    way.commits("ash.txt")
    says(way, "awaiting_review")
    assert way.work().phase is WorkPhase.WORKING
    way.leaves()
    takes(way)
    assert way.work().phase is WorkPhase.SUBMITTED


def test_work_that_is_held_is_handed_in_and_waits(way: BranchWorld) -> None:
    run(ask_how_to_go_on(way.desk, ISSUE, "it came back 3 times"))
    way.world.settle()
    (stuck,) = way.asked()
    assert "`status: awaiting_review` in the issue hands in what stands there" in stuck.turns[0].text
    way.world.ask(Verb.ANSWER, thread=stuck.id, option=LEAVE)
    run(do_as_told(way.desk))
    way.person_commits("alice.txt")
    says(way, "awaiting_review")
    assert way.work().phase is WorkPhase.SUBMITTED
    assert "status: awaiting_review" in file(way)


def test_the_question_how_it_is_to_go_on_is_answered_by_that(way: BranchWorld) -> None:
    run(ask_how_to_go_on(way.desk, ISSUE, "it came back 3 times"))
    way.world.settle()
    assert way.asked()
    way.person_commits("alice.txt")
    says(way, "awaiting_review")
    assert way.asked() == []


def test_a_stranger_hands_nothing_in(way: BranchWorld) -> None:
    way.person_commits("alice.txt")
    text = way.world.read("config.toml")
    listed = next(line for line in text.splitlines() if line.startswith("alice ="))
    way.world.save("config.toml", text.replace(listed, 'bob = ["bob@example.com"]'))
    way.world.settle()
    says(way, "awaiting_review")
    assert "submits" not in file(way)


def test_the_daemon_hands_in_nothing_of_its_own(way: BranchWorld) -> None:
    with pytest.raises(Rejected, match="ash can submit it"):
        way.daemon(SubmitWork(issue=ISSUE, commit=way.at, summary=""))
