"""Leave that is given for once is good for one request, whatever the agent calls its requests, and for what was shown."""

import pytest

from dispatchd.application.agents.leave_threads import cause_of
from dispatchd.application.ports.run_store import Pending
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.permissions import ALLOW_ALWAYS, ALLOW_ONCE, DENY, Leave
from tests.application.flow_world import ISSUE
from tests.application.office import Office
from tests.application.test_story_of_leave_after_a_rebuild import ticks
from tests.application.world import World


def waiting(office: Office) -> tuple[Pending, ...]:
    progress = office.world.store.look(lambda work: work.runs.progress(office.turn_of_ash.id))
    return progress.asked


def test_requests_of_one_name_are_as_many_as_there_are(world: World) -> None:
    office = Office(world, "")
    office.wants("deploy", request="r1")
    world.settle()
    ticks(world, ALLOW_ONCE)
    assert office.hears()
    assert office.wants("deploy", request="r1").asked
    world.settle()
    ticks(world, ALLOW_ONCE)
    assert office.hears()
    assert office.wants("deploy", request="r1").asked
    assert office.happened("AnswerDelivered") == 2


@pytest.mark.parametrize("names", [("r1", "r1", "r1"), ("r1", "r2", "r3")])
def test_of_several_that_wait_for_one_answer_one_is_let_through_and_the_others_ask_again(
    world: World, names: tuple[str, ...]
) -> None:
    office = Office(world, "")
    for name in names:
        office.wants("deploy", request=name, beside=True)
    world.settle()
    asked = {each.thread for each in waiting(office)}
    assert (len(waiting(office)), len(asked)) == (3, 1)
    for left in (2, 1, 0):
        ticks(world, ALLOW_ONCE)
        assert office.hears()
        world.settle()
        assert len(waiting(office)) == left
        asked |= {each.thread for each in waiting(office)}
    assert len(asked) == 3
    assert office.happened("AnswerDelivered") == 3


@pytest.mark.parametrize("option", [ALLOW_ALWAYS, DENY])
def test_what_is_said_of_all_of_them_is_told_to_all_that_wait(world: World, option: str) -> None:
    office = Office(world, "")
    for _ in range(3):
        office.wants("deploy", request="r1", beside=True)
    world.settle()
    ticks(world, option)
    assert office.hears()
    assert waiting(office) == ()


def test_people_are_shown_the_paths_beside_the_command(world: World) -> None:
    office = Office(world, "")
    office.wants("true", "a.txt", "b\nc")
    asked = office.thread().turns[0].text
    assert "true" in asked
    assert '- `a.txt`\n- `"b\\nc"`' in asked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            Leave(tool="run", command="true", paths=("rm -rf ~",)),
            Leave(tool="run", command="true\nrm -rf ~"),
        ),
        (Leave(tool="run", paths=("a", "b")), Leave(tool="run", paths=("a\nb",))),
        (Leave(tool="run", command="a"), Leave(tool="run", paths=("a",))),
        (Leave(tool="run", command="a"), Leave(tool="run", about="a")),
        (Leave(tool="run\na"), Leave(tool="run", about="a")),
    ],
)
def test_an_answer_to_one_request_is_none_to_another_of_the_same_words(one: Leave, other: Leave) -> None:
    assert cause_of(ISSUE, one) != cause_of(ISSUE, other)
    assert cause_of(ISSUE, one) == cause_of(EntityId(ISSUE), one)
