import itertools

from tests.application.world import World

LETTERS = "bcdfghjk"


def test_a_chain_of_references_against_the_order_of_names_is_adopted_over_many_batches(world: World) -> None:
    world.session.take_at_once = 2
    for this, after in itertools.pairwise(LETTERS):
        world.save(f"issues/{this}.md", f"---\nid: i-{this * 4}\ndepends_on: [i-{after * 4}]\n---\n{this}\n")
    last = LETTERS[-1]
    world.save(f"issues/{last}.md", f"---\nid: i-{last * 4}\n---\n{last}\n")
    world.settle()
    assert [world.at(f"issues/{letter}.md").depends_on for letter in LETTERS[:-1]] == [
        (f"i-{letter * 4}",) for letter in LETTERS[1:]
    ]
    assert world.problems() == []


def test_a_circle_of_references_is_answered_once_the_rest_is_adopted(world: World) -> None:
    world.session.take_at_once = 2
    for this, after in (("b", "c"), ("c", "d"), ("d", "b"), ("f", "b")):
        world.save(f"issues/{this}.md", f"---\nid: i-{this * 4}\ndepends_on: [i-{after * 4}]\n---\n{this}\n")
    world.settle()
    assert len(world.problems()) == 1
    assert world.at("issues/f.md").depends_on == ("i-bbbb",)
