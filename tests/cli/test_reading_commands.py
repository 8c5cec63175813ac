import json

import pytest

from dispatchd.application.settings import settings_in
from dispatchd.application.workspace_status import status_of
from dispatchd.cli.invocation import Invocation
from dispatchd.cli.status_screen import status_lines
from dispatchd.cli.terminal import Screen
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble, Running


@pytest.fixture
def filled(composition: CompositionDouble) -> CompositionDouble:
    small.fill(composition.root)
    composition.running = Running()
    composition.settings_found = settings_in('[workspace]\nhome = "alice-laptop"\n')
    return composition


def test_status_says_first_what_waits_with_the_file_to_open(filled: CompositionDouble, call: Call) -> None:
    code, out, err = call("status")
    assert (code, err) == (0, "")
    assert out.split("\n") == [
        f"{filled.root.name} · runs since 2026-11-21 07:20Z  2 queued, 1 in progress, 1 done",
        "",
        "Waits for you",
        (
            "  Which hash for passwords?         question from ash                        "
            ".dispatch/inbox/t-4kq2-which-hash.md"
        ),
        (
            "  Passwordless login                gate of Design: Is the flow right?       "
            ".dispatch/epics/e-3fq9-passwordless-login.md"
        ),
        (
            "  Use argon2id for password hashes  vote of @alice, until 2026-11-22 07:00Z  "
            ".dispatch/proposals/p-9xw4-use-argon2id.md"
        ),
        "",
        "Runs",
        "  i-7k2m  Login times out on slow networks  ash",
        "",
        "Next",
        "  i-2b9x  critical  Send the link by mail  for coder",
        "",
        "Waits on something",
        "  i-8p3q  Login page  after i-7k2m Login times out on slow networks",
        "",
    ]
    assert out.count("\n") <= 24


def test_an_empty_workspace_is_taught(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root, ())
    code, out, _ = call("status")
    assert code == 0
    assert "no daemon runs: dispatchd up" in out
    assert "Drop a file" in out
    assert out.count("\n") <= 24


def test_a_problem_is_shown_with_its_place(filled: CompositionDouble, call: Call) -> None:
    small.park(filled.root)
    _, out, _ = call("status")
    assert (
        ".dispatch/issues/login timeout.md:7  There are conflict markers. Keep one side and remove the markers\n"
        in out
    )


def test_a_refusal_is_shown_on_the_line_that_its_key_is_on_now(filled: CompositionDouble, call: Call) -> None:
    small.refuse(filled.root, "key:id")
    assert ".dispatch/issues/login timeout.md:2  kept" in call("status")[1]
    small.refuse(filled.root, "line:0:All about Login times out on slow networks.")
    assert ".dispatch/issues/login timeout.md:5  kept" in call("status")[1]
    small.refuse(filled.root, "key:gone")
    assert ".dispatch/issues/login timeout.md  kept" in call("status")[1]


def test_lists_say_on_the_error_stream_what_cannot_be_read(filled: CompositionDouble, call: Call) -> None:
    small.park(filled.root)
    _, out, err = call("issue", "list")
    assert "conflict" not in out
    assert "i-7k2m" in out
    assert err == (
        "1 file cannot be read: "
        ".dispatch/issues/login timeout.md:7 There are conflict markers. Keep one side and remove the markers\n"
    )


def test_what_is_shown_without_a_daemon_says_if_it_is_old(filled: CompositionDouble, call: Call) -> None:
    filled.late = "3 files are newer than what is shown"
    assert call("issue", "list")[2] == ""
    filled.running = None
    code, out, err = call("issue", "list", "--json")
    assert code == 0
    assert json.loads(out)["items"]
    assert err == "3 files are newer than what is shown\n"


def test_the_status_as_json_has_its_documented_keys(filled: CompositionDouble, call: Call) -> None:
    _, out, _ = call("status", "--json")
    found = json.loads(out)
    assert found["daemon"] == {
        "pid": 4711,
        "since": "2026-11-21T07:20:00Z",
        "home": "alice-laptop",
        "stopped": False,
        "version": "0.1.0",
    }
    assert [each["id"] for each in found["waiting"]] == ["t-4kq2", "e-3fq9", "p-9xw4"]
    assert [each["id"] for each in found["running"]] == ["i-7k2m"]
    assert [each["id"] for each in found["next"]] == ["i-2b9x"]
    assert found["problems"] == []


def test_issues_are_listed_by_priority_then_age_without_the_finished(
    filled: CompositionDouble, call: Call
) -> None:
    _, out, _ = call("issue", "list")
    assert out == (
        "i-2b9x  queued       critical  Send the link by mail\n"
        "i-7k2m  in progress  high      Login times out on slow networks  ash          auth, network\n"
        "i-8p3q  queued       medium    Login page                             i-7k2m\n"
    )


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (("--all",), ["i-2b9x", "i-7k2m", "i-8p3q", "i-5d5d"]),
        (("--status", "Fixed"), ["i-5d5d"]),
        (("--status", "doing", "-s", "done"), ["i-7k2m", "i-5d5d"]),
        (("--priority", "P1"), ["i-7k2m"]),
        (("--label", "#auth"), ["i-7k2m"]),
        (("--assignee", "@ash"), ["i-7k2m"]),
        (("--role", "coder", "--ready"), ["i-2b9x"]),
        (("--waiting",), ["i-8p3q"]),
        (("--text", "LOGIN"), ["i-7k2m", "i-8p3q"]),
        (("--limit", "1"), ["i-2b9x"]),
    ],
)
def test_issues_are_found_by_what_was_asked(
    filled: CompositionDouble, call: Call, options: tuple[str, ...], ids: list[str]
) -> None:
    code, out, _ = call("issue", "list", "--json", *options)
    assert code == 0
    assert [each["id"] for each in json.loads(out)["items"]] == ids


def test_an_unknown_word_in_a_filter_says_what_there_is(filled: CompositionDouble, call: Call) -> None:
    code, out, err = call("issue", "list", "--status", "someday")
    assert (code, out) == (1, "")
    assert "unassigned, queued, assigned" in err


def test_one_issue_is_its_facts_and_its_text(filled: CompositionDouble, call: Call) -> None:
    code, out, _ = call("issue", "show", "7k2")
    assert code == 0
    assert out.startswith("i-7k2m  Login times out on slow networks\n")
    assert "labels      auth, network\n" in out
    assert "file        .dispatch/issues/login timeout.md\n" in out
    assert out.endswith("\nAll about Login times out on slow networks.\n")


def test_an_entity_as_json_has_the_keys_of_its_front_matter(filled: CompositionDouble, call: Call) -> None:
    _, out, _ = call("issue", "show", "i-7k2m", "--json")
    found = json.loads(out)
    assert found["kind"] == "issue"
    assert found["labels"] == ["auth", "network"]
    assert found["assignee"] == "ash"
    assert found["role"] is None
    assert found["created"] == "2026-11-21T07:01:00Z"
    assert found["path"] == "issues/login timeout.md"
    assert found["body"] == "All about Login times out on slow networks.\n"


@pytest.mark.parametrize(
    ("noun", "subject", "keys"),
    [
        ("epic", "e-3fq9", {"id", "kind", "title", "status", "stages", "path", "body"}),
        ("proposal", "p-9xw4", {"id", "kind", "title", "status", "threshold", "voters", "deadline", "votes"}),
        ("inbox", "t-4kq2", {"id", "kind", "from", "issue", "status", "options", "turns", "answer"}),
        ("agent", "ash", {"name", "kind", "role", "engine", "paused", "path", "body"}),
    ],
)
def test_every_kind_is_listed_and_shown(
    filled: CompositionDouble, call: Call, noun: str, subject: str, keys: set[str]
) -> None:
    code, out, _ = call(noun, "list")
    assert code == 0
    assert subject in out
    code, out, _ = call(noun, "show", subject)
    assert code == 0
    assert out.startswith(subject)
    _, listed, _ = call(noun, "list", "--json")
    assert [each["id"] for each in json.loads(listed)["items"]] == [subject]
    _, shown, _ = call(noun, "show", subject, "--json")
    assert keys <= set(json.loads(shown))


def test_something_of_another_kind_is_not_found(filled: CompositionDouble, call: Call) -> None:
    code, _, err = call("epic", "show", "i-7k2m")
    assert code == 1
    assert "this takes an epic" in err


def test_an_ambiguous_id_says_what_it_could_be(filled: CompositionDouble, call: Call) -> None:
    other = Issue(id=EntityId("i-7kzz"), title="Other", created=small.later(30))
    small.fill(filled.root, (other,))
    code, _, err = call("issue", "show", "i-7k")
    assert code == 1
    assert "i-7k2m" in err
    assert "i-7kzz" in err


def test_control_characters_in_a_title_are_shown_and_not_sent(filled: CompositionDouble, call: Call) -> None:
    evil = Issue(id=EntityId("i-ev11"), title="\x1b[2J\x9bboo\u202e", created=small.later(31))
    small.fill(filled.root, (evil,))
    for arguments in (("issue", "list"), ("issue", "show", "i-ev11"), ("issue", "list", "--json")):
        _, out, _ = call(*arguments)
        assert not {"\x1b", "\x9b", "\u202e"} & set(out)
        assert "boo" in out


def test_the_log_is_read_from_top_to_bottom(filled: CompositionDouble, call: Call) -> None:
    small.happen(filled.root, "i-7k2m is queued", 1)
    small.happen(filled.root, "ash begins i-7k2m", 2)
    code, out, _ = call("log", "i-7k2m")
    assert code == 0
    assert out == (
        "2026-11-21 07:01Z  event0  i-7k2m is queued\n2026-11-21 07:02Z  event0  ash begins i-7k2m\n"
    )
    _, out, _ = call("log", "--json", "--limit", "1")
    (entry,) = json.loads(out)["items"]
    assert {"id", "type", "at", "actor", "subject"} <= set(entry)
    assert (entry["type"], entry["subject"], entry["actor"]) == ("IssueMoved", "i-7k2m", "alice")


def test_status_says_when_git_is_at_work_in_the_tree(filled: CompositionDouble, call: Call) -> None:
    filled.git_is_at = "a merge is open in .dispatch"
    _, out, _ = call("status")
    assert out.split("\n")[1:3] == [
        "paused: a merge is open in .dispatch",
        "  git -C .dispatch status says which files wait, and how to end it",
    ]
    assert json.loads(call("status", "--json")[1])["paused"] == "a merge is open in .dispatch"


def test_an_epic_is_shown_with_its_stages_their_gates_and_their_issues(
    filled: CompositionDouble, call: Call
) -> None:
    code, out, _ = call("epic", "show", "e-3fq9")
    assert code == 0
    assert "stage Design (1 of " in out
    assert "gate waits" in out
    assert "  gate: approval: Is the flow right?" in out
    assert "total" not in out


def test_a_whole_table_of_settings_is_shown(filled: CompositionDouble, call: Call) -> None:
    filled.settings_found = settings_in('[people]\nalice = ["a@x", "b@x"]\nbob = ["bob@x"]\n')
    out = call("config", "get", "people")[1]
    assert "a@x" in out
    assert "b@x" in out
    assert "bob@x" in out


def test_nothing_by_a_name_is_said_without_the_word_entity(filled: CompositionDouble, call: Call) -> None:
    assert 'there is no issue "zzz"; see dispatchd issue list' in call("issue", "show", "zzz")[2]
    assert 'nothing here is called "zzz"' in call("edit", "zzz")[2]


def test_a_narrow_terminal_keeps_the_counts_and_the_cure_of_a_refusal(filled: CompositionDouble) -> None:
    small.refuse(filled.root, "key:id")
    invocation = Invocation(filled, filled.root)
    invocation.screen = Screen(width=46)
    with invocation.reading() as model:
        out = "\n".join(status_lines(invocation, status_of(model), invocation.daemon))
    assert "\n2 queued, 1 in progress, 1 done\n" in out
    assert "…" not in out.partition("Problems")[2]


def test_the_list_of_agents_says_what_each_does(filled: CompositionDouble, call: Call) -> None:
    code, out, _ = call("agent", "list")
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["name", "role", "engine", "does"],
        ["ash", "coder", "scripted", "free"],
    ]
