"""What needs a person's word: every command says so, and a question of ours that nobody called harmless needs a signature."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from dispatchd.application.agents.stuck import AGAIN, LEAVE
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.command import Command
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.persons_word import NEEDS, Need, need_of_answer
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose
from tests.fakes.fake_board import NOON

ASKED = Thread(
    id=EntityId("t-7k2m"),
    title="May it go on?",
    created=NOON,
    kind=ThreadKind.QUESTION,
    sender=DAEMON.handle,
    options=("Approve", "Reject"),
)


def every(kind: Any) -> set[type]:
    parts = get_args(kind)
    return {each for part in parts for each in every(part)} if parts else {kind}


def test_every_command_says_what_it_needs_from_a_human() -> None:
    assert every(Command) == set(NEEDS)


@pytest.mark.parametrize(
    "cause", ["flow-gate:i-7k2m:1", "flow-review:i-7k2m:1", "flow-limit:i-7k2m:1", "deed:p-2m4t:1"]
)
def test_gates_reviews_and_what_agents_may_not_vote_for_need_a_signature(cause: str) -> None:
    assert need_of_answer(replace(ASKED, cause=cause)) is Need.SIGNATURE


def test_a_question_of_a_kind_that_nobody_thought_of_needs_a_signature() -> None:
    assert need_of_answer(replace(ASKED, cause="tomorrow:i-7k2m")) is Need.SIGNATURE
    assert need_of_answer(replace(ASKED, purpose=ThreadPurpose.CONFIRM_ACT, sender="ash")) is Need.SIGNATURE


def test_what_goes_round_no_gate_needs_a_word_and_talk_needs_nothing() -> None:
    for option in (AGAIN, LEAVE, None):
        assert need_of_answer(replace(ASKED, cause="stuck:i-7k2m"), option) is Need.WORD
    assert need_of_answer(replace(ASKED, cause="stuck:i-7k2m"), "Let it through") is Need.SIGNATURE
    assert need_of_answer(replace(ASKED, sender="ash", cause="question:i-7k2m.1:q")) is Need.WORD
    assert need_of_answer(replace(ASKED, purpose=ThreadPurpose.SETTLE_CONTEST)) is Need.WORD
    assert need_of_answer(replace(ASKED, kind=ThreadKind.NOTICE, options=())) is Need.NOTHING
