"""What passed is done once, wherever the daemon is killed; what is a person's to decide waits for one."""

from tests.application.losing import assert_rebuilt_equal
from tests.application.vote_world import AGENTS, CONTEXT, ID, ISSUE, PROPOSAL, THREE, VoteWorld, tick, titles
from tests.application.world import World


def about_to_pass(world: World) -> VoteWorld:
    votes = VoteWorld(world, voters=THREE)
    votes.look()
    votes.vote("ash")
    votes.vote("elm")
    tick(world, "Approve")
    return votes


def steps_of(world: World, votes: VoteWorld) -> int:
    before = world.steps.taken
    votes.rest()
    return world.steps.taken - before


def outcome(world: World) -> tuple[object, ...]:
    proposal = world.entity(ID)
    deeds = [each.did.partition(" is ")[2] for each in proposal.deeds]
    return titles(world), world.read(CONTEXT), deeds, len(world.happened("ActionCarriedOut"))


def test_all_votes_in_it_passes_is_carried_out_and_everybody_is_told(world: World) -> None:
    votes = VoteWorld(world, voters=THREE)
    votes.look()
    votes.vote("ash")
    votes.vote("elm", "abstain", "It is nothing for me.")
    world.settle()
    tick(world, "Approve")
    votes.rest()
    assert titles(world) == ["Hash new passwords with argon2id", "Slow"]
    assert "priority: high" in world.read(f"issues/{ISSUE}.md")
    assert world.read(CONTEXT) == "New passwords are hashed with argon2id.\n"
    assert "Done: i-" in world.read(PROPOSAL)
    assert "Veto" not in world.read(PROPOSAL)
    for agent in ("ash", "elm"):
        (message,) = votes.messages(agent)
        assert "is over: **passed**" in message
        assert "elm: abstain. It is nothing for me." in message
    assert votes.messages("birch") == []


def decided(world: World) -> list[str]:
    return [world.read(path) for path in sorted(world.paths("decisions/"))]


def test_a_decision_says_what_was_done_of_it_and_what_was_not(world: World) -> None:
    votes = about_to_pass(world)
    assert "To be done: create the issue" in decided(world)[0]
    world.delete(f"issues/{ISSUE}.md")
    world.settle()
    world.advance(700)
    votes.rest()
    (text,) = decided(world)
    assert "To be done" not in text
    assert "- Done: i-" in text
    assert "- Not done: set priority of i-7k2m to high" in text
    assert f"- Done: {CONTEXT}" in text
    assert_rebuilt_equal(world)


def test_a_decision_that_was_vetoed_leads_to_the_veto(world: World) -> None:
    votes = about_to_pass(world)
    tick(world, "Veto:", "not this month")
    votes.rest()
    passed = next(text for text in decided(world) if "outcome: passed" in text)
    (veto,) = [path for path in world.paths("decisions/") if "outcome: vetoed" in world.read(path)]
    assert "Not done: create the issue" in passed
    assert f"It was vetoed later: [decision]({veto.partition('/')[2]})." in passed
    assert_rebuilt_equal(world)


def test_what_agents_decide_among_themselves_waits_for_a_person_where_it_is_a_persons(world: World) -> None:
    action = "\n## If it passes\n\n- set config agents.max_running: 9\n- create issue: Look at it\n"
    votes = VoteWorld(world, voters=AGENTS, actions=action)
    votes.look()
    votes.vote("ash")
    votes.vote("elm")
    votes.rest()
    assert votes.proposal.status == "passed"
    assert votes.settings().agents.max_running != 9
    assert titles(world) == ["Slow"]
    (question,) = world.paths("inbox/")
    tick(world, "Do it", path=question)
    votes.rest()
    assert votes.settings().agents.max_running == 9
    assert titles(world) == ["Look at it", "Slow"]


def test_what_a_person_leaves_is_not_done_and_the_rest_goes_on(world: World) -> None:
    action = "\n## If it passes\n\n- set config agents.max_running: 9\n- create issue: Look at it\n"
    votes = VoteWorld(world, voters=AGENTS, actions=action)
    votes.look()
    votes.vote("ash")
    votes.vote("elm")
    votes.rest()
    (question,) = world.paths("inbox/")
    tick(world, "Leave it", path=question)
    votes.rest()
    assert votes.settings().agents.max_running != 9
    assert titles(world) == ["Look at it", "Slow"]
    assert "Alice Doe left it" in world.read(PROPOSAL)


def test_a_veto_before_it_is_done_leaves_everything_as_it_was(world: World) -> None:
    votes = VoteWorld(world, voters=THREE)
    votes.look()
    votes.vote("ash")
    votes.vote("elm")
    tick(world, "Approve")
    tick(world, "Veto:", "not this month")
    votes.rest()
    assert votes.proposal.status == "vetoed"
    assert titles(world) == ["Slow"]
    told = "\n".join(votes.messages("ash"))
    assert "**passed**" in told
    assert "Alice Doe decided it over the vote: not this month" in told


def test_what_cannot_be_done_any_more_is_told_and_not_tried_again(world: World) -> None:
    votes = VoteWorld(world, voters=AGENTS)
    world.delete(f"issues/{ISSUE}.md")
    world.settle()
    world.advance(700)
    votes.look()
    votes.vote("ash")
    votes.vote("elm")
    votes.rest()
    assert titles(world) == ["Hash new passwords with argon2id"]
    (asked, *_) = [world.read(path) for path in world.paths("inbox/") if "was not done" in world.read(path)]
    assert "set priority of i-7k2m to high" in asked


def test_killed_at_any_step_each_action_is_done_once() -> None:
    world = World()
    steps = steps_of(world, about_to_pass(world))
    expected = outcome(world)
    world.store.remove()
    for step in range(0, steps, max(1, steps // 24)):
        world = World()
        votes = about_to_pass(world)
        world.steps.fatal = world.steps.taken + step
        votes.rest()
        votes.rest()
        assert outcome(world) == expected, f"killed at step {step} of {steps}"
        world.store.remove()


def test_a_database_made_anew_knows_of_turns_votes_and_deeds(world: World) -> None:
    votes = about_to_pass(world)
    votes.rest()
    assert_rebuilt_equal(world)
    votes.rest()
    assert titles(world) == ["Hash new passwords with argon2id", "Slow"]
