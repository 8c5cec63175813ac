"""A world whose turns begin as the daemon begins them: chosen by what is due, and told what is stored for them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.dispatching import dispatch
from dispatchd.application.agents.putting_questions import ask_people
from dispatchd.application.ports.peoples_work import Arrivals
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import AgentRun, RunOutcome, run_id
from dispatchd.domain.run_command import EndRun
from tests.application.flow_world import BASE, ISSUE, PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

SESSION = "s-1"


class Dispatching(FlowWorld):
    """ash works on an issue that goes through no workflow; what git has of its branch is told to it."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "plain")
        world.edit(PATH, "workflow: plain\n", "")
        world.settle()
        world.clock.pass_time(60)  # the issue has been left alone for long enough

    @property
    def desk(self) -> Desk:
        made = super().desk
        ports = cast("Any", made.ports)
        ports.clones = SimpleNamespace(
            branch_is_free=lambda _branch: True,
            base_for=lambda *_: BASE,
            place_of=lambda issue: Path("/w") / issue,
        )
        ports.people = SimpleNamespace(arrived=lambda *_: Arrivals(stands=BASE))
        ports.missing = lambda _programs: None
        return made

    def dispatched(self) -> str:
        """The next turn begins; what it is told."""
        known = self.world.store.look(lambda work: work.work(ISSUE))
        number = run_id(ISSUE, (known.turns if known else 0) + 1)
        run(dispatch(self.desk))
        self.world.settle()
        assert self.turn_named(number) is not None, "no turn begins"
        return self.prompt_of(number)

    def turn_named(self, number: Any) -> AgentRun | None:
        return self.world.store.look(lambda work: work.run(number))

    def prompt_of(self, number: Any) -> str:
        def read(work: Any) -> str:
            kept = work.runs.progress(number).prompt
            return str(work.blobs.get(kept).decode()) if kept is not None else ""

        return self.world.store.look(read)

    def live(self) -> AgentRun:
        (turn,) = self.world.store.look(lambda work: list(work.runs.live()))
        return turn

    def asks(self, question: str = "Blue?") -> str:
        """The turn that runs asks people; the thread."""
        said = {"question": question, "options": ["Yes", "No"]}
        return str(run(ask_people(self.desk, self.live(), said))["thread"])

    def over(self, outcome: RunOutcome = RunOutcome.OK, commit: str | None = None) -> None:
        """The turn that runs ends."""
        session = None if outcome is RunOutcome.FAILED_TO_START else SESSION
        self.daemon(EndRun(run=self.live().id, outcome=outcome, session=session, commit=commit))
        self.world.settle()

    def answered(self, thread: str, chosen: str = "Yes") -> None:
        self.world.ask(Verb.ANSWER, thread=thread, text=chosen)

    def waits_for_an_answer(self) -> str:
        """A first turn has asked and is over; the thread."""
        self.dispatched()
        thread = self.asks()
        self.over()
        return thread


@pytest.fixture
def desk_of_ash(world: World) -> Dispatching:
    return Dispatching(world)
