"""What a page of evidence names can be looked up for as long as the page stands."""

from tests.application.flow_world import FlowWorld
from tests.application.test_story_of_a_workflow import TESTS, to_red
from tests.application.world import World


def test_the_page_of_each_round_names_a_commit_that_is_kept_and_the_one_handed_in(world: World) -> None:
    way = FlowWorld(world, "tdd")
    to_red(way, {"tests/new": "old"})
    first = way.flow.commit
    assert way.look()
    way.hand_in("elm", TESTS)
    assert way.look()
    way.judge("oak", "approve")
    assert way.look()
    world.settle()
    pages = [world.read(path) for path in world.paths("evidence/")]
    kept = [commit for commit in way.repository.refs.values() if any(f"`{commit}`" in page for page in pages)]
    assert len(pages) == len(kept) == 2
    assert any(f", the tests of `{first}` without its code" in page for page in pages)
