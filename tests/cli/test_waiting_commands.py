import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.plain_files import remember_plain
from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.application.requests.request import Request, Verb
from dispatchd.cli.invocation import Invocation
from dispatchd.cli.terminal import Screen
from dispatchd.cli.waiting_walk import walk
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble, Running

PERMISSION = Thread(
    id=EntityId("t-aaaa"),
    title="May I run the tests?",
    created=small.later(8),
    kind=ThreadKind.PERMISSION,
    sender="ash",
    options=("Allow", "Deny"),
    accepts_text=False,
)


@pytest.fixture
def filled(composition: CompositionDouble) -> CompositionDouble:
    small.fill(composition.root)
    composition.running = Running()
    return composition


def save(composition: CompositionDouble, *threads: Thread) -> None:
    def keep(work: UnitOfWork) -> None:
        for thread in threads:
            work.save(thread)

    with sync_store(small.database_in(composition.root)) as store:
        store.run(keep)


def test_the_list_is_by_weight_with_the_file_and_the_boxes(filled: CompositionDouble, call: Call) -> None:
    code, out, err = call("waiting")
    assert (code, err) == (0, "")
    assert out.split("\n") == [
        "Blocks an agent",
        "  t-4kq2  Which hash for passwords?",
        "          question from ash, about i-7k2m Login times out on slow networks, since 2026-11-21 07:07Z",
        "          .dispatch/inbox/t-4kq2-which-hash.md",
        "          I can use argon2id or bcrypt.",
        "          [ ] argon2id  [ ] bcrypt  [ ] Send",
        "",
        "Gates",
        "  e-3fq9  Passwordless login · Design",
        "          gate: approval, since 2026-11-21 07:09Z",
        "          .dispatch/epics/e-3fq9-passwordless-login.md",
        "          Is the flow right?",
        "          [ ] Approve  [ ] Reject  [ ] Skip",
        "",
        "Votes",
        "  p-9xw4  Use argon2id for password hashes · @alice",
        "          vote of @alice, 1 for and 0 against so far, until 2026-11-22 07:00Z, since 2026-11-21 07:05Z",
        "          .dispatch/proposals/p-9xw4-use-argon2id.md",
        "          All about Use argon2id for password hashes.",
        "          [ ] Approve  [ ] Reject  [ ] Abstain  [ ] More info",
        "",
        "Answer by ticking a box in .dispatch/WAITING.md, or walk through it: dispatchd waiting --next",
        "",
    ]


def test_nothing_waits_is_said_in_one_line(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root, ())
    composition.running = Running()
    assert call("waiting") == (0, "Nothing waits for you.\n", "")
    assert json.loads(call("waiting", "--json")[1]) == {"items": []}


def test_permissions_of_one_kind_are_one_item(filled: CompositionDouble, call: Call) -> None:
    save(filled, PERMISSION, replace(PERMISSION, id=EntityId("t-bbbb"), sender="bo"))
    out = call("waiting")[1]
    assert "2 permissions of one kind\n  t-aaaa  May I run the tests? · 2 of one kind\n" in out
    assert "[ ] Allow all 2  [ ] Deny all 2" in out
    items = json.loads(call("waiting", "--json")[1])["items"]
    assert [each["id"] for each in items[1]["of"]] == ["t-aaaa", "t-bbbb"]


def test_json_says_what_can_be_chosen(filled: CompositionDouble, call: Call) -> None:
    question, gate, vote = json.loads(call("waiting", "--json")[1])["items"]
    assert question["takes_text"] is True
    assert [choice["label"] for choice in question["choices"]] == ["argon2id", "bcrypt"]
    assert (gate["stage"], vote["voter"]) == ("Design", "@alice")
    assert gate["choices"][1] == {"label": "Reject", "needs_reason": True}


def test_a_walk_needs_a_terminal_and_is_no_answer_to_a_program(filled: CompositionDouble, call: Call) -> None:
    code, out, err = call("waiting", "--next")
    assert (code, out) == (1, "")
    assert err == (
        "dispatchd: --next asks on a terminal, and there is none here. dispatchd waiting prints the list.\n"
    )
    assert call("waiting", "--next", "--json")[0] == 2


def walked(
    composition: CompositionDouble,
    capsys: pytest.CaptureFixture[str],
    *typed: str | type[BaseException],
    reply: Callable[[Request], Mapping[str, Any]] | None = None,
    width: int | None = None,
) -> str:
    """What a walk prints in which somebody types these things; each answer is believed by the list at once."""
    answers: Iterator[str | type[BaseException]] = iter(typed)

    def ask(prompt: str) -> str:
        said = next(answers)
        if isinstance(said, str):
            return said
        raise said

    def opened(_: Invocation, path: str) -> None:
        composition.opened.append(path)

    composition.reply = reply or (lambda _: {"subject": "x", "told": ["done"]})
    invocation = Invocation(composition)
    invocation.screen = Screen(width=width)
    walk(invocation, ask, opened)
    assert next(answers, None) is None
    return capsys.readouterr().out


def test_a_walk_breaks_its_words_at_none_of_their_letters(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = walked(filled, capsys, "q").split()
    narrow = walked(filled, capsys, "q", width=24)
    assert narrow.split() == wide
    assert max(map(len, narrow.partition("argon2id")[0].splitlines())) <= max(24, *map(len, wide))


def test_a_walk_asks_what_the_boxes_ask(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    out = walked(filled, capsys, "1", "2", "too early", "3 no opinion")
    assert filled.asked == [
        Request(verb=Verb.ANSWER, arguments={"thread": "t-4kq2", "option": "argon2id"}),
        Request(
            verb=Verb.GATE_REJECT, arguments={"epic": "e-3fq9", "stage": "Design", "reason": "too early"}
        ),
        Request(
            verb=Verb.VOTE,
            arguments={"proposal": "p-9xw4", "choice": "abstain", "reason": "no opinion", "seat": "@alice"},
        ),
    ]
    assert "3 answered" in out
    assert "  1  Approve\n  2  Reject  (say why)\n  3  Skip  (say why)\n" in out


def test_words_are_sent_and_what_is_left_is_asked_no_more(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    out = walked(filled, capsys, "w", "Neither of them.", "s", "approve")
    assert filled.asked[0].arguments == {"thread": "t-4kq2", "text": "Neither of them."}
    assert filled.asked[1].arguments == {"proposal": "p-9xw4", "choice": "approve", "seat": "@alice"}
    assert "2 answered" in out


@pytest.mark.parametrize("leaving", [KeyboardInterrupt, EOFError, "q"])
def test_whoever_leaves_is_told_what_still_waits(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str], leaving: str | type[BaseException]
) -> None:
    assert walked(filled, capsys, leaving).endswith("\nNothing was answered; 3 still wait.\n")
    assert filled.asked == []


def test_a_refusal_is_said_and_asked_again(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(request: Request) -> Mapping[str, Any]:
        if request.arguments.get("option") == "bcrypt":
            raise Rejected("argon2id is asked for")
        return {"subject": "x", "told": ["done"]}

    out = walked(filled, capsys, "2", "7", "", "1", "q", reply=refuse)
    assert "Not done: argon2id is asked for\n" in out
    assert (
        "Type a number, w to write an answer, e to open it in your editor, s to leave it for later, or q to stop here.\n"
        in out
    )
    assert "One answered; " in out


def test_one_answer_answers_all_of_one_kind(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    small.answer(filled.root, "bcrypt")
    save(filled, PERMISSION, replace(PERMISSION, id=EntityId("t-bbbb")))
    save(filled, replace(PERMISSION, id=EntityId("t-cccc"), status=ThreadStatus.ANSWERED))
    walked(filled, capsys, "1", "q")
    assert [request.arguments["thread"] for request in filled.asked] == ["t-aaaa", "t-bbbb"]


def test_a_reason_is_asked_for_until_there_is_one_and_a_file_opens_in_the_editor(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    out = walked(filled, capsys, "e", "2", "", "too early", "2", "s")
    assert filled.opened == ["inbox/t-4kq2-which-hash.md"]
    assert [request.arguments.get("reason") for request in filled.asked] == ["too early"]
    assert "One answered; " in out


def test_where_nothing_has_a_box_nobody_is_told_to_tick_one(
    composition: CompositionDouble, call: Call
) -> None:
    small.fill(composition.root, ())
    composition.running = Running()
    with sync_store(small.database_in(composition.root)) as store:
        store.run(
            lambda work: work.problems.replace(
                "issues/a.md",
                [
                    ProblemRecord(
                        subject="issues/a.md", path=DocumentPath("issues/a.md"), anchor="file", what="Broken"
                    )
                ],
            )
        )
    assert call("waiting")[1].endswith("Mend each in its file: dispatchd edit opens it.\n")


def test_a_person_is_shown_what_is_theirs_and_never_somebody_elses_boxes(
    filled: CompositionDouble, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled, "looks", "bob")
    assert "Votes" not in call("waiting")[1]
    assert "Which hash for passwords?" in call("waiting")[1]
    assert "vote of" not in call("status")[1]
    assert "Use argon2id for password hashes · @alice" in call("waiting", "--all")[1]
    assert {item["voter"] for item in json.loads(call("waiting", "--json")[1])["items"]} == {None}


PAGE = """\
# Waiting for you

## Blocks an agent

### [Which hash for passwords?](inbox/t-4kq2-which-hash.md)

`t-4kq2` · question from ash

> I can use argon2id or bcrypt.

Neither of
them.

- [ ] argon2id
- [ ] bcrypt
- [ ] Send
"""


def test_what_was_written_on_the_page_and_not_sent_is_offered_first(
    filled: CompositionDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    with sync_store(small.database_in(filled.root)) as store:
        store.run(lambda work: remember_plain(work, DocumentPath("WAITING.md"), PAGE.encode()))
    out = walked(filled, capsys, "1", "q")
    assert "  1  send what you wrote: Neither of them.\n  2  argon2id\n  3  bcrypt\n" in out
    assert filled.asked == [
        Request(verb=Verb.ANSWER, arguments={"thread": "t-4kq2", "text": "Neither of\nthem."})
    ]
