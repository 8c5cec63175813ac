"""An engine that crashes again and again rests; what a person said about that holds in a database made anew.

Crashes of one issue alone are that issue's, those of one agent that agent's.
"""

from typing import Any, cast

import pytest

from dispatchd.application.agents.circuit import break_circuits, crashes_of_late, why_rests
from dispatchd.application.agents.desk import Desk
from dispatchd.application.engines_at_rest import AGAIN, WAIT, own_rest
from dispatchd.domain.agent_run import Occasion, RunOutcome, run_id
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_command import EndRun, StartRun
from tests.application.flow_world import BASE, ISSUE, FlowWorld
from tests.application.losing import lose_database
from tests.application.world import World
from tests.fakes.instant_store import run

OTHER = EntityId("i-8p3q")


class Crashing(FlowWorld):
    """Turns on one engine crash within a minute, on issues of these, of *agents* in turn."""

    engine = "scripted"

    def __init__(self, world: World, *issues: EntityId, agents: tuple[str, ...] = ("ash", "oak")) -> None:
        super().__init__(world, "plain")
        world.save("issues/other.md", f"---\nid: {OTHER}\ntitle: Other\nstatus: queued\n---\n\nDo it.\n")
        world.settle()
        for number, issue in enumerate(issues, start=1):
            self.crashes(issue, number, agents[number % len(agents)])
        world.settle()

    def crashes(self, issue: EntityId, number: int, agent: str = "ash") -> None:
        start = StartRun(
            issue=issue,
            run=run_id(issue, number),
            agent=agent,
            occasion=Occasion.BEGIN,
            branch=f"dispatchd/{issue}",
            base=BASE,
            contained=True,
        )
        end = EndRun(run=start.run, outcome=RunOutcome.CRASHED, said="Segmentation fault")
        self.daemon(start, end)

    @property
    def desk(self) -> Desk:
        made = super().desk
        cast("Any", made.ports).engines = {self.engine: None}
        return made

    def looks(self) -> None:
        for _ in range(2):
            run(break_circuits(self.desk))
        self.world.settle()

    def answers(self, option: str) -> None:
        (path,) = self.world.paths("inbox/")
        self.world.edit(path, f"- [ ] {option}", f"- [x] {option}")
        self.world.settle()
        self.looks()

    def rests(self, who: str = engine) -> bool:
        at = self.world.clock.now()
        return (
            self.world.store.look(lambda work: why_rests(work, who, at, crashes_of_late(work, at)))
            is not None
        )


@pytest.mark.parametrize(("option", "rests"), [(AGAIN, False), (WAIT, True)])
def test_people_are_asked_once_about_a_rest_and_their_answer_counts_after_a_lost_database(
    world: World, option: str, rests: bool
) -> None:
    way = Crashing(world, ISSUE, OTHER, ISSUE)
    way.looks()
    way.answers(option)
    assert way.rests() is rests
    asked = len([each for each in world.events() if type(each.event).__name__ == "ThreadOpened"])
    lose_database(world)
    world.settle()
    way.looks()
    assert way.rests() is rests
    assert len([each for each in world.events() if type(each.event).__name__ == "ThreadOpened"]) == asked


def test_crashes_of_one_issue_alone_stop_no_other_until_another_crashes_too(world: World) -> None:
    way = Crashing(world, ISSUE, ISSUE, ISSUE, ISSUE)
    way.looks()
    assert (way.rests(), world.paths("inbox/")) == (False, [])
    way.crashes(OTHER, 1)
    way.looks()
    assert way.rests()
    (path,) = world.paths("inbox/")
    first = next(line for line in world.read(path).splitlines() if "crashed within" in line)
    assert "so no turn begins on it until" in first
    assert first.endswith("does not wait for that.")


def test_crashes_of_one_agent_let_that_agent_rest_alone_until_a_person_says_go(world: World) -> None:
    way = Crashing(world, ISSUE, OTHER, ISSUE, agents=("ash",))
    way.looks()
    assert (way.rests(), way.rests(own_rest("ash")), way.rests(own_rest("oak"))) == (False, True, False)
    (path,) = world.paths("inbox/")
    assert "ash crashes again and again, and rests" in world.read(path)
    assert "so it begins no turn until" in world.read(path)
    way.answers(AGAIN)
    assert not way.rests(own_rest("ash"))
    way.crashes(OTHER, 4, "oak")
    way.looks()
    assert way.rests(), "the same crashes and one of another agent's say something of the engine"
