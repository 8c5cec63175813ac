"""A card with `engine: command:NAME` whose command is not there yet: said on its line, and work begins once it is."""

from contextlib import closing

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.agents.card_lines import answer_card_lines
from dispatchd.application.agents.looks import Why, why
from dispatchd.application.checking import check_tree
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.workspace_status import status_of
from tests.application.flow_world import ISSUE, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

CARD = "agents/robo/agent.md"
WHY = 'There is no command "robo" below [commands] in config.toml'


class Workshop(FlowWorld):
    """The issue is robo's, which runs a command."""

    def __init__(self, world: World) -> None:
        super().__init__(world, "plain")
        world.save(CARD, "---\nname: robo\nrole: coder\nengine: command:robo\n---\n\nWorks.\n")
        world.settle()
        world.edit("issues/login.md", "status: queued", "status: queued\nassignee: robo")
        world.settle()

    def line(self) -> str:
        for _ in range(2):
            run(answer_card_lines(self.desk))
            self.world.settle()
        return next(each for each in self.world.read(CARD).split("\n") if each.startswith("engine:"))

    def why(self) -> Why:
        def look(work: UnitOfWork) -> Why:
            issue = work.issue(ISSUE)
            assert issue is not None
            return why(work, PackagedAssets(), self.settings(), issue, self.world.clock.now())

        return self.world.store.look(look)

    def check(self) -> list[str]:
        """What `dispatchd check` reads afresh, by line."""
        found = check_tree(self.world.tree, KINDS, (), {"plain"})
        return [f"{each.path}:{each.line}: {each.what}" for each in found]


def test_a_command_that_is_missing_is_said_at_the_cards_line_and_begins_nothing_in_vain(world: World) -> None:
    way = Workshop(world)
    assert way.line() == (
        f'engine: command:robo # dispatchd: {WHY}. Write robo = "…" there. Until then no turn begins on it'
    )
    assert f"{CARD}:4: {WHY}" in way.check()
    assert 'there is no command "robo" below [commands]' in way.why().why
    assert not way.why().starts
    world.edit("config.toml", 'test = "make test"', 'test = "make test"\nrobo = "./robo"')
    world.settle()
    world.advance(60)
    assert way.why().starts
    assert way.line() == "engine: command:robo"
    assert way.check() == []
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        assert status_of(model).problems == ()


def test_a_command_that_is_nearly_there_is_named(world: World) -> None:
    way = Workshop(world)
    world.edit("config.toml", "test = ", "robot = ")
    world.settle()
    assert "Did you mean command:robot? Until then no turn begins on it" in way.line()
