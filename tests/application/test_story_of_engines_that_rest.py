"""An engine that crashes again and again rests; what a person said about that holds in a database made anew."""

from typing import Any, cast

import pytest

from dispatchd.application.agents.circuit import AGAIN, WAIT, break_circuits, why_engine_rests
from dispatchd.application.agents.desk import Desk
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.run_command import EndRun
from tests.application.flow_world import FlowWorld
from tests.application.losing import lose_database
from tests.application.world import World
from tests.fakes.instant_store import run


class Crashing(FlowWorld):
    """ash's engine crashes three times within a minute."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "plain")
        for _ in range(3):
            turn = self.start("ash")
            self.daemon(EndRun(run=turn.id, outcome=RunOutcome.CRASHED, said="Segmentation fault"))
        self.engine = turn.engine
        world.settle()

    @property
    def desk(self) -> Desk:
        made = super().desk
        engine = getattr(self, "engine", "")
        cast("Any", made.ports).engines = {engine: None}
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

    def rests(self) -> bool:
        at = self.world.clock.now()
        return self.world.store.look(lambda work: why_engine_rests(work, self.engine, at)) is not None


@pytest.mark.parametrize(("option", "rests"), [(AGAIN, False), (WAIT, True)])
def test_people_are_asked_once_about_a_rest_and_their_answer_counts_after_a_lost_database(
    world: World, option: str, rests: bool
) -> None:
    way = Crashing(world)
    way.looks()
    way.answers(option)
    assert way.rests() is rests
    asked = len([each for each in world.events() if type(each.event).__name__ == "ThreadOpened"])
    lose_database(world)
    world.settle()
    way.looks()
    assert way.rests() is rests
    assert len([each for each in world.events() if type(each.event).__name__ == "ThreadOpened"]) == asked
