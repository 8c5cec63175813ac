"""A person makes a branch of agents' work another name of theirs: theirs is not moved, and they are told what mends it."""

from pathlib import Path

import pytest

from dispatchd.application.agents.checked_out import why_merging_waits
from dispatchd.application.agents.dispatching import dispatch
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread
from tests.adapters.git.test_work_clones import repository
from tests.application.branch_world import INTO, BranchWorld
from tests.application.world import World
from tests.fakes.instant_store import run

__all__ = ["repository"]


@pytest.fixture
def way(world: World, repository: Path) -> BranchWorld:
    """ash has committed."""
    made = BranchWorld(world, repository)
    made.dispatched()
    made.commits("one.txt")
    return made


def notices(way: BranchWorld) -> list[str]:
    threads = way.world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    found = [each for each in threads if isinstance(each, Thread) and each.status == "open"]
    return [each.turns[0].text for each in found if each.cause.startswith("checked-out:")]


def test_merging_waits_while_the_integration_branch_is_another_name(way: BranchWorld) -> None:
    main = way.by_hand("rev-parse", "main")
    way.hands_in()
    way.by_hand("symbolic-ref", f"refs/heads/{INTO}", "refs/heads/main")
    way.merges()
    way.merges()
    assert way.by_hand("rev-parse", "main") == main
    assert way.by_hand("status", "--porcelain") == ""
    assert way.work().phase is WorkPhase.SUBMITTED
    assert not way.asked()
    (said,) = notices(way)
    mends = f"git update-ref --no-deref refs/heads/{INTO} refs/heads/main"
    assert said.startswith(f"{INTO} is only another name of main (a symbolic reference)")
    assert mends in said
    assert mends in why_merging_waits(way.integration, INTO)
    way.by_hand(*mends.split()[1:])
    way.merges()
    assert "one.txt" in way.merged()
    assert way.by_hand("rev-parse", "main") == main
    assert not notices(way)


def test_an_agents_branch_that_is_another_name_is_a_question_before_its_next_turn(way: BranchWorld) -> None:
    main, branch = way.by_hand("rev-parse", "main"), way.work().branch
    thread = way.asks()
    way.leaves()
    stood = way.at
    way.by_hand("symbolic-ref", f"refs/heads/{branch}", "refs/heads/main")
    way.answered(thread)
    run(dispatch(way.desk))
    way.world.settle()
    assert not way.world.store.look(lambda work: list(work.runs.live()))
    (asked,) = way.asked()
    assert f"{branch} is only another name of main" in asked.turns[0].text
    way.by_hand("update-ref", "--no-deref", f"refs/heads/{branch}", stood)
    assert way.by_hand("rev-parse", "main") == main


def test_work_whose_branch_became_another_name_after_it_was_submitted_is_a_question(way: BranchWorld) -> None:
    main, branch = way.by_hand("rev-parse", "main"), way.work().branch
    way.hands_in()
    submitted = way.at
    way.by_hand("symbolic-ref", f"refs/heads/{branch}", "refs/heads/main")
    way.merges()
    (asked,) = way.asked()
    assert f"{branch} is only another name of main" in asked.turns[0].text
    assert way.by_hand("rev-parse", "main") == main == way.by_hand("rev-parse", INTO)
    way.by_hand("update-ref", "--no-deref", f"refs/heads/{branch}", submitted)
    way.merges()
    assert "one.txt" in way.merged()
