"""Ticks in a proposal that is no vote yet: they are answered, and only those of the save that opens it count."""

import pytest

from tests.application.test_story_of_proposals_not_ready import ALICE, line_of, write_open
from tests.application.vote_world import PROPOSAL
from tests.application.world import World

VOTES = "\n## Votes\n\n### @alice\n\n- [x] Approve\n"
NO_VOTE = "tick it again when the vote is open"


def test_a_vote_that_was_written_before_the_vote_was_open_is_answered(world: World) -> None:
    world.save(PROPOSAL, f"---\ntitle: One\nstatus: open\nvoters: {ALICE}\n---\nText.\n{VOTES}")
    world.settle()
    assert NO_VOTE in line_of(world, "- [ ] Approve")
    assert not world.happened("VoteCast")


def test_a_vote_saved_together_with_opening_counts(world: World) -> None:
    world.save(PROPOSAL, f"---\ntitle: One\nstatus: draft\nvoters: {ALICE}\n---\nText.\n")
    world.settle()
    world.save(PROPOSAL, world.read(PROPOSAL) + VOTES)
    write_open(world)
    assert len(world.happened("VoteCast")) == 1
    assert "**Passed**" in world.read(PROPOSAL)


def test_a_vote_ticked_in_a_draft_is_answered(world: World) -> None:
    world.save(PROPOSAL, f"---\ntitle: One\nstatus: draft\nvoters: {ALICE}\n---\nText.\n")
    world.settle()
    world.save(PROPOSAL, world.read(PROPOSAL) + VOTES)
    world.settle()
    assert NO_VOTE in line_of(world, "- [ ] Approve")
    assert not world.happened("VoteCast")


@pytest.mark.parametrize("is_rested", [False, True])
def test_a_vote_that_stands_in_a_new_draft_is_nobodys_whoever_opens_it(world: World, is_rested: bool) -> None:
    mallory = ("Mallory", "mallory@evil.example")
    text = f"---\ntitle: One\nstatus: draft\nvoters: {ALICE}\n---\nText.\n{VOTES}"
    world.commit({PROPOSAL: text}, mallory)
    if is_rested:
        world.settle()
        assert NO_VOTE in line_of(world, "- [ ] Approve")
    else:
        world.round()
    write_open(world)
    assert not world.happened("VoteCast")
    world.edit(PROPOSAL, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert [event.voter for event in world.happened("VoteCast")] == ["@alice"]


def test_a_tick_that_a_commit_has_just_put_into_a_draft_is_no_vote_of_the_one_who_opens_it(
    world: World,
) -> None:
    mallory = ("Mallory", "mallory@evil.example")
    world.save(PROPOSAL, f"---\ntitle: One\nstatus: draft\nvoters: {ALICE}\n---\nText.\n")
    world.settle()
    world.commit({PROPOSAL: world.read(PROPOSAL) + VOTES}, mallory)
    world.round()
    assert NO_VOTE in line_of(world, "- [ ] Approve")
    write_open(world)
    assert not world.happened("VoteCast")


def test_an_old_proposal_that_is_copied_brings_no_votes_along(world: World) -> None:
    world.save(PROPOSAL, f"---\ntitle: One\nstatus: open\nvoters: {ALICE}\n---\nText.\n")
    world.settle()
    world.edit(PROPOSAL, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert "**Passed**" in world.read(PROPOSAL)
    copied = (
        world.read(PROPOSAL).replace("status: passed", "status: open").replace("title: One", "title: Two")
    )
    world.save("proposals/two.md", copied)
    world.settle()
    assert len(world.happened("VoteCast")) == 1


def test_a_tick_of_somebody_else_is_no_vote_of_the_one_who_opens_the_draft(world: World) -> None:
    world.save(PROPOSAL, '---\ntitle: One\nstatus: draft\nvoters: ["@alice", "@bob"]\n---\nText.\n')
    world.settle()
    world.save(PROPOSAL, world.read(PROPOSAL) + VOTES.replace("alice", "bob"))
    write_open(world)
    assert not world.happened("VoteCast")
    assert "- [ ] Approve\n  > dispatchd: " in world.read(PROPOSAL).partition("### @bob")[2]
