"""One person votes on two machines before either knew of the other: the later vote counts, and the file shows one."""

import pytest

from dispatchd.application.joining import Sides, joined_text
from dispatchd.application.ports.audit_log import CLONE_TRAILER, AuditCommit, CommitId, Signature
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.proposal import Choice
from dispatchd.reconcile.document_merge import Winner, merge_documents
from tests.application.invariants import check_all
from tests.application.test_story_of_shared_branches import elsewhere, take
from tests.application.test_story_of_ticks import PROPOSAL, PROPOSAL_TEXT
from tests.application.who_and_what import ALICE
from tests.application.world import World


def voted(world: World, choice: str, reason: str = "") -> str:
    head, mark, tail = world.read(PROPOSAL).partition("### @alice")
    said = f"- [x] {choice} {reason}" if reason else f"- [x] {choice}"
    return head + mark + tail.replace(f"- [ ] {choice}", said, 1)


def ticks(world: World) -> list[str]:
    section = world.read(PROPOSAL).partition("### @alice")[2].partition("###")[0]
    return [line for line in section.splitlines() if line.startswith("- [x]")]


@pytest.mark.parametrize("at_once", [True, False])
def test_the_later_of_two_votes_counts_and_its_tick_alone_stands(at_once: bool) -> None:
    world = World({PROPOSAL: PROPOSAL_TEXT})
    world.settle()
    base = world.log.head()
    first = elsewhere(world, {PROPOSAL: voted(world, "Approve")}, ALICE, base)
    world.clock.pass_time(0.5)
    second = elsewhere(world, {PROPOSAL: voted(world, "Reject:", "too slow")}, ALICE, base)
    take(world, first)
    if not at_once:
        world.settle()
        world.advance(30)
    take(world, second)
    (vote,) = world.entity("p-9xw4").votes
    assert vote.choice is Choice.REJECT
    assert ticks(world) == ["- [x] Reject: too slow"]
    assert world.on_branch(PROPOSAL) == world.read(PROPOSAL)
    check_all(world)


def test_a_vote_saved_here_and_another_that_arrives_show_one_tick() -> None:
    world = World({PROPOSAL: PROPOSAL_TEXT})
    world.settle()
    there = elsewhere(world, {PROPOSAL: voted(world, "Reject:", "too slow")}, ALICE)
    world.save(PROPOSAL, voted(world, "Approve"))
    world.advance(0.5)
    take(world, there)
    assert len(ticks(world)) == 1
    (vote,) = world.entity("p-9xw4").votes
    assert ticks(world)[0].startswith(f"- [x] {'Approve' if vote.choice is Choice.APPROVE else 'Reject:'}")
    check_all(world)


def joined(world: World, base: CommitId, first: CommitId, second: CommitId) -> CommitId:
    """What another clone's daemon makes of the two before home has seen either."""
    path = DocumentPath(PROPOSAL)
    before, here, there = (world.log.read(each, path) for each in (base, first, second))
    text = joined_text(path, Sides(before=before, here=here, there=there), Winner.OURS)
    who = Signature(name=ALICE[0], email=ALICE[1], at=world.clock.now())
    merge = AuditCommit(
        author=who, committer=who, subject="Join", changes={path: text}, marks={CLONE_TRAILER: "laptop"}
    )
    return world.log.elsewhere(merge, (first, second))


@pytest.mark.parametrize("later", ["Approve", "Reject:"])
def test_two_votes_that_another_clone_has_joined_come_to_the_later_one(later: str) -> None:
    world = World({PROPOSAL: PROPOSAL_TEXT})
    world.settle()
    base = world.log.head()
    votes = [("Approve", ""), ("Reject:", "too slow")]
    if later == "Approve":
        votes.reverse()
    first = elsewhere(world, {PROPOSAL: voted(world, *votes[0])}, ALICE, base)
    second = elsewhere(world, {PROPOSAL: voted(world, *votes[1])}, ALICE, base)
    made = joined(world, base, first, second)
    assert (world.log.read(made, DocumentPath(PROPOSAL)) or b"").count(b"[x]") == 1
    take(world, made)
    (vote,) = world.entity("p-9xw4").votes
    assert vote.choice is (Choice.APPROVE if later == "Approve" else Choice.REJECT)
    assert len(ticks(world)) == 1
    assert ticks(world)[0].startswith(f"- [x] {later}")
    assert world.on_branch(PROPOSAL) == world.read(PROPOSAL)
    check_all(world)


def test_two_votes_merge_to_one_tick_whichever_way_round() -> None:
    world = World({PROPOSAL: PROPOSAL_TEXT})
    world.settle()
    base, one, other = (world.read(PROPOSAL), voted(world, "Approve"), voted(world, "Reject:", "too slow"))
    merged = merge_documents(base, one, other)
    assert merged == merge_documents(base, other, one)
    assert (merged.text.count("[x]"), merged.conflicts) == (1, 0)
    for winner, choice in ((Winner.OURS, "[x] Approve"), (Winner.THEIRS, "[x] Reject: too slow")):
        text = merge_documents(base, one, other, winner=winner).text
        assert (text.count("[x]"), choice in text) == (1, True)
    twice = one.replace("- [ ] Abstain", "- [x] Abstain", 1)
    assert merge_documents(base, twice, other).text.count("[x]") == 3
