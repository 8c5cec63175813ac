"""The waiting page when things go wrong: the process ends, saves race, the database is lost, signatures are missing."""

from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.thread import ThreadStatus
from tests.application.invariants import check_all
from tests.application.test_story_of_the_waiting_page import (
    EPIC,
    EPIC_TEXT,
    GATE,
    NOTICE,
    PROPOSAL,
    PROPOSAL_TEXT,
    QUESTION,
    VOTE,
)
from tests.application.waiting_world import WAITING, WaitingWorld
from tests.application.world import CONFIG
from tests.fakes.fake_system import Crashed

DRAFT = "Half an answer"


def begun(config: bytes = CONFIG) -> WaitingWorld:
    world = WaitingWorld({EPIC: EPIC_TEXT, PROPOSAL: PROPOSAL_TEXT}, config=config)
    world.ask(
        Verb.ASK, speaker="ash", question=QUESTION, options=("argon2id", "bcrypt"), text="Which of them?"
    )
    world.ask(Verb.TELL, speaker="ash", text=NOTICE)
    world.settle()
    return world


def many_ticks(world: WaitingWorld) -> str:
    """A page on which much was done in one save."""
    page = world.page().replace("> Which of them?\n", f"> Which of them?\n\n{DRAFT}\n")
    page = page.replace("- [ ] Seen", "- [x] Seen").replace("- [ ] Skip:", "- [x] Skip: no time")
    return page.replace("- [ ] More info:", "- [x] More info:")


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = begun()
    yield made
    check_all(made)
    made.store.remove()


@pytest.mark.parametrize("sixth", range(6))
@pytest.mark.parametrize("power_cut", [False, True])
def test_wherever_the_process_ends_each_act_is_done_once_and_no_word_is_lost(
    sixth: int, power_cut: bool
) -> None:
    whole = begun()
    before = whole.steps.taken
    whole.save(WAITING, many_ticks(whole))
    whole.settle()
    steps = whole.steps.taken - before
    whole.store.remove()

    world = begun()
    world.cuts_power = power_cut
    world.save(WAITING, many_ticks(world))
    world.steps.fatal = world.steps.taken + sixth * steps // 6
    try:
        world.settle()
    except Crashed:
        world.restart(power_cut=power_cut)
    world.settle()
    assert len(world.happened("GateSkipped")) == 1
    assert len(world.happened("ThreadDismissed")) == 1
    assert not world.happened("VoteCast")
    assert DRAFT in world.item(QUESTION)
    assert "needs a reason" in world.item(VOTE)
    check_all(world)
    world.store.remove()


def test_a_save_that_races_the_pages_own_rendering_counts(world: WaitingWorld) -> None:
    page = world.page()
    ticked = page.replace(
        "- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:", "- [x] Approve\n- [ ] Reject:\n- [ ] Skip:"
    )
    world.tree.before_next("exchange", lambda: world.save(WAITING, ticked))
    world.ask(Verb.TELL, speaker="ash", text="Another one.")
    world.settle()
    assert len(world.happened("GateApproved")) == 1
    assert "Another one." in world.page()
    assert GATE not in world.page()


def test_ticks_made_while_nobody_watched_count_at_the_next_start(world: WaitingWorld) -> None:
    world.crash()
    world.tick(QUESTION, "bcrypt")
    world.start()
    world.settle()
    assert [event.option for event in world.happened("ThreadAnswered")] == ["bcrypt"]


def test_the_page_of_before_is_no_news_to_a_new_start(world: WaitingWorld) -> None:
    world.edit(WAITING, "> Which of them?\n", f"> Which of them?\n\n{DRAFT}\n")
    world.tick(VOTE, "Reject:")
    world.settle()
    world.restart()
    world.settle()
    assert DRAFT in world.item(QUESTION)
    assert "needs a reason" in world.item(VOTE)


def test_an_emptied_page_is_written_again(world: WaitingWorld) -> None:
    world.save(WAITING, "")
    world.settle()
    assert "- [ ] argon2id" in world.item(QUESTION)


def test_a_page_that_cannot_be_read_is_written_again_and_its_bytes_are_kept(world: WaitingWorld) -> None:
    world.save(WAITING, b"\xff\xfe\x00 nothing of ours")
    world.settle()
    assert "WAITING.md could not be read, and is written anew" in world.page()
    assert "- [ ] argon2id" in world.item(QUESTION)


def test_a_tick_that_needs_a_signature_is_sent_to_the_file_that_can_be_signed() -> None:
    world = begun(CONFIG + b"\n[workspace]\nrequire_signed = true\n")
    world.tick(GATE, "Approve")
    world.settle()
    assert not world.happened("GateApproved")
    assert f"- [ ] Approve\n  > dispatchd: tick it in {EPIC} and commit that signed" in world.item(GATE)
    world.tick(QUESTION, "bcrypt")
    world.settle()
    assert world.happened("ThreadAnswered")
    check_all(world)
    world.store.remove()


def test_an_answer_goes_at_once_while_the_page_saves_itself(world: WaitingWorld) -> None:
    for count in range(1, 4):
        world.save(
            WAITING, world.page().replace("> Which of them?\n", f"> Which of them?\n\n{'word ' * count}\n")
        )
        world.advance(1.0)
    world.tick(GATE, "Approve")
    world.advance(2.0)
    assert GATE not in world.page()
    assert "word" in world.item(QUESTION)


def test_what_nobody_asked_for_waits_until_the_page_is_left_alone(world: WaitingWorld) -> None:
    for count in range(1, 5):
        world.save(
            WAITING, world.page().replace("> Which of them?\n", f"> Which of them?\n\n{'word ' * count}\n")
        )
        world.advance(1.0)
    world.ask(Verb.TELL, speaker="ash", text="Another one.")
    world.advance(3.0)
    assert "Another one." not in world.page()
    world.settle()
    assert "Another one." in world.page()
    assert "word word" in world.item(QUESTION)


def test_what_was_not_answered_yet_is_answered_though_the_page_is_saved_again(world: WaitingWorld) -> None:
    both = "- [x] Approve\n- [x] Reject: no\n- [ ] Skip:"
    world.save(WAITING, world.page().replace("- [ ] Approve\n- [ ] Reject:\n- [ ] Skip:", both))
    world.advance(0.5)
    world.edit(WAITING, "> Which of them?\n", f"> Which of them?\n\n{DRAFT}\n")
    world.settle()
    assert world.item(GATE).count("tick one only") == 2
    assert DRAFT in world.item(QUESTION)


def test_a_question_answered_in_the_terminal_leaves_the_page(world: WaitingWorld) -> None:
    thread = next(item.of[0].id for item in world.items() if item.title == QUESTION)
    world.ask(Verb.ANSWER, thread=thread, option="argon2id")
    world.settle()
    assert world.entity(thread).status is ThreadStatus.ANSWERED
    assert QUESTION not in world.page()
