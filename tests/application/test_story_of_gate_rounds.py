"""A gate asks anew: who ticks in a text or on a page of an earlier time approves nothing of what it asks now."""

from collections.abc import Iterator

import pytest

from dispatchd.application.ports.audit_log import AuditCommit, Signature
from dispatchd.application.requests.request import Verb
from dispatchd.application.taking_over import take_over
from dispatchd.domain.epic import GateState
from dispatchd.domain.identifiers import DocumentPath
from tests.application.invariants import check_all
from tests.application.test_story_of_the_waiting_page import EPIC, EPIC_TEXT, GATE
from tests.application.waiting_world import WaitingWorld
from tests.application.world import BOB
from tests.fakes.instant_store import run

ASKED_ANEW = "tick it again if it still holds"
QUESTION = "Gate: approval: Is the flow right?\n"


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({EPIC: EPIC_TEXT})
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def ask_anew(world: WaitingWorld) -> None:
    """The gate is approved, what was approved changes, and it asks again."""
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.settle()
    assert gate(world) is GateState.APPROVED
    world.advance(120)
    world.edit(EPIC, "### Design\n", "### Design\n\nBy mail and by text message.\n")
    world.settle()
    assert gate(world) is GateState.PENDING
    world.advance(120)


def gate(world: WaitingWorld) -> GateState:
    state: GateState = world.entity("e-3fq9").stages[0].gate.state
    return state


def ticked(text: str) -> str:
    return text.replace("- [ ] Approve", "- [x] Approve: fine", 1)


def test_inv6_a_buffer_of_an_earlier_round_approves_no_later_one(world: WaitingWorld) -> None:
    buffer = world.read(EPIC)
    ask_anew(world)
    world.save(EPIC, ticked(buffer))
    world.settle()
    assert gate(world) is GateState.PENDING
    assert "By mail and by text message." in world.read(EPIC)
    assert f"- [ ] Approve: fine\n  > dispatchd: {ASKED_ANEW}" in world.read(EPIC)
    world.save(EPIC, ticked(world.read(EPIC)))
    world.settle()
    assert gate(world) is GateState.APPROVED
    assert ASKED_ANEW not in world.read(EPIC)


def test_inv6_a_buffer_that_was_saved_before_it_is_ticked_is_no_newer_for_that(world: WaitingWorld) -> None:
    buffer = world.read(EPIC)
    ask_anew(world)
    saved = buffer.replace("# Passwordless login", "# Passwordless login\n\nNo more passwords.")
    world.save(EPIC, saved)
    world.settle()
    world.save(EPIC, ticked(saved))
    world.settle()
    assert gate(world) is GateState.PENDING
    assert "No more passwords." in world.read(EPIC)


def test_inv6_a_commit_on_top_of_an_earlier_round_approves_no_later_one(world: WaitingWorld) -> None:
    old, text = world.log.head(), world.read(EPIC)
    ask_anew(world)
    who = Signature(name=BOB[0], email=BOB[1], at=world.clock.now())
    commit = AuditCommit(author=who, subject="Approve", changes={DocumentPath(EPIC): ticked(text).encode()})
    assert run(take_over(world.session, world.log.elsewhere(commit, (old,))))
    world.settle()
    assert gate(world) is GateState.PENDING
    assert f"{ASKED_ANEW}" in world.read(EPIC)
    assert "- [ ] Approve" in world.read(EPIC)


def test_inv6_a_page_of_an_earlier_round_approves_no_later_one(world: WaitingWorld) -> None:
    page = world.page()
    ask_anew(world)
    world.tick(GATE, "Approve", page=page)
    world.settle()
    assert gate(world) is GateState.PENDING
    assert "since this page was written the gate has asked anew" in world.item(GATE)
    world.tick(GATE, "Approve")
    world.settle()
    assert gate(world) is GateState.APPROVED


def test_inv6_what_changed_while_the_gate_asked_is_read_before_it_is_approved(world: WaitingWorld) -> None:
    buffer = world.read(EPIC)
    world.commit({EPIC: buffer.replace("### Design\n", "### Design\n\nBy mail and by text message.\n")})
    world.settle()
    world.save(EPIC, ticked(buffer))
    world.settle()
    assert gate(world) is GateState.PENDING
    assert "By mail and by text message." in world.read(EPIC)
    assert "has changed since this was read" in world.read(EPIC)


def test_a_buffer_beside_which_only_something_else_changed_is_as_good_as_new(world: WaitingWorld) -> None:
    buffer = world.read(EPIC)
    world.commit(
        {EPIC: buffer.replace("# Passwordless login\n", "# Passwordless login\n\nNo more passwords.\n")}
    )
    world.ask(Verb.SET, id="e-3fq9", changes=("priority=high",))
    world.settle()
    world.save(EPIC, ticked(buffer))
    world.settle()
    assert gate(world) is GateState.APPROVED
    assert "No more passwords." in world.read(EPIC)


def test_whoever_changes_the_stage_and_approves_in_one_save_has_read_it(world: WaitingWorld) -> None:
    world.save(EPIC, ticked(world.read(EPIC)).replace("### Design\n", "### Design\n\nBy mail.\n"))
    world.settle()
    assert gate(world) is GateState.APPROVED
