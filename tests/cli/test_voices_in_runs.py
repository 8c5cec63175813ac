"""`as NAME …` inside an agent's turn: said over the run's socket, and never as a person."""

import pytest

from tests.cli.conftest import Call
from tests.fakes.composition_double import CompositionDouble


@pytest.mark.parametrize(
    ("arguments", "verb", "said"),
    [
        (("ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt"), "ask_human", {"question": "Which hash?", "options": ["argon2id", "bcrypt"]}),
        (("tell", "Use v2", "--to", "birch"), "send_message", {"text": "Use v2", "to": "birch"}),
        (("comment", "i-7k2m", "Half"), "note_progress", {"text": "Half"}),
        (("vote", "p-9xw4", "approve", "fast", "enough"), "cast_vote", {"proposal": "p-9xw4", "choice": "approve", "reason": "fast enough"}),
        (("submit", "It greets."), "submit_work", {"summary": "It greets."}),
        (("blocked", "Which account?"), "report_blocked", {"what": "Which account?"}),
        (("note", "Half"), "note_progress", {"text": "Half"}),
        (("review",), "request_review", {}),
        (("propose", "Use v2", "--body", "Because."), "propose", {"title": "Use v2", "body": "Because."}),
        (("answer-finding", "3", "Mended."), "answer_finding", {"number": 3, "answer": "Mended."}),
        (("verdict", "approve"), "give_verdict", {"verdict": "approve"}),
        (("verdict", "changes", "a.py:3: minor: Long", "Slow"), "give_verdict", {"verdict": "changes", "findings": ["a.py:3: minor: Long", "Slow"]}),
        (("inbox",), "read_inbox", {}),
        (("issue",), "get_issue", {}),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_inside_a_turn_it_is_said_over_the_runs_socket(
    composition: CompositionDouble,
    call: Call,
    arguments: tuple[str, ...],
    verb: str,
    said: dict[str, object],
) -> None:
    composition.run = "i-7k2m.1"
    composition.answer = {"thread": "t-4kq2", "say": "End your turn now."}
    code, out, err = call("as", "Ash", *arguments)
    assert (code, out, err) == (0, "t-4kq2\n", "End your turn now.\n")
    assert composition.said_in_run == [(verb, {**said, "speaker": "ash"})]
    assert not composition.asked


def test_an_answer_is_not_waited_for_in_a_turn(composition: CompositionDouble, call: Call) -> None:
    composition.run = "i-7k2m.1"
    code, _, err = call("as", "ash", "wait", "t-4kq2")
    assert code == 1
    assert "end your turn" in err
    assert not composition.waited


def test_messages_are_read_with_whom_they_are_from(composition: CompositionDouble, call: Call) -> None:
    composition.run = "i-7k2m.1"
    composition.answer = {
        "messages": [{"thread": "t-4kq2", "from": "alice", "title": "A word", "text": "Use \x1b[2Jv2"}]
    }
    _, out, _ = call("as", "ash", "inbox")
    assert "t-4kq2  alice: A word" in out
    assert "\x1b" not in out


@pytest.mark.parametrize("command", ["submit", "blocked", "note", "propose"])
def test_outside_of_a_turn_it_says_where_it_belongs(
    composition: CompositionDouble, call: Call, command: str
) -> None:
    code, _, err = call("as", "ash", command, "something")
    assert code == 1
    assert "inside a turn of ash's" in err
    assert not composition.asked


def test_what_stands_on_standard_input_is_said(composition: CompositionDouble, call: Call) -> None:
    composition.run = "i-7k2m.1"
    composition.answer = {"say": "Noted."}
    call("as", "ash", "comment", "i-7k2m", "-", stdin="Half\nof it\n")
    assert composition.said_in_run == [("note_progress", {"text": "Half\nof it\n", "speaker": "ash"})]
