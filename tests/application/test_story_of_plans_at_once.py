"""What several turns need is asked for together, and one that is refused costs the others nothing."""

from collections.abc import Callable

from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Done, Plan
from dispatchd.domain.agent_run import Occasion, run_id
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_command import StartRun
from tests.application.flow_world import BASE, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

ISSUES = tuple(EntityId(f"i-{name}") for name in ("2a2a", "3b3b", "4c4c"))


class Three(FlowWorld):
    """Three issues that nobody works on."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "plain")
        for issue in ISSUES:
            text = f"---\nid: {issue}\ntitle: Do {issue}\nstatus: queued\n---\n\nDo it.\n"
            world.save(f"issues/{issue}.md", text)
        world.settle()

    def begin(self, *agents: str) -> list[Done | Rejected]:
        """A turn for each of the issues, all asked for at once."""
        starts = [start(*each) for each in zip(ISSUES, agents, strict=True)]
        return list(run(self.desk.plan_each(starts)))

    def begun(self) -> dict[EntityId, str]:
        live = self.world.store.look(lambda work: list(work.runs.live()))
        return {each.issue: each.agent for each in live}


def start(issue: EntityId, agent: str) -> Callable[[Door], Plan]:
    begin = StartRun(
        issue=issue,
        run=run_id(issue, 1),
        agent=agent,
        occasion=Occasion.BEGIN,
        branch=f"dispatchd/{issue}",
        base=BASE,
        contained=True,
    )
    return lambda _door: Plan(commands=[begin], subject=issue)


def test_turns_that_may_begin_begin_in_one_transaction(world: World) -> None:
    three = Three(world)
    before = len(world.steps.names)
    done = three.begin("ash", "oak", "yew")
    assert [each.subject for each in done if isinstance(each, Done)] == [*ISSUES]
    assert three.begun() == dict(zip(ISSUES, ("ash", "oak", "yew"), strict=True))
    assert world.steps.names[before:].count("transaction") == 1
    assert all("in_progress" in world.read(f"issues/{issue}.md") for issue in _settled(world))


def test_one_that_may_not_begin_is_told_why_and_the_others_begin_all_the_same(world: World) -> None:
    three = Three(world)
    first, refused, last = three.begin("ash", "nobody", "yew")
    assert isinstance(refused, Rejected)
    assert "nobody" in str(refused)
    assert three.begun() == {ISSUES[0]: "ash", ISSUES[2]: "yew"}
    for done in (first, last):
        assert isinstance(done, Done)
        assert len(done.events) == len({event.id for event in done.events}) > 0
    kept = [each.id for each in world.events()]
    assert len(kept) == len(set(kept)), "what was undone and done again stands once"


def _settled(world: World) -> tuple[EntityId, ...]:
    world.settle()
    return ISSUES
