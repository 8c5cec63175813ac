from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.application.waiting_view import page_items
from dispatchd.documents.waiting_page import LESSON, WaitingPage, compose_page
from dispatchd.domain.epic import EpicStatus
from tests.application.invariants import check_all
from tests.application.permissions import ask_permission
from tests.application.waiting_world import WAITING, WaitingWorld
from tests.application.world import BOB

EPIC, PROPOSAL = "epics/login.md", "proposals/argon.md"
GATE, VOTE, QUESTION, NOTICE = "Passwordless login", "Use argon2id", "Which hash?", "The build is green."
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
"""
PROPOSAL_TEXT = '---\nid: p-9xw4\nvoters: [coder, "@alice"]\n---\n\n# Use argon2id\n'


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({EPIC: EPIC_TEXT, PROPOSAL: PROPOSAL_TEXT})
    made.ask(
        Verb.ASK, speaker="ash", question=QUESTION, options=("argon2id", "bcrypt"), text="Which of them?"
    )
    made.ask(Verb.TELL, speaker="ash", text=NOTICE)
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def test_the_page_shows_what_waits_by_weight_with_the_boxes_of_its_file(world: WaitingWorld) -> None:
    headings = [line for line in world.page().splitlines() if line.startswith("#")]
    assert [line for line in headings if line.startswith("## ")] == [
        "## Blocks an agent",
        "## Gates",
        "## Votes",
        "## Read when you like",
        "## Brake",
    ]
    assert "- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:\n" in world.item(GATE)
    assert "- [ ] argon2id\n- [ ] bcrypt\n- [ ] Send\n" in world.item(QUESTION)
    assert "> Which of them?" in world.item(QUESTION)
    assert "- [ ] More info:" in world.item(VOTE)
    assert "- [ ] Seen" in world.item(NOTICE)


def test_a_tick_on_the_page_is_the_act_of_its_person_shown_in_the_files_own_commit(
    world: WaitingWorld,
) -> None:
    world.tick(GATE, "Approve")
    world.settle()
    assert "- [x] Approved (Alice Doe, 2026-11-21" in world.read(EPIC)
    assert len(world.happened("GateApproved")) == 1
    approvals = [commit for commit in world.commits() if "approves “Design”" in commit.subject]
    assert [commit.author.name for commit in approvals] == ["Alice Doe"]
    assert "Approved (Alice Doe" in (world.log.read(approvals[0].oid, EPIC) or b"").decode()  # type: ignore[arg-type]
    assert world.on_branch(WAITING) is None
    assert GATE not in world.page()


@pytest.mark.parametrize("stands_on_disk", [True, False])
def test_a_tick_on_a_published_page_is_the_act_of_whoever_committed_it(
    world: WaitingWorld, stands_on_disk: bool
) -> None:
    world.commit({WAITING: world.page()}, writes_files=False)  # as home publishes it
    world.settle()
    item = world.item(GATE)
    ticked = world.page().replace(item, item.replace("- [ ] Approve", "- [X] Approve"))
    world.commit({WAITING: ticked}, BOB, writes_files=stands_on_disk)
    world.settle()
    assert "- [x] Approved (Bob Roe, 2026-11-21" in world.read(EPIC)
    assert len(world.happened("GateApproved")) == 1
    assert GATE not in world.page()


def test_a_stale_buffer_saved_again_does_nothing_again(world: WaitingWorld) -> None:
    buffer = world.tick(GATE, "Approve")
    world.settle()
    buffer = world.tick(QUESTION, "bcrypt", page=buffer)
    world.settle()
    world.save(WAITING, buffer)
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert len(world.happened("ThreadAnswered")) == 1
    assert "No longer waiting" not in world.page()


def test_a_tick_in_both_places_is_one_act(world: WaitingWorld) -> None:
    world.edit(EPIC, "- [ ] Approve", "- [x] Approve")
    world.tick(GATE, "Approve")
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert not world.happened("EditRefused")
    assert GATE not in world.page()


def test_a_box_that_is_live_no_longer_is_answered_until_somebody_has_seen_it(world: WaitingWorld) -> None:
    buffer = world.page()
    world.commit({EPIC: world.read(EPIC).replace("- [ ] Approve", "- [x] Approve")}, BOB)
    world.settle()
    world.tick(GATE, "Reject:", "the link dies too early", page=buffer)
    world.settle()
    assert not world.happened("GateRejected")
    told = world.page().split("## No longer waiting\n")[1]
    assert "“Reject: the link dies too early” was not done: tick Ask again to open it" in told
    assert len(world.happened("EditRefused")) == 1
    kept, told = world.page().split("## No longer waiting\n")
    world.save(WAITING, f"{kept}## No longer waiting\n{told.replace('[ ] Seen', '[x] Seen')}")
    world.settle()
    assert "No longer waiting" not in world.page()


def test_a_reason_that_is_missing_is_asked_for_and_the_tick_waits(world: WaitingWorld) -> None:
    world.tick(GATE, "Reject:")
    world.settle()
    assert "- [x] Reject:\n  > dispatchd: needs a reason" in world.item(GATE)
    assert not world.happened("EditRefused")
    world.edit(WAITING, "- [x] Reject:", "- [x] Reject: the link dies too early")
    world.settle()
    assert world.happened("GateRejected")[0].reason == "the link dies too early"
    assert "- [x] Rejected: the link dies too early (Alice Doe" in world.read(EPIC)


def test_two_ticks_at_once_are_refused_in_place(world: WaitingWorld) -> None:
    world.save(
        WAITING,
        world.page().replace(
            "- [ ] Approve\n- [ ] Reject:\n- [ ] Skip", "- [x] Approve\n- [x] Reject: no\n- [ ] Skip"
        ),
    )
    world.settle()
    assert world.item(GATE).count("tick one only") == 2
    assert "[x]" not in world.item(GATE)
    assert "- [ ] Reject: no" in world.item(GATE)
    assert not world.happened("GateApproved")
    world.tick(GATE, "Approve")
    world.settle()
    assert world.at(EPIC).status is not EpicStatus.AWAITING_GATE
    assert "tick one only" not in world.page()


def test_text_is_sent_by_its_box_and_stays_until_then(world: WaitingWorld) -> None:
    world.edit(WAITING, "> Which of them?\n", "> Which of them?\n\nThe one that\nis known.\n")
    world.settle()
    world.ask(Verb.TELL, speaker="ash", text="Another one.")
    world.settle()
    assert "Another one." in world.page()
    assert "> Which of them?\n\nThe one that\nis known.\n\n- [ ] argon2id" in world.item(QUESTION)
    assert not world.happened("ThreadAnswered")
    world.tick(QUESTION, "Send")
    world.settle()
    answered = world.happened("ThreadAnswered")
    assert [event.text for event in answered] == ["The one that\nis known."]
    assert "is known" not in world.page()


def test_an_answer_typed_above_the_question_is_the_answer_alone(world: WaitingWorld) -> None:
    world.edit(WAITING, "> Which of them?\n", "Neither.\n\n> Which of them?\n")
    world.settle()
    world.tick(QUESTION, "Send")
    world.settle()
    assert [event.text for event in world.happened("ThreadAnswered")] == ["Neither."]


@pytest.mark.parametrize(
    "typed", ["> Which of them? Neither.", "> Which of them?\n> Neither.", "> Which of them?\nNeither."]
)
def test_words_typed_into_the_daemons_own_lines_are_not_lost(world: WaitingWorld, typed: str) -> None:
    world.edit(WAITING, "> Which of them?", typed)
    world.settle()
    world.ask(Verb.TELL, speaker="ash", text="Another one.")
    world.settle()
    assert "> Which of them?\n\nNeither.\n\n- [ ] argon2id" in world.item(QUESTION)


def test_words_behind_the_line_of_an_item_are_not_lost(world: WaitingWorld) -> None:
    line = next(line for line in world.page().splitlines() if "question from ash" in line)
    world.edit(WAITING, line, f"{line} Neither.")
    world.settle()
    world.ask(Verb.TELL, speaker="ash", text="Another one.")
    world.settle()
    assert f"{line}\n\n> Which of them?\n\nNeither.\n" in world.item(QUESTION)


def test_what_is_written_survives_the_save_of_a_buffer_that_never_saw_it(world: WaitingWorld) -> None:
    buffer = world.page()
    world.ask(Verb.TELL, speaker="ash", text="Another one.")
    world.settle()
    world.edit(WAITING, "> Which of them?\n", "> Which of them?\n\nNot sent yet.\n")
    world.tick(VOTE, "More info:")
    world.settle()
    world.tick(NOTICE, "Seen", page=buffer)
    world.settle()
    assert "Not sent yet." in world.item(QUESTION)
    assert "- [x] More info:\n  > dispatchd: needs a reason" in world.item(VOTE)
    assert NOTICE not in world.page()


def test_text_in_an_item_that_was_answered_elsewhere_is_kept_and_says_so(world: WaitingWorld) -> None:
    world.edit(WAITING, "> Which of them?\n", "> Which of them?\n\nMine, not sent yet.\n")
    world.settle()
    (path,) = [path for path in world.paths("inbox/") if "which" in path]
    world.edit(path, "- [ ] bcrypt", "- [x] bcrypt")
    world.settle()
    told = world.page().split("## No longer waiting\n")[1]
    assert "What you wrote was not sent" in told
    assert "Mine, not sent yet." in told


def test_words_outside_of_any_item_stay_where_the_page_begins(world: WaitingWorld) -> None:
    world.edit(WAITING, "## Gates\n", "## Gates\n\nask bob about this\n")
    world.settle()
    world.tick(NOTICE, "Seen")
    world.settle()
    assert "ask bob about this" in world.page()


def test_a_vote_in_the_place_of_somebody_else_is_refused_on_the_page(world: WaitingWorld) -> None:
    world.edit(PROPOSAL, '"@alice"', '"@alice", "@bob"')
    world.settle()
    page = world.page()
    head, _, rest = page.partition("· @bob\n")
    world.save(WAITING, head + "· @bob\n" + rest.replace("- [ ] Approve", "- [x] Approve", 1))
    world.settle()
    assert not world.happened("VoteCast")
    assert "> dispatchd: " in world.page().split("· @bob\n")[1]
    world.tick(VOTE, "Approve")
    world.settle()
    assert [vote.voter for vote in world.happened("VoteCast")] == ["@alice"]


def test_the_page_deleted_comes_back_with_a_notice(world: WaitingWorld) -> None:
    world.delete(WAITING)
    world.settle()
    assert "WAITING.md is back" in world.page()
    assert "- [ ] Approve" in world.item(GATE)


def test_permissions_of_one_kind_are_answered_by_one_box_and_only_those_that_were_seen(
    world: WaitingWorld,
) -> None:
    permissions(world, 3)
    assert "## 3 permissions of one kind" in world.page()
    assert "- [ ] Allow all 3\n- [ ] Deny all 3\n" in world.item("May I run the tests?")
    buffer = world.page()
    permissions(world, 1)
    assert "- [ ] Allow all 4" in world.page()
    world.tick("May I run the tests?", "Allow all 3", page=buffer)
    world.settle()
    assert [event.option for event in world.happened("ThreadAnswered")] == ["Allow"] * 3
    assert "- [ ] Allow\n" in world.item("May I run the tests?")


def permissions(world: WaitingWorld, count: int) -> None:
    for _ in range(count):
        ask_permission(world, "May I run the tests?")
    world.settle()


def test_an_empty_page_teaches(world: WaitingWorld) -> None:
    world.tick(GATE, "Approve")
    world.settle()
    world.tick(QUESTION, "bcrypt")
    world.settle()
    world.tick(VOTE, "Approve")
    world.settle()
    world.tick(NOTICE, "Seen")
    world.settle()
    assert world.page() == compose_page(WaitingPage(items=page_items(())))
    assert LESSON[0] in world.page()
