"""Lines appended below what is there (`echo "- [x] Blue" >>`): an offered box said once more is that box's tick."""

from collections.abc import Iterator

import pytest

from dispatchd.application.requests.request import Verb
from tests.application.invariants import check_all
from tests.application.test_foresight import foreseen
from tests.application.waiting_world import WaitingWorld

PROPOSAL = "proposals/argon.md"
PROPOSAL_TEXT = '---\nid: p-9xw4\nvoters: ["@alice", coder]\n---\n\n# Use argon2id\n'


@pytest.fixture
def world() -> Iterator[WaitingWorld]:
    made = WaitingWorld({PROPOSAL: PROPOSAL_TEXT})
    made.ask(Verb.ASK, speaker="ash", question="Which hash?", options=("argon2id", "bcrypt"))
    made.settle()
    yield made
    check_all(made)
    made.store.remove()


def inbox_of(world: WaitingWorld) -> str:
    return next(path for path in world.paths("inbox/") if "which-hash" in path)


def append(world: WaitingWorld, path: str, *lines: str) -> None:
    """What `echo … >> FILE` does."""
    world.save(path, world.read(path) + "".join(f"{line}\n" for line in lines))


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("- [x] bcrypt", ""),
        ("-[X] bcrypt", ""),
        ("* [x] **bcrypt**", ""),
        ("[x] bcrypt", ""),
        ("- [x] bcrypt: it is known", "it is known"),
    ],
)
def test_an_option_appended_once_more_and_ticked_is_that_option(
    world: WaitingWorld, line: str, text: str
) -> None:
    path = inbox_of(world)
    append(world, path, line)
    world.advance(2.0)
    answers = world.happened("ThreadAnswered")
    assert [(event.option, event.text) for event in answers] == [("bcrypt", text)]
    assert "[ ]" not in world.read(path)
    assert "Not sent" not in world.read(path)


def test_send_appended_once_more_sends_what_was_written(world: WaitingWorld) -> None:
    path = inbox_of(world)
    world.edit(path, "## Your answer\n", "## Your answer\n\nNeither: use scrypt.\n")
    world.settle()
    append(world, path, "- [x] Send")
    world.settle()
    answers = world.happened("ThreadAnswered")
    assert [(event.option, event.text) for event in answers] == [(None, "Neither: use scrypt.")]


def test_send_appended_with_nothing_written_is_answered_on_its_box(world: WaitingWorld) -> None:
    append(world, inbox_of(world), "- [x] Send")
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert "there was nothing to send" in world.read(inbox_of(world))
    assert world.read(inbox_of(world)).count("Send\n") == 1


def test_two_options_appended_are_two_options_ticked(world: WaitingWorld) -> None:
    append(world, inbox_of(world), "- [x] bcrypt", "- [x] argon2id")
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert "tick one only" in world.read(inbox_of(world))


def test_an_appended_option_beside_text_waits_for_send_and_says_so(world: WaitingWorld) -> None:
    path = inbox_of(world)
    append(world, path, "", "I have to think.", "", "- [x] bcrypt")
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert "- [x] bcrypt\n  > dispatchd: not sent yet" in world.read(path)
    append(world, path, "- [x] Send")
    world.settle()
    answers = world.happened("ThreadAnswered")
    assert [(event.option, event.text) for event in answers] == [("bcrypt", "I have to think.")]


@pytest.mark.parametrize("line", ["- [x] bcrypt because it is known", "- [x] bcrypt\nis what I would take"])
def test_an_appended_line_that_says_more_is_answered_below_it(world: WaitingWorld, line: str) -> None:
    path = inbox_of(world)
    append(world, path, line)
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert 'tick the box "bcrypt" itself' in world.read(path)
    assert "- [x] bcrypt" in world.read(path)


@pytest.mark.parametrize("line", ["> - [x] bcrypt", "    - [x] bcrypt", "- [x] scrypt", "- [ ] bcrypt"])
def test_an_appended_line_that_is_no_tick_of_a_box_stays_text(world: WaitingWorld, line: str) -> None:
    path = inbox_of(world)
    append(world, path, "", line)
    world.settle()
    assert not world.happened("ThreadAnswered")
    assert line in world.read(path)
    assert "dispatchd:" not in world.read(path)


def test_a_line_of_ones_own_that_stood_there_is_no_tick_later(world: WaitingWorld) -> None:
    path = inbox_of(world)
    append(world, path, "", "What speaks for it:", "", "- [ ] bcrypt")
    world.settle()
    own = "What speaks for it:\n\n- [{}] bcrypt"
    world.edit(path, own.format(" "), own.format("x"))
    world.settle()
    assert not world.happened("ThreadAnswered")


def test_an_appended_option_is_foreseen(world: WaitingWorld) -> None:
    path = inbox_of(world)
    appended = foreseen(world, path, world.read(path) + "- [x] bcrypt\n")
    ticked = foreseen(world, path, world.read(path).replace("- [ ] bcrypt", "- [x] bcrypt"))
    assert [act.command for act in appended.acts] == [act.command for act in ticked.acts] != []


@pytest.mark.parametrize("line", ["- [x] Veto: too early", "- [x] Force approve: we need it today"])
def test_an_override_appended_to_its_section_counts(world: WaitingWorld, line: str) -> None:
    append(world, PROPOSAL, line)
    world.settle()
    assert world.field(PROPOSAL, "status") == ("vetoed" if "Veto" in line else "passed")
