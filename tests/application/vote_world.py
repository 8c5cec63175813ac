"""A world in which agents are asked for their votes: what the daemon does, and what they say in their turns."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.speaking import speak
from dispatchd.application.agents.voting.asking import ask_for_votes
from dispatchd.application.carrying_out import carry_out_decisions
from dispatchd.application.deadlines import end_due_votes
from dispatchd.application.ports.agent_engine import Abilities
from dispatchd.application.ports.sandbox import Containment
from dispatchd.documents.config_document import read_config
from dispatchd.documents.config_values import Config
from dispatchd.domain.agent_run import AgentRun, RunOutcome
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.run_command import EndRun
from tests.application.world import World
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import run

PROPOSAL: Final = "proposals/argon.md"
ID: Final = EntityId("p-9xw4")
ISSUE: Final = "i-7k2m"
THREE: Final = '[coder, elm, "@alice"]'
AGENTS: Final = "[ash, elm]"
CONTEXT: Final = "context/hashing.md"
ACTIONS: Final = """
## If it passes

- create issue: Hash new passwords with argon2id
- set i-7k2m priority: high
- write context/hashing.md

  ```
  New passwords are hashed with argon2id.
  ```
"""
TEXT: Final = (
    "---\nid: p-9xw4\n{facts}---\n\n# Use argon2id\n\nPBKDF2 is below what is recommended.\n{actions}"
)


class VoteWorld:
    """Two coders and a tester with cards, and one proposal. Each method is one look of the daemon, or one act of an agent."""

    def __init__(self, world: World, *, actions: str = ACTIONS, settings: str = "", **facts: str) -> None:
        self.world = world
        config = world.read("config.toml") + f"\n[workspace]\n{settings}\n"
        world.save("config.toml", config)
        for name, role in (("ash", "coder"), ("birch", "coder"), ("elm", "test")):
            world.save(
                f"agents/{name}/agent.md", f"---\nname: {name}\nrole: {role}\nengine: told\n---\n\nWorks.\n"
            )
        world.save(f"issues/{ISSUE}.md", f"---\nid: {ISSUE}\ntitle: Slow\n---\n\nIt takes a second.\n")
        world.settle()
        lines = "".join(f"{key}: {value}\n" for key, value in facts.items())
        world.save(PROPOSAL, TEXT.format(facts=lines, actions=actions))
        world.settle()

    @property
    def desk(self) -> Desk:
        engine = SimpleNamespace(abilities=Abilities())
        ports = SimpleNamespace(
            assets=PackagedAssets(),
            settings=self.settings,
            engines={"told": engine},
        )
        places = SimpleNamespace(repository=Path("/repository"))
        return Desk(
            session=self.world.session,
            ports=cast("Any", ports),
            places=cast("Any", places),
            containment=Containment(holds=True),
        )

    def settings(self) -> Config:
        return read_config(self.world.read("config.toml")).config or Config()

    @property
    def proposal(self) -> Proposal:
        found: Proposal = self.world.entity(ID)
        return found

    def look(self) -> None:
        """What the daemon does when something has happened; where it dies in it, the next one does it."""
        try:
            run(end_due_votes(self.world.session))
            run(carry_out_decisions(self.world.session))
            run(ask_for_votes(self.desk))
        except Crashed:
            self.world.restart(power_cut=self.world.cuts_power)

    def rest(self) -> None:
        """Looks and rounds until nothing follows."""
        before = -1
        while before != (before := len(self.world.events())):
            self.look()
            self.world.settle()

    def turns(self) -> list[AgentRun]:
        return list(self.world.store.look(lambda work: work.runs.of_issue(ID)))

    def live(self, agent: str) -> AgentRun:
        (found,) = [each for each in self.turns() if each.is_live and each.agent == agent]
        return found

    def told(self, turn: AgentRun) -> str:
        """What the agent is told in the turn."""

        def read(work: Any) -> str:
            return str(work.blobs.get(work.runs.progress(turn.id).prompt).decode())

        return self.world.store.look(read)

    def say(self, agent: str, verb: str = "cast_vote", **said: object) -> Mapping[str, Any]:
        """The agent says it over the socket of its turn."""
        return run(speak(self.desk, self.live(agent).id, verb, said))

    def vote(self, agent: str, choice: str = "approve", reason: str = "It is better.") -> None:
        """A whole turn: a vote, and the turn ends."""
        turn = self.live(agent)
        self.say(agent, choice=choice, reason=reason)
        self.end(turn)

    def end(self, turn: AgentRun, outcome: RunOutcome = RunOutcome.OK) -> None:
        run(self.desk.act(EndRun(run=turn.id, outcome=outcome, session=f"s-{turn.agent}")))

    def messages(self, agent: str) -> list[str]:
        """The files in the agent's inbox."""
        self.world.settle()
        return [self.world.read(path) for path in self.world.paths(f"agents/{agent}/inbox/")]


def tick(world: World, box: str, why: str = "", path: str = PROPOSAL) -> None:
    """A person ticks a box and saves."""
    world.edit(path, f"- [ ] {box}", f"- [x] {box} {why}".rstrip())
    world.settle()


def titles(world: World) -> list[str]:
    """The titles of all issues."""
    issues = [world.read(path) for path in world.paths("issues/")]
    return sorted(text.partition("title: ")[2].partition("\n")[0] for text in issues)
