"""Ticks that are not written as they were offered: taken where they can mean one thing only, else answered."""

from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.test_foresight import foreseen
from tests.application.waiting_world import WAITING, WaitingWorld

EPIC, PROPOSAL = "epics/login.md", "proposals/argon.md"
EPIC_TEXT = """\
---
id: e-3fq9
status: ready
---

# Passwordless login

## Stages

### Design

Gate: approval: Is the flow right?

### Build

1. Canary
2. All regions

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""
PROPOSAL_TEXT = '---\nid: p-9xw4\nvoters: ["@alice", coder]\n---\n\n# Use argon2id\n'
OWN = "- [x] Approve the budget"


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({EPIC: EPIC_TEXT, PROPOSAL: PROPOSAL_TEXT})
    made.ask(Verb.ASK, speaker="ash", question="Which hash?", options=("argon2id", "bcrypt"))
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


@pytest.mark.parametrize(
    ("written", "stamp"),
    [
        ("- [x] Approve because fast", "Approved: because fast (Alice Doe, "),
        ("- [x] Approve, it is fast", "Approved: it is fast (Alice Doe, "),
        ("- [x] approve (see above)", "Approved: (see above) (Alice Doe, "),
        ("- [x] **Approve** now", "Approved: now (Alice Doe, "),
        ("- [x] Approve.", "Approved (Alice Doe, "),
        ("- [x] Approve:fast", "Approved: fast (Alice Doe, "),
        ("-[x] Approve", "Approved (Alice Doe, "),
        ("-[X]Approve", "Approved (Alice Doe, "),
        ("[x] Approve", "Approved (Alice Doe, "),
        ("- [✓] Approve", "Approved (Alice Doe, "),
        ("1. [x] Approve", "Approved (Alice Doe, "),
        ("*[x] Approve because fast", "Approved: because fast (Alice Doe, "),
    ],
)
def test_an_altered_box_of_a_gate_is_that_box(world: WaitingWorld, written: str, stamp: str) -> None:
    world.edit(EPIC, "- [ ] Approve", written)
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert f"[x] {stamp}" in world.read(EPIC)
    assert "dispatchd:" not in world.read(EPIC)


@pytest.mark.parametrize(
    "written", ["- [x] Reject too slow", "-[x] Reject: too slow", "- [x] Reject - too slow"]
)
def test_a_rejection_in_the_midst_of_the_list_has_its_reason(world: WaitingWorld, written: str) -> None:
    world.edit(EPIC, "- [ ] Reject:", written)
    world.settle()
    assert "[x] Rejected: too slow (Alice Doe, " in world.read(EPIC)
    assert [event.reason for event in world.happened("GateRejected")] == ["too slow"]


def test_a_reason_typed_first_and_ticked_later_counts_too(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Reject:", "- [ ] Reject too slow")
    world.settle()
    assert not world.happened("GateRejected")
    assert world.read(EPIC).count("Reject") == 1
    line = next(line for line in world.read(EPIC).split("\n") if "Reject" in line)
    world.edit(EPIC, line, line.replace("[ ]", "[x]"))
    world.settle()
    assert [event.reason for event in world.happened("GateRejected")] == ["too slow"]


def test_a_line_beside_the_box_that_is_still_offered_is_answered_and_kept(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve because fast\n- [ ] Approve")
    world.settle()
    assert not world.happened("GateApproved")
    text = world.read(EPIC)
    assert '- [x] Approve because fast\n  > dispatchd: tick the box "Approve" itself' in text
    world.edit(EPIC, "- [ ] Approve\n", "- [x] Approve: because fast\n")
    world.settle()
    assert [event.reason for event in world.happened("GateApproved")] == ["because fast"]
    assert "dispatchd:" not in world.read(EPIC)
    assert "- [x] Approve because fast\n" in world.read(EPIC)


def test_words_that_may_say_the_contrary_are_not_guessed_at(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve? No")
    world.settle()
    assert not world.happened("GateApproved")
    assert "tick the box" in world.read(EPIC)
    assert "- [ ] Approve\n" in world.read(EPIC)


SLIPS = ("- [y] ", "- [xx] ", "- x ] ", "-x[ ] ", "- [ ]x ", "- (x) ", "- [x ", "- [yes] ")


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_place_of_a_box_is_answered_there_and_is_no_tick(
    world: WaitingWorld, slip: str
) -> None:
    world.edit(EPIC, "- [ ] Approve\n", f"{slip}Approve\n")
    world.settle()
    assert not world.happened("GateApproved")
    asked = 'tick it as "- [x] Approve"; what stood there was not taken for a tick'
    assert f"- [ ] Approve\n  > dispatchd: {asked}\n" in world.read(EPIC)
    assert world.read(EPIC).count("Approve\n") == 1
    world.edit(EPIC, "- [ ] Approve\n", "- [x] Approve\n")
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "dispatchd:" not in world.read(EPIC)


def test_a_slip_at_an_option_of_a_thread_keeps_the_words_behind_it(world: WaitingWorld) -> None:
    path = next(path for path in world.paths("inbox/") if "which-hash" in path)
    world.edit(path, "- [ ] argon2id", "- [y] argon2id, it is newer")
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert "- [ ] argon2id: it is newer\n  > dispatchd: tick it as" in world.read(path)


def test_a_slip_on_the_page_is_answered_there(world: WaitingWorld) -> None:
    item = world.item("Passwordless login")
    world.save(WAITING, world.page().replace(item, item.replace("- [ ] Approve", "- [xx] Approve")))
    world.settle()
    assert '- [ ] Approve\n  > dispatchd: tick it as "- [x] Approve"' in world.page()
    assert world.item("Passwordless login").count("Approve\n") == 1
    world.tick("Passwordless login", "Approve")
    world.settle()
    assert len(world.happened("GateApproved")) == 1


def test_a_persons_own_list_stays_theirs(world: WaitingWorld) -> None:
    world.edit(EPIC, "### Design\n", "### Design\n\n- [ ] Approve the budget\n- [ ] Skip lunch\n")
    world.settle()
    world.edit(EPIC, "- [ ] Approve the budget", OWN)
    world.settle()
    assert "dispatchd:" not in world.read(EPIC)
    world.edit(EPIC, "- [ ] Approve\n", "")
    world.settle()
    assert not world.happened("GateApproved")
    assert OWN in world.read(EPIC)
    assert "- [ ] Skip lunch" in world.read(EPIC)


def test_code_and_quotes_are_text(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Approve\n", "```\n- [x] Approve because\n```\n\n> - [x] Approve because\n\n")
    world.settle()
    assert not world.happened("GateApproved")


def test_a_direction_is_chosen_with_a_reason_and_changed_without_a_tick(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.edit(EPIC, "1. Canary\n2. All regions\n\n", "")
    world.settle()
    world.edit(EPIC, "- [ ] Rolling", "- [ ] Rolling with a canary")
    world.settle()
    assert "- [ ] Rolling with a canary" in world.read(EPIC)
    assert not world.happened("DirectionChosen")
    world.edit(EPIC, "- [ ] Blue-green", "- [x] Blue-green because safer")
    world.settle()
    assert "- [x] Blue-green: because safer (Alice Doe, " in world.read(EPIC)


def test_the_box_that_makes_issues_may_be_ticked_without_its_spaces(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Make these 2 issues", "-[x] Make these 2 issues")
    world.settle()
    assert len(world.paths("issues/")) == 2


@pytest.mark.parametrize("written", ["- [x] Reject too weak", "-[x] Reject: too weak"])
def test_a_vote_counts_in_its_own_section_only(world: WaitingWorld, written: str) -> None:
    world.edit(PROPOSAL, "- [ ] Reject:", written)
    world.settle()
    votes = world.happened("VoteCast")
    assert [(event.choice.value, event.reason) for event in votes] == [("reject", "too weak")]
    assert "- [x] Reject: too weak" in world.read(PROPOSAL)
    assert "- [ ] Force reject:" in world.read(PROPOSAL)


def test_an_override_counts_too(world: WaitingWorld) -> None:
    world.edit(PROPOSAL, "- [ ] Force approve:", "- [x] Force approve we need it today")
    world.settle()
    assert world.field(PROPOSAL, "status") == "passed"


@pytest.mark.parametrize(
    "written", ["- [x] argon2id because it is newer", "-[x] argon2id: because it is newer"]
)
def test_an_option_of_a_thread_is_its_answer(world: WaitingWorld, written: str) -> None:
    path = next(path for path in world.paths("inbox/") if "which-hash" in path)
    world.edit(path, "- [ ] argon2id", written)
    world.settle()
    answers = world.happened("ThreadAnswered")
    assert [(event.option, event.text) for event in answers] == [("argon2id", "because it is newer")]


@pytest.mark.parametrize("written", ["- [x] Reject too slow", "-[x] Reject: too slow"])
def test_it_holds_on_the_waiting_page(world: WaitingWorld, written: str) -> None:
    item = world.item("Passwordless login")
    world.save(WAITING, world.page().replace(item, item.replace("- [ ] Reject:", written)))
    world.settle()
    assert [event.reason for event in world.happened("GateRejected")] == ["too slow"]
    assert "Rejected: too slow (Alice Doe" in world.read(EPIC)
    assert "Reject" not in world.page().partition("## Votes")[0]


def test_a_line_beside_a_box_of_the_waiting_page_is_answered(world: WaitingWorld) -> None:
    item = world.item("Passwordless login")
    beside = item.replace("- [ ] Approve", "- [ ] Approve\n- [x] Approve because fast")
    world.save(WAITING, world.page().replace(item, beside))
    world.settle()
    assert not world.happened("GateApproved")
    assert '- [ ] Approve\n  > dispatchd: tick the box "Approve" itself' in world.page()
    assert "- [x] Approve because fast" in world.page()


def test_what_the_rules_refuse_is_answered_on_the_line(world: WaitingWorld) -> None:
    world.edit(PROPOSAL, "status: open", "status: withdrawn")
    world.edit(PROPOSAL, "- [ ] Approve", "-[x] Approve it")
    world.settle()
    assert not world.happened("VoteCast")


def test_it_is_foreseen_as_it_will_be_taken(world: WaitingWorld) -> None:
    text = world.read(EPIC)
    loose = foreseen(world, EPIC, text.replace("- [ ] Approve", "- [x] Approve because fast"))
    exact = foreseen(world, EPIC, text.replace("- [ ] Approve", "- [x] Approve: because fast"))
    assert [act.command for act in loose.acts] == [act.command for act in exact.acts] != []
    beside = foreseen(world, EPIC, text.replace("- [ ] Approve", "- [x] Approve so\n- [ ] Approve"))
    assert ["tick the box" in remark.message for remark in beside.remarks] == [True]
    slip = foreseen(world, EPIC, text.replace("- [ ] Approve", "- [y] Approve"))
    assert ["tick it as" in remark.message for remark in slip.remarks] == [True]
