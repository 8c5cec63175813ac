"""What a command has written and no commit holds yet, and somebody sweeps into a commit of theirs."""

from dispatchd.application.following import follow_head
from dispatchd.application.relaying import relay
from dispatchd.application.requests.request import Verb
from tests.application.test_story_of_the_branch import A, B, acting
from tests.application.world import BOB, World
from tests.fakes.instant_store import run


def test_092_a_commit_that_takes_along_what_is_yet_to_be_committed_is_no_act_of_its_author(
    world: World,
) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nText\n")
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.settle()
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=low",))
    world.settle()
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=high",))
    run(relay(world.session))
    high = world.read(A)
    assert "priority: high\n" in high
    world.clock.pass_time(2)
    world.commit({B: world.read(B) + "More\n"}, BOB, writes_files=False)
    run(follow_head(world.session))
    world.ask(Verb.SET, id="i-aaaa", changes=("priority=critical",))
    run(relay(world.session))
    world.commit({A: high}, BOB, writes_files=False)
    world.settle()
    assert acting(world, "FactSet") == ["alice"] * 3
    assert "priority: critical\n" in world.read(A)
    assert world.on_branch(A) == world.read(A)
