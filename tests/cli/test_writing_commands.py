import json
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from dispatchd.application.requests.request import Request, Verb
from dispatchd.application.settings import settings_in
from dispatchd.cli import daemon_commands
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble, Outcome, Running
from tests.fakes.heard_hints import PATIENCE_SECONDS


@pytest.mark.parametrize(
    ("arguments", "verb", "given"),
    [
        (("issue", "set", "i-7k2m", "status=queued", "labels-=x"), Verb.SET, {"noun": "issue", "id": "i-7k2m", "changes": ["status=queued", "labels-=x"]}),
        (("epic", "set", "e-3f", "status=ready"), Verb.SET, {"noun": "epic", "id": "e-3f", "changes": ["status=ready"]}),
        (("epic", "make", "e-3f", "Release"), Verb.EPIC_MAKE, {"id": "e-3f", "stage": "Release"}),
        (("gate", "approve", "e-3f"), Verb.GATE_APPROVE, {"epic": "e-3f"}),
        (("gate", "reject", "e-3f", "Design", "-m", "no"), Verb.GATE_REJECT, {"epic": "e-3f", "stage": "Design", "reason": "no"}),
        (("gate", "skip", "e-3f", "-m", "no"), Verb.GATE_SKIP, {"epic": "e-3f", "reason": "no"}),
        (("gate", "choose", "e-3f", "Rolling"), Verb.GATE_CHOOSE, {"epic": "e-3f", "option": "Rolling"}),
        (("gate", "choose", "e-3f", "Release", "Rolling"), Verb.GATE_CHOOSE, {"epic": "e-3f", "stage": "Release", "option": "Rolling"}),
        (("gate", "ask-again", "e-3f", "Design"), Verb.GATE_ASK_AGAIN, {"epic": "e-3f", "stage": "Design"}),
        (("vote", "p-9", "reject", "too", "slow"), Verb.VOTE, {"proposal": "p-9", "choice": "reject", "reason": "too slow"}),
        (("override", "p-9", "veto", "the", "licence"), Verb.OVERRIDE, {"proposal": "p-9", "how": "veto", "reason": "the licence"}),
        (("answer", "t-4", "bcrypt", "--text", "cost 12"), Verb.ANSWER, {"thread": "t-4", "option": "bcrypt", "text": "cost 12"}),
        (("restore", "i-7k2m"), Verb.RESTORE, {"id": "i-7k2m"}),
        (("confirm", "--all"), Verb.CONFIRM, {"all": True}),
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
    code, out, err = call(*arguments)
    assert (code, out, err) == (0, "done\n", "")
    assert composition.asked == [Request(verb=verb, arguments=given)]


def test_a_setting_that_was_changed_is_said_with_its_value(
    composition: CompositionDouble, call: Call
) -> None:
    assert call("config", "set", "people.bob", "b@example.com") == (
        0,
        "people.bob is b@example.com now.\n",
        "",
    )
    given = {"key": "people.bob", "value": "b@example.com"}
    assert composition.asked == [Request(verb=Verb.CONFIG_SET, arguments=given)]
    assert call("config", "set", "budget.day_usd", "-3")[0] == 0
    assert composition.asked[-1].arguments == {"key": "budget.day_usd", "value": "-3"}


def test_a_new_issue_prints_its_id_alone_so_that_scripts_can_take_it(
    composition: CompositionDouble, call: Call
) -> None:
    small.fill(composition.root)
    code, out, err = call(
        "issue", "new", "Login times out", "-t", "bug", "-l", "auth", "--body-file", "-", stdin="It does.\n"
    )
    assert (code, out) == (0, "i-7k2m\n")
    assert err == "Its file: .dispatch/issues/login timeout.md\n"
    (request,) = composition.asked
    assert request.arguments == {
        "title": "Login times out",
        "body": "It does.\n",
        "type": "bug",
        "labels": ["auth"],
        "depends_on": [],
    }


def test_a_write_with_json_prints_the_entity(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    for arguments in (("issue", "set", "i-7k2m", "priority=high"), ("issue", "new", "Login")):
        _, out, err = call(*arguments, "--json")
        assert json.loads(out)["id"] == "i-7k2m"
        assert err == ""


def test_nothing_to_do_is_said(composition: CompositionDouble, call: Call) -> None:
    composition.reply = lambda _: {"subject": "i-7k2m", "told": []}
    assert call("issue", "set", "i-7k2m", "priority=high")[1] == "Nothing had to change.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("gate", "reject", "e-3f"),
        ("restore",),
        ("restore", "i-7k2m", "--all"),
        ("override", "p-9", "veto"),
        ("gate", "choose", "e-3f", "a", "b", "c"),
        ("issue", "set", "i-7k2m"),
        ("issue", "new"),
        ("issue", "new", "x", "--body", "a", "--body-file", "-"),
        ("vote", "p-9"),
        ("issue", "list", "--limit", "0"),
    ],
)
def test_a_call_that_lacks_something_exits_2_and_asks_for_nothing(
    composition: CompositionDouble, call: Call, arguments: tuple[str, ...]
) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert "Usage:" in err
    assert composition.asked == []


def test_an_agent_asks_and_its_introduction_is_said(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    composition.reply = lambda _: {"subject": "t-4kq2", "told": ["ash asks: Which hash?"]}
    code, out, err = call(
        "as", "@ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt", "--issue", "i-7k2m"
    )
    assert (code, out) == (0, "t-4kq2\n")
    assert "ash is new here, a coder that is paused: .dispatch/agents/ash/agent.md\n" in err
    assert ".dispatch/inbox/t-4kq2-which-hash.md" in err
    assert composition.asked == [
        Request(
            verb=Verb.ASK,
            speaker="ash",
            arguments={"question": "Which hash?", "options": ["argon2id", "bcrypt"], "issue": "i-7k2m"},
        )
    ]


def test_an_answer_that_is_there_is_printed_and_received(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    small.answer(composition.root, "bcrypt\n\nwith cost 12")
    code, out, _ = call("as", "ash", "wait", "t-4k")
    assert (code, out) == (0, "bcrypt\n\nwith cost 12\n")
    assert composition.asked == [Request(verb=Verb.RECEIVE, speaker="ash", arguments={"thread": "t-4kq2"})]
    assert composition.waited == []


def test_waiting_for_an_answer_lasts_until_it_is_there(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    composition.running = Running()
    composition.heard = lambda: small.answer(composition.root, "bcrypt")
    code, out, _ = call("as", "ash", "wait", "t-4kq2", "--timeout", "60")
    assert (code, out) == (0, "bcrypt\n")
    assert composition.waited == [("t-4kq2", 60.0)]


def test_waiting_that_ends_without_an_answer_exits_1(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    composition.running = Running()
    code, out, err = call("as", "ash", "wait", "t-4kq2", "--timeout", "0")
    assert (code, out) == (1, "")
    assert "t-4kq2 has no answer yet" in err
    assert composition.asked == []


def test_waiting_without_a_daemon_says_how_to_start_one(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    code, _, err = call("as", "ash", "wait", "t-4kq2")
    assert code == 1
    assert "dispatchd up" in err


def test_the_daemon_is_started_once_and_stopped(composition: CompositionDouble, call: Call) -> None:
    assert "pid 4711" in call("up")[1]
    assert "already runs since 2026-11-21 07:20Z" in call("up")[1]
    assert "has stopped" in call("down")[1]
    assert call("down")[:2] == (0, "No daemon runs here.\n")


def test_sync_names_what_waits_for_a_hand(composition: CompositionDouble, call: Call) -> None:
    composition.report = {"held": ["issues/login timeout.md"]}
    code, out, err = call("sync", "--wait")
    assert (code, out) == (0, "Everything else is in.\n")
    assert "issues/login timeout.md is being edited" in err
    composition.report = {"held": [f"issues/{number}.md" for number in range(12)]}
    err = call("sync", "--wait")[2]
    assert err.count("is being edited") == 5
    assert "So are 7 more: dispatchd sync --wait --json" in err
    composition.running = Running()
    assert call("sync")[1] == "The daemon takes it in now.\n"


def test_check_exits_1_with_every_problem_at_its_place(composition: CompositionDouble, call: Call) -> None:
    assert call("check")[:2] == (0, "Every document reads well.\n")
    composition.problems = (
        SimpleNamespace(path="issues/x.md", line=4, what='"hihg" is no priority', hint="Write high"),
    )
    code, out, _ = call("check")
    assert code == 1
    assert out == '.dispatch/issues/x.md:4  "hihg" is no priority\n    Write high\n'
    code, out, _ = call("check", "--json")
    assert code == 1
    assert json.loads(out)["items"][0]["line"] == 4


def test_init_says_what_was_made_and_what_is_next(composition: CompositionDouble, call: Call) -> None:
    code, out, err = call("init")
    assert (code, out) == (0, ".dispatch is ready; its README.md says what can be done in it.\n")
    assert "dispatchd up" in err
    composition.outcome = Outcome(created=False)
    assert call("init")[1] == ".dispatch was ready already; nothing was changed.\n"


def test_the_settings_are_listed_with_where_they_come_from(
    composition: CompositionDouble, call: Call
) -> None:
    composition.settings_found = settings_in(
        '[people]\nalice = ["alice@example.com"]\n\n[workspace]\napprove_own = false\n'
    )
    _, out, _ = call("config", "list")
    lines = [line.split("  ") for line in out.splitlines()]
    found = {line[0]: (line[1:][-1].strip(), line) for line in lines}
    assert found["people.alice"][0] == "config.toml:2"
    assert found["workspace.approve_own"][0] == "config.toml:5"
    assert found["workspace.start_after"][0] == "default"
    assert call("config", "get", "workspace.approve_own")[1] == "false\n"
    assert call("config", "get", "people")[1] == "alice  alice@example.com\n"
    assert call("config", "get", "workspace.colour")[0] == 1
    _, out, _ = call("config", "get", "people.alice", "--json")
    assert json.loads(out) == {"key": "people.alice", "value": ["alice@example.com"], "from": "config.toml:2"}


def test_without_an_editor_and_a_terminal_edit_says_so(
    composition: CompositionDouble, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    small.fill(composition.root)
    file = composition.root / ".dispatch/issues/login timeout.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("x", encoding="utf-8")
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    code, _, err = call("edit", "i-7k2m")
    assert code == 1
    assert err.startswith("dispatchd: no editor is named and this is no terminal; set EDITOR")
    monkeypatch.setenv("EDITOR", "false")
    code, _, err = call("edit", "i-7k2m")
    assert code == 1
    assert err.startswith("dispatchd: the editor did not do its work")


def test_edit_opens_the_file_in_the_editor(
    composition: CompositionDouble, call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    small.fill(composition.root)
    file = composition.root / ".dispatch" / "issues" / "login timeout.md"
    file.parent.mkdir(parents=True)
    file.write_text("before", encoding="utf-8")
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\nprintf edited > "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    assert call("edit", "i-7k2m")[0] == 0
    assert file.read_text(encoding="utf-8") == "edited"
    code, _, err = call("edit", "i-8p3q")
    assert code == 1
    assert "dispatchd restore i-8p3q" in err


def test_restore_all_brings_the_folder_back(composition: CompositionDouble, call: Call) -> None:
    assert call("restore", "--all")[:2] == (0, "Nothing is missing.\n")
    composition.mended = (".dispatch is back.",)
    assert call("restore", "--all")[:2] == (0, ".dispatch is back.\n")
    assert composition.asked == []


def test_whoever_waits_is_told_what_for(
    composition: CompositionDouble, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = threading.Event()

    def awaited(_: object) -> str:
        told.set()
        return "issues/a.md is still to be written"

    def sync(_: object, *, wait: bool) -> dict[str, object]:
        assert wait is told.wait(PATIENCE_SECONDS)
        return {}

    monkeypatch.setattr(daemon_commands, "TOLD_AFTER", 0.01)
    monkeypatch.setattr(composition, "awaited", awaited)
    monkeypatch.setattr(composition, "sync", sync)
    _, out, err = call("sync", "--wait")
    assert out == "Everything is in.\n"
    assert err == "Still waiting: issues/a.md is still to be written.\n"
