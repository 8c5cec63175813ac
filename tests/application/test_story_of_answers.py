from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.thread import ThreadStatus
from dispatchd.reconcile.thread_intents import NOT_SENT_YET
from tests.application.waiting_world import WAITING, WaitingWorld
from tests.application.world import World


@pytest.fixture
def page() -> Iterator[WaitingWorld]:
    made = WaitingWorld()
    yield made
    made.store.remove()


def asked(world: World) -> tuple[str, str]:
    answer = world.ask(Verb.ASK, speaker="ash", question="Which hash?", options=("argon2id", "bcrypt"))
    world.settle()
    (path,) = world.paths("inbox/")
    return answer["subject"], path


def test_ticking_an_option_answers_at_once(world: World) -> None:
    thread, path = asked(world)
    world.edit(path, "- [ ] bcrypt", "- [x] bcrypt")
    world.advance(2.0)
    assert world.entity(thread).status is ThreadStatus.ANSWERED
    assert world.entity(thread).chosen == "bcrypt"
    assert "**Alice Doe**" in world.read(path)


def test_free_text_is_sent_by_its_box_alone(world: World) -> None:
    thread, path = asked(world)
    for count in range(1, 20):
        world.save(
            path,
            world.read(path).split("## Your answer\n")[0]
            + "## Your answer\n\n"
            + "word " * count
            + "\n\n- [ ] argon2id\n- [ ] bcrypt\n- [ ] Send\n",
        )
        world.advance(1.0)
    assert world.entity(thread).status is ThreadStatus.OPEN
    world.edit(path, "- [ ] Send", "- [x] Send")
    world.settle()
    assert world.entity(thread).turns[-1].text.startswith("word word")
    assert len(world.happened("ThreadAnswered")) == 1


def test_text_and_an_option_wait_for_send_together(world: World) -> None:
    thread, path = asked(world)
    world.edit(path, "## Your answer\n", "## Your answer\n\nBecause it is known.\n")
    world.edit(path, "- [ ] bcrypt", "- [x] bcrypt")
    world.advance(40.0)
    assert world.entity(thread).status is ThreadStatus.OPEN
    world.edit(path, "- [ ] Send", "- [x] Send")
    world.settle()
    assert world.entity(thread).chosen == "bcrypt"
    assert "Because it is known." in world.entity(thread).turns[-1].text


def test_an_option_beside_text_says_what_is_missing_until_it_is_sent(world: World) -> None:
    thread, path = asked(world)
    world.edit(path, "## Your answer\n", "## Your answer\n\nSome thoughts first.\n")
    world.settle()
    assert "> dispatchd:" not in world.read(path)
    world.edit(path, "- [ ] bcrypt", "- [x] bcrypt")
    world.settle()
    assert f"- [x] bcrypt\n  > dispatchd: {NOT_SENT_YET}" in world.read(path)
    assert not world.happened("EditRefused")
    world.edit(path, "- [ ] Send", "- [x] Send")
    world.settle()
    assert (world.entity(thread).chosen, "> dispatchd:" in world.read(path)) == ("bcrypt", False)
    assert "> Some thoughts first." in world.read(path)


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("- [x] bcrypt", "- [ ] bcrypt", ThreadStatus.OPEN),
        ("Some thoughts first.\n\n", "", ThreadStatus.ANSWERED),
    ],
)
def test_taking_the_tick_or_the_text_back_takes_the_line_with_it(
    world: World, before: str, after: str, status: ThreadStatus
) -> None:
    thread, path = asked(world)
    world.edit(path, "## Your answer\n", "## Your answer\n\nSome thoughts first.\n")
    world.edit(path, "- [ ] bcrypt", "- [x] bcrypt")
    world.settle()
    assert NOT_SENT_YET in world.read(path)
    world.edit(path, before, after)
    world.settle()
    assert "> dispatchd:" not in world.read(path)
    assert world.entity(thread).status is status


def test_a_tick_beside_text_that_comes_by_commit_says_what_is_missing(world: World) -> None:
    thread, path = asked(world)
    text = world.read(path).replace("## Your answer\n", "## Your answer\n\nSome thoughts first.\n")
    world.commit({path: text.replace("- [ ] bcrypt", "- [x] bcrypt")})
    world.settle()
    assert world.entity(thread).status is ThreadStatus.OPEN
    assert NOT_SENT_YET in world.read(path)
    world.commit({path: world.read(path).replace("- [ ] Send", "- [x] Send")})
    world.settle()
    assert world.entity(thread).chosen == "bcrypt"


def test_a_tick_beside_text_on_the_page_of_waiting_things_says_what_is_missing(page: WaitingWorld) -> None:
    thread, _ = asked(page)
    page.edit(WAITING, "- [ ] argon2id\n- [ ] bcrypt", "Some thoughts first.\n\n- [ ] argon2id\n- [x] bcrypt")
    page.settle()
    assert page.entity(thread).status is ThreadStatus.OPEN
    assert f"- [x] bcrypt\n  > dispatchd: {NOT_SENT_YET}" in page.item("Which hash?")
    page.tick("Which hash?", "Send")
    page.settle()
    assert page.entity(thread).turns[-1].text == "bcrypt\n\nSome thoughts first."


def test_a_draft_in_a_thread_that_is_answered_elsewhere_says_that_it_was_not_sent(page: WaitingWorld) -> None:
    thread, path = asked(page)
    page.edit(path, "## Your answer\n", "## Your answer\n\nSome thoughts first.\n")
    page.settle()
    page.tick("Which hash?", "bcrypt")
    page.settle()
    assert page.entity(thread).chosen == "bcrypt"
    (path,) = (path for path in page.paths() if thread in path)
    assert page.read(path).endswith("> bcrypt\n\n## Not sent\n\nSome thoughts first.\n")


@pytest.mark.parametrize(
    "ticks",
    [("- [ ] Send",), ("- [ ] argon2id", "- [ ] bcrypt"), ("- [ ] argon2id", "- [ ] bcrypt", "- [ ] Send")],
)
def test_send_with_nothing_or_with_two_options_is_refused_in_place(
    world: World, ticks: tuple[str, ...]
) -> None:
    thread, path = asked(world)
    text = world.read(path)
    for tick in ticks:
        text = text.replace(tick, tick.replace("[ ]", "[x]"))
    world.save(path, text)
    world.settle()
    assert world.entity(thread).status is ThreadStatus.OPEN
    assert "> dispatchd:" in world.read(path)
    world.save(path, world.read(path).replace("[x]", "[ ]").replace("- [ ] bcrypt", "- [x] bcrypt"))
    world.settle()
    assert world.entity(thread).chosen == "bcrypt"


def test_an_answer_by_request_and_a_tick_at_once_is_one_answer_and_no_loss(world: World) -> None:
    thread, path = asked(world)
    buffer = world.read(path)
    world.ask(Verb.ANSWER, thread=thread, option="argon2id")
    world.save(path, buffer.replace("- [ ] bcrypt", "- [x] bcrypt"))
    world.settle()
    assert world.entity(thread).chosen == "argon2id"
    assert len(world.happened("ThreadAnswered")) == 1
    assert len(world.happened("EditRefused")) == 1
    assert "> argon2id" in world.read(path)
