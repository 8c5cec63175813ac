"""`comment`, `pause`, `resume`, `undo` and `tidy` on the command line, and what `status` says of the brake."""

import json
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.requests.request import Request, Verb
from dispatchd.cli.invocation import Invocation
from dispatchd.cli.waiting_walk import walk
from dispatchd.domain.pause import Pause
from dispatchd.domain.run_event import WorkHeld
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble, Running


@pytest.mark.parametrize(
    ("arguments", "verb", "given"),
    [
        (("comment", "i-7k2m", "Works on my machine."), Verb.COMMENT, {"id": "i-7k2m", "text": "Works on my machine."}),
        (("comment", "i-7k2m", "-"), Verb.COMMENT, {"id": "i-7k2m", "text": "One.\n\nTwo.\n"}),
        (("pause",), Verb.PAUSE, {"reason": ""}),
        (("pause", "The", "tests", "are red"), Verb.PAUSE, {"reason": "The tests are red"}),
        (("resume",), Verb.RESUME, {}),
        (("undo", "k3j2p9"), Verb.UNDO, {"event": "k3j2p9"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_command_asks_for_what_it_says(
    composition: CompositionDouble,
    call: Call,
    arguments: tuple[str, ...],
    verb: Verb,
    given: dict[str, object],
) -> None:
    code, out, _ = call(*arguments, stdin="One.\n\nTwo.\n")
    assert (code, out) == (0, "done\n")
    assert composition.asked == [Request(verb=verb, arguments=given)]


def test_an_agent_comments_in_its_own_name(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    assert call("as", "ash", "comment", "i-7k2m", "-", stdin="Started.\n")[0] == 0
    (request,) = composition.asked
    assert (request.speaker, request.arguments["text"]) == ("ash", "Started.\n")


def test_a_comment_with_json_prints_the_issue(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    _, out, _ = call("comment", "i-7k2m", "Hm.", "--json")
    assert json.loads(out)["comments"] == []


def test_a_brake_that_is_on_already_or_off_already_is_said(
    composition: CompositionDouble, call: Call
) -> None:
    composition.reply = lambda _: {"subject": "", "told": []}
    code, out, err = call("pause")
    assert (code, out) == (0, "It is paused already.\n")
    assert err == "To go on: dispatchd resume, or delete .dispatch/PAUSE\n"
    assert call("resume")[1] == "Nothing is paused.\n"


def pull(root: Path, reason: str) -> None:
    pause = Pause(by=small.ALICE, since=small.later(30), reason=reason)
    with sync_store(small.database_in(root)) as store:
        store.run(lambda work: work.set_pause(pause))


def test_the_status_says_since_when_by_whom_and_why_it_is_paused(
    composition: CompositionDouble, call: Call
) -> None:
    small.fill(composition.root)
    assert "paused" not in call("status")[1]
    assert json.loads(call("status", "--json")[1])["brake"] is None
    pull(composition.root, "The tests are red")
    out = call("status")[1]
    line = "paused since 2026-11-21 07:30Z by Alice Doe: The tests are red; to go on: dispatchd resume"
    assert out.splitlines()[1] == line
    assert "\nNext, when work goes on\n" in out
    assert json.loads(call("status", "--json")[1])["brake"] == {
        "by": "alice",
        "name": "Alice Doe",
        "since": "2026-11-21T07:30:00Z",
        "reason": "The tests are red",
    }


def test_nothing_is_ready_while_it_is_paused(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    assert "i-2b9x" in call("issue", "list", "--ready")[1]
    pull(composition.root, "")
    code, out, err = call("issue", "list", "--ready")
    assert (code, out) == (0, "")
    assert err == (
        "Nothing starts: paused since 2026-11-21 07:30Z by Alice Doe; to go on: dispatchd resume\n"
    )
    assert json.loads(call("issue", "list", "--ready", "--json")[1]) == {"items": []}
    assert "i-2b9x" in call("issue", "list")[1]


def test_undo_alone_lists_what_could_be_taken_back(composition: CompositionDouble, call: Call) -> None:
    item = {"id": "k3j2p9abcdefghjk", "at": "2026-11-21T07:30:00Z", "actor": "alice", "subject": "i-7k2m"}
    composition.reply = lambda _: {"items": [{**item, "told": "Alice Doe queues i-7k2m"}]}
    code, out, err = call("undo")
    assert (code, out) == (0, "2026-11-21 07:30Z  k3j2p9  Alice Doe queues i-7k2m\n")
    assert err == "Take one back: dispatchd undo k3j2p9\n"
    composition.reply = lambda _: {"items": []}
    assert call("undo")[2] == "Nothing that was done lately can be taken back.\n"


def test_tidy_says_what_gets_which_name_and_what_keeps_its_own(
    composition: CompositionDouble, call: Call
) -> None:
    moved = {"from": "issues/a.md", "to": "issues/i-7k2m-login.md"}
    kept = {"from": "issues/b.md", "to": "issues/i-8p3q-page.md"}
    composition.reply = lambda _: {"items": [moved], "taken": [kept]}
    code, out, err = call("tidy", "--dry-run", ".dispatch/issues", "e-3fq9")
    assert (code, out) == (0, "issues/a.md  →  issues/i-7k2m-login.md\n")
    assert err == (
        "issues/b.md keeps its name: something else is called issues/i-8p3q-page.md.\n"
        "1 file would be renamed: dispatchd tidy\n"
    )
    assert composition.asked[0].arguments == {"paths": ["issues", "e-3fq9"], "dry_run": True}
    composition.reply = lambda _: {"items": [], "taken": []}
    assert call("tidy")[1] == "Nothing has to be renamed.\n"


def test_the_walk_through_what_waits_lets_work_go_on(composition: CompositionDouble) -> None:
    small.fill(composition.root, ())
    composition.running = Running()
    pull(composition.root, "The tests are red")
    composition.reply = lambda _: {"subject": "", "told": ["Alice Doe lets work go on"]}
    typed = iter(["go on"])
    walk(Invocation(composition), lambda _: next(typed), lambda *_: None)
    assert composition.asked == [Request(verb=Verb.RESUME, arguments={})]


def test_work_that_is_held_already_is_told_with_who_held_it_and_how_it_goes_on(
    composition: CompositionDouble, call: Call
) -> None:
    small.fill(composition.root)
    small.happen(composition.root, "holds the work", 5, WorkHeld(issue=small.LOGIN.id, held=True))
    composition.reply = lambda _: {"subject": "i-7k2m", "told": []}
    code, out, _ = call("merge", "hold", "i-7k2m")
    assert code == 0
    assert out.startswith("It is held since 2026-11-21 07:05Z, by alice (merge hold, agent stop")
    assert out.endswith("It goes on with: dispatchd agent start i-7k2m\n")
