"""A tick on WAITING.md counts for what its page showed: nobody approves or answers what they never saw."""

from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.epic import GateState
from dispatchd.domain.thread import ThreadStatus
from tests.application.invariants import check_all
from tests.application.permissions import ask_permission
from tests.application.test_story_of_the_waiting_page import (
    EPIC,
    EPIC_TEXT,
    GATE,
    PROPOSAL,
    PROPOSAL_TEXT,
    QUESTION,
    VOTE,
)
from tests.application.waiting_world import WAITING, WaitingWorld
from tests.application.world import BOB

CHANGED = "read it and tick it again"
BEFORE, AFTER = "Is the flow right?", "May I have all the money?"


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({EPIC: EPIC_TEXT, PROPOSAL: PROPOSAL_TEXT})
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def gate(world: WaitingWorld) -> GateState:
    state: GateState = world.entity("e-3fq9").stages[0].gate.state
    return state


def rewrite(world: WaitingWorld, path: str, old: str, new: str, *, by_commit: bool) -> None:
    """Somebody else changes a file, all of it is brought level, and a minute goes by."""
    if by_commit:
        world.commit({path: world.read(path).replace(old, new)}, BOB)
    else:
        world.edit(path, old, new)
    world.settle()
    assert new in world.read(path)
    world.advance(60)


@pytest.mark.parametrize("by_commit", [False, True])
@pytest.mark.parametrize("box", ["Approve", "Reject:", "Skip:"])
def test_inv6_a_page_that_asked_something_else_answers_no_gate(
    world: WaitingWorld, box: str, by_commit: bool
) -> None:
    buffer = world.page()
    rewrite(world, EPIC, BEFORE, AFTER, by_commit=by_commit)
    world.tick(GATE, box, "so be it", page=buffer)
    world.settle()
    assert gate(world) is GateState.PENDING
    assert AFTER in world.item(GATE)
    assert f"so be it\n  > dispatchd: {CHANGED}: what the gate is about has changed" in world.item(GATE)
    world.save(WAITING, world.page().replace(f"- [ ] {box.rstrip(':')}: so", f"- [x] {box.rstrip(':')}: so"))
    world.settle()
    assert gate(world) is not GateState.PENDING


def test_inv6_a_page_from_before_the_stage_was_rewritten_approves_nothing(world: WaitingWorld) -> None:
    buffer = world.page()
    rewrite(world, EPIC, "### Design\n", "### Design\n\nBy pigeon.\n", by_commit=True)
    world.tick(GATE, "Approve", page=buffer)
    world.settle()
    assert gate(world) is GateState.PENDING
    assert CHANGED in world.item(GATE)
    world.tick(GATE, "Approve")
    world.settle()
    assert gate(world) is GateState.APPROVED


def test_inv6_what_changes_together_with_the_tick_is_not_approved_by_it(world: WaitingWorld) -> None:
    world.save(EPIC, world.read(EPIC).replace(BEFORE, AFTER))
    world.tick(GATE, "Approve")
    world.settle()
    assert gate(world) is GateState.PENDING
    assert AFTER in world.item(GATE)


def test_a_page_beside_which_something_else_changed_is_as_good_as_new(world: WaitingWorld) -> None:
    buffer = world.page()
    rewrite(world, PROPOSAL, "# Use argon2id\n", "# Use argon2id\n\nIt is slow.\n", by_commit=True)
    rewrite(
        world, EPIC, "# Passwordless login\n", "# Passwordless login\n\nNo more of them.\n", by_commit=True
    )
    world.tick(GATE, "Approve", page=buffer)
    world.settle()
    assert gate(world) is GateState.APPROVED


def test_inv6_two_rounds_in_one_minute_are_two(world: WaitingWorld) -> None:
    buffer = world.page()
    for verb in ("Reject: not yet", "Ask again"):
        world.edit(EPIC, f"- [ ] {verb.partition(' not')[0]}", f"- [x] {verb}")
        world.settle()
    assert gate(world) is GateState.PENDING
    since = [line for line in buffer.splitlines() if line.startswith("`e-3fq9`")]
    assert [line for line in world.page().splitlines() if line.startswith("`e-3fq9`")] == since
    world.tick(GATE, "Approve", page=buffer)
    world.settle()
    assert gate(world) is GateState.PENDING
    assert CHANGED in world.item(GATE)
    world.tick(GATE, "Approve")
    world.settle()
    assert gate(world) is GateState.APPROVED


def test_a_tick_of_one_round_does_not_hide_the_same_tick_in_the_next(world: WaitingWorld) -> None:
    for _ in range(2):
        world.tick(GATE, "Reject:", "not yet")
        world.settle()
        assert gate(world) is GateState.REJECTED
        world.edit(EPIC, "- [ ] Ask again", "- [x] Ask again")
        world.settle()
    assert len(world.happened("GateRejected")) == 2


def test_inv6_a_page_that_showed_another_proposal_casts_no_vote(world: WaitingWorld) -> None:
    buffer = world.page()
    rewrite(world, PROPOSAL, "# Use argon2id\n", "# Use argon2id\n\nAnd sell the company.\n", by_commit=True)
    world.tick(VOTE, "Approve", page=buffer)
    world.settle()
    assert not world.happened("VoteCast")
    assert "And sell the company." in world.item(VOTE)
    assert CHANGED in world.item(VOTE)
    world.tick(VOTE, "Approve")
    world.settle()
    assert len(world.happened("VoteCast")) == 1


def test_a_vote_of_somebody_else_makes_no_page_stale(world: WaitingWorld) -> None:
    world.edit(PROPOSAL, '"@alice"', '"@alice", "@bob"')
    world.settle()
    buffer = world.page()
    text = world.read(PROPOSAL)
    head, _, rest = text.partition("### @bob")
    world.commit({PROPOSAL: head + "### @bob" + rest.replace("- [ ] Approve", "- [x] Approve", 1)}, BOB)
    world.settle()
    assert len(world.happened("VoteCast")) == 1
    world.tick(VOTE, "Approve", page=buffer)
    world.settle()
    assert len(world.happened("VoteCast")) == 2


def test_inv6_a_page_from_before_more_was_said_answers_no_question(world: WaitingWorld) -> None:
    asked = world.ask(
        Verb.ASK, speaker="ash", question=QUESTION, options=("argon2id", "bcrypt"), text="Which of them?"
    )
    world.settle()
    buffer = world.page()
    say_more(world, "And may I push it to production?")
    world.tick(QUESTION, "bcrypt", page=buffer)
    world.settle()
    assert asked is not None
    assert not world.happened("ThreadAnswered")
    assert "push it to production" in world.item(QUESTION)
    assert f"{CHANGED}: what this is about has changed" in world.item(QUESTION)
    world.tick(QUESTION, "bcrypt")
    world.settle()
    assert len(world.happened("ThreadAnswered")) == 1
