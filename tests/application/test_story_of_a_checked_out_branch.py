"""Somebody has the integration branch checked out: nothing is merged under them, they are told, and it goes on after."""

from pathlib import Path

import pytest

from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.thread import Thread
from tests.application.flow_world import BASE, PATH
from tests.application.test_story_of_protected_paths import MergingWorld
from tests.application.world import World

HERE, THERE = Path("/somewhere/app"), Path("/elsewhere/app")


@pytest.fixture
def way(world: World) -> MergingWorld:
    return MergingWorld(world)


def notices(way: MergingWorld) -> list[Thread]:
    threads = way.world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
    found = [each for each in threads if isinstance(each, Thread) and each.cause.startswith("checked-out:")]
    return [each for each in found if each.status == "open"]


def test_work_waits_and_people_are_told_once_and_it_goes_on_by_itself(way: MergingWorld) -> None:
    way.branch.checked_out = HERE
    way.work_on("code")
    way.merge()
    assert way.branch.at == BASE
    assert way.work().phase is WorkPhase.SUBMITTED, "it is not given back to the agent"
    (notice,) = notices(way)
    assert f"is checked out in {HERE}; switch to another branch there" in notice.turns[0].text
    way.branch.checked_out = None
    way.merge()
    assert way.branch.at == way.head
    assert way.work().phase is WorkPhase.MERGED
    assert not notices(way)


def test_another_checkout_is_another_notice(way: MergingWorld) -> None:
    way.branch.checked_out = HERE
    way.work_on("code")
    way.branch.checked_out = THERE
    way.merge()
    (notice,) = notices(way)
    assert str(THERE) in notice.turns[0].text
    assert way.branch.at == BASE


def test_the_notice_goes_with_the_checkout_also_where_nothing_is_left_to_merge(way: MergingWorld) -> None:
    way.branch.checked_out = HERE
    way.work_on("code")
    way.world.edit(PATH, "status: awaiting_review", "status: cancelled")
    way.branch.checked_out = None
    way.world.settle()
    way.merge()
    assert not notices(way)
    assert way.branch.at == BASE
