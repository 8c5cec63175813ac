"""An office in memory: ash asks, yew is an architect and oak a reviewer, and rules say who answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from dispatchd.application.agents.answering import answer_question, ask_agents
from dispatchd.application.agents.asking import answer_waiting, ask_leave
from dispatchd.application.agents.consulting import put_questions_to_rules
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.speaking import speak
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.ports.agent_events import PermissionAsked
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.domain.agent_run import AgentRun, Occasion
from dispatchd.domain.command import Command, DeliverAnswer
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.run_command import StartRun
from dispatchd.domain.thread import Thread
from tests.application.flow_world import FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

POLICIES = "policies.toml"
ASKS = """\
[[rule]]
ask = "architect"
text = "*spaces*"
within = "10m"

[[rule]]
answer = "human"
text = "*spaces*"
within = "1h"

[[rule]]
say = "Spaces"
"""


class Office(FlowWorld):
    """ash asks; yew is an architect, oak a reviewer."""

    def __init__(self, world: World, rules: str) -> None:
        super().__init__(world, "plain")
        world.save(POLICIES, rules)
        world.settle()
        self.turn_of_ash = self.start("ash")
        self.requests = 0

    def daemon(self, *commands: Command) -> None:
        """Turns here are contained, so that nobody's saves are doubted."""
        kept = (replace(each, contained=True) if isinstance(each, StartRun) else each for each in commands)
        super().daemon(*kept)

    def asks(self, question: str, *options: str) -> Mapping[str, Any]:
        said = {"question": question, "options": list(options)}
        return run(speak(self.desk, self.turn_of_ash.id, "ask_human", said))

    @property
    def desk(self) -> Desk:
        made = super().desk
        cast("Any", made.ports).clones = SimpleNamespace(place_of=lambda issue: Path("/w") / issue)
        return made

    def wants(self, command: str, *paths: str, request: str = "", beside: bool = False) -> RunProgress:
        """ash's engine asks leave; what is owed to it is forgotten, what became of it is kept. *beside* what it asked
        before and waits for still.
        """
        found: list[RunProgress] = []
        self.requests += 1
        name = request or f"p{self.requests}"

        def plan(door: Door) -> Plan:
            before = door.work.runs.progress(self.turn_of_ash.id)
            before = before if beside else replace(before, asked=())
            asked = PermissionAsked(
                request=name, tool="Edit" if paths else "Bash", command=command, paths=paths
            )
            found.append(ask_leave(self.desk, door, self.turn_of_ash, before, asked))
            door.work.runs.save_progress(found[-1])
            return Plan(commands=[])

        run(self.desk.plan(plan))
        return found[-1]

    def hears(self) -> bool:
        """ash's process, which waits, is given what was answered; whether there was anything."""
        return run(answer_waiting(self.desk, self.turn_of_ash))

    def passes_on(self) -> None:
        """A turn has begun that tells ash what was answered."""
        self.daemon(DeliverAnswer(thread=self.thread().id))

    def looks(self) -> None:
        """What the daemon does by the clock; twice, because it may."""
        for _ in range(2):
            run(put_questions_to_rules(self.desk))
            run(ask_agents(self.desk))
        self.world.settle()

    def waits(self, length: timedelta) -> None:
        self.world.clock.pass_time(length.total_seconds())
        self.looks()

    def thread(self, thread_id: str | None = None) -> Thread:
        threads = self.world.store.look(lambda work: list(work.entities(EntityKind.THREAD)))
        mine = [each for each in threads if isinstance(each, Thread) and each.sender == "ash"]
        return next(each for each in reversed(mine) if thread_id in {None, each.id})

    def turns_for_answers(self) -> list[AgentRun]:
        live = self.world.store.look(lambda work: list(work.runs.live()))
        return [each for each in live if each.occasion is Occasion.QUESTION]

    def answers(self, turn: AgentRun, answer: str, reason: str = "") -> Mapping[str, Any]:
        return run(answer_question(self.desk, turn, {"answer": answer, "reason": reason}))

    def happened(self, name: str) -> int:
        return sum(type(each.event).__name__ == name for each in self.world.events())
