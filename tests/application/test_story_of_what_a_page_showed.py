"""A tick on WAITING.md counts for what its page showed: nobody approves or answers what they never saw."""

from collections.abc import Iterator

import pytest

from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.requests.request import Verb
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import AnswerThread, Circumstance
from dispatchd.domain.epic import GateState
from dispatchd.domain.identifiers import EntityId
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
from tests.fakes.instant_store import run

CHANGED = "read it and tick it again"
MAY_I = "May I run the tests?"
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
    world.ask(
        Verb.ASK, speaker="ash", question=QUESTION, options=("argon2id", "bcrypt"), text="Which of them?"
    )
    world.settle()
    buffer = world.page()
    say_more(world, QUESTION, "And may I push it to production?")
    world.tick(QUESTION, "bcrypt", page=buffer)
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert "push it to production" in world.item(QUESTION)
    assert f"{CHANGED}: what this is about has changed" in world.item(QUESTION)
    world.tick(QUESTION, "bcrypt")
    world.settle()
    assert len(world.happened("ThreadAnswered")) == 1


def test_inv6_an_answer_typed_on_an_old_page_is_not_sent_and_not_lost(world: WaitingWorld) -> None:
    world.ask(Verb.ASK, speaker="ash", question=QUESTION, text="Which of them?")
    world.settle()
    buffer = world.page().replace("> Which of them?\n", "> Which of them?\n\nThe known one.\n")
    say_more(world, QUESTION, "And may I push it to production?")
    world.tick(QUESTION, "Send", page=buffer)
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert "The known one." in world.item(QUESTION)
    world.tick(QUESTION, "Send")
    world.settle()
    assert [event.text for event in world.happened("ThreadAnswered")] == ["The known one."]


def test_inv6_one_box_for_several_allows_only_those_that_are_as_they_were_shown(world: WaitingWorld) -> None:
    for _ in range(3):
        ask_permission(world, MAY_I)
    world.settle()
    buffer = world.page()
    said_to = say_more(world, MAY_I, "And delete them afterwards?")
    world.tick(MAY_I, "Allow all 3", page=buffer)
    world.settle()
    assert len(world.happened("ThreadAnswered")) == 2
    assert said_to not in {event.thread for event in world.happened("ThreadAnswered")}
    assert CHANGED in world.item(MAY_I)
    world.tick(MAY_I, "Allow")
    world.settle()
    assert len(world.happened("ThreadAnswered")) == 3


def test_inv6_what_bob_wanted_is_confirmed_only_for_the_gate_he_meant(world: WaitingWorld) -> None:
    rewrite(world, EPIC, "Gate: approval:", "Gate: approval by @alice:", by_commit=False)
    world.commit({EPIC: world.read(EPIC).replace("- [ ] Approve", "- [x] Approve")}, BOB)
    world.settle()
    confirm, box = "Bob Roe wants to approve", "Approve it, in your own name"
    buffer = world.page()
    title = next(line for line in buffer.splitlines() if line.startswith(f"### [{confirm}"))
    title = title.removeprefix("### [").partition("]")[0]
    rewrite(world, EPIC, BEFORE, AFTER, by_commit=False)
    world.tick(title, box, page=buffer)
    world.settle()
    assert gate(world) is GateState.PENDING
    assert CHANGED in world.item(confirm)


@pytest.mark.parametrize("comment", ["shows", "rev"])
def test_a_page_that_lost_a_comment_is_read_as_what_it_began_as(world: WaitingWorld, comment: str) -> None:
    lines = world.page().splitlines(keepends=True)
    bare = "".join(line for line in lines if not line.startswith(f"<!-- {comment}:"))
    assert bare != world.page()
    world.tick(GATE, "Approve", page=bare)
    world.settle()
    assert gate(world) is GateState.APPROVED
    assert "No longer waiting" not in world.page()


def say_more(world: WaitingWorld, title: str, text: str) -> EntityId:
    """The agent adds to the oldest thing that it asked under *title*, and a minute goes by; what it was."""
    actor = agent_actor("ash")
    found = next(event.thread for event in world.happened("ThreadOpened") if event.thread.title == title)

    def circumstance(_work: object) -> Circumstance:
        provenance = Provenance(channel=Channel.COMMAND, spoken_by="alice")
        return Circumstance(actor=actor, at=world.clock.now(), provenance=provenance)

    def plan(_door: Door, _at: Circumstance) -> Plan:
        return Plan(commands=(AnswerThread(thread=found.id, text=text),))

    run(world.session.act(plan, circumstance))
    world.settle()
    world.advance(60)
    found_id: EntityId = found.id
    return found_id
