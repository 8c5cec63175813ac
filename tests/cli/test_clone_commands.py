"""`home`, `share now`, and what `status` says of other clones."""

import json

import pytest

from dispatchd.application.clone_status import CloneStatus, HomeMoved, clone_status
from dispatchd.cli.clone_lines import clone_lines
from tests.cli.conftest import Call
from tests.fakes.composition_double import CompositionDouble

NOTES = {
    "home_seen": '{"at": "2026-11-21T12:31:00+00:00", "commit": "abc"}',
    "unanswered": "2",
    "shared": '{"remote": "origin", "trouble": "unreachable", "words": "origin cannot be reached", '
    '"since": "2026-11-21T12:40:00+00:00"}',
}


def status(home: str, remote: str = "origin", notes: dict[str, str] | None = None) -> CloneStatus:
    return clone_status("desk-7k2m", home, remote, (NOTES if notes is None else notes).get)


def test_home_that_shares_and_is_well_says_nothing() -> None:
    assert list(clone_lines(status("desk-7k2m", notes={}), is_running=True)) == []
    assert list(clone_lines(status("", "", {}), is_running=False)) == []


def test_a_replica_says_who_decides_how_far_it_is_and_what_is_in_the_way() -> None:
    assert list(clone_lines(status("alice-3fq9"), is_running=True)) == [
        "alice-3fq9 decides; its last commit is of 2026-11-21 12:31Z, 2 commits wait for it.",
        "Not shared since 2026-11-21 12:40Z: origin cannot be reached.",
    ]


def test_a_replica_without_a_daemon_says_what_that_means() -> None:
    lines = list(clone_lines(status("alice-3fq9", notes={}), is_running=False))
    assert lines[0] == "alice-3fq9 decides; it has committed nothing yet, nothing waits for it."
    assert lines[-1].startswith("No daemon runs: what you save is not committed")


def test_what_is_not_committed_yet_waits_too() -> None:
    said = {
        (count, lag): next(
            iter(clone_lines(clone_status("a", "b", "", {"unanswered": count}.get, lag), is_running=True))
        )
        for count in ("0", "1")
        for lag in (0, 3)
    }
    begins, last = "b decides; it has committed nothing yet", "what was saved last is not committed yet"
    assert said == {
        ("0", 0): f"{begins}, nothing waits for it.",
        ("0", 3): f"{begins}, {last}.",
        ("1", 0): f"{begins}, 1 commit waits for it.",
        ("1", 3): f"{begins}, 1 commit waits for it, {last}.",
    }


def test_a_setting_that_was_written_where_another_clone_decides_is_none_yet(
    composition: CompositionDouble, call: Call
) -> None:
    told = [
        "Bob Roe writes config.toml",
        "Written to config.toml; takes effect when home-7k2m sees its commit.",
    ]
    composition.reply = lambda _: {
        "subject": "config.toml",
        "told": told,
        "paths": ["config.toml"],
        "elsewhere": "home",
    }
    assert call("config", "set", "budget.day_usd", "15")[1] == "\n".join(told) + "\n"
    assert json.loads(call("config", "set", "budget.day_usd", "15", "--json")[1])["elsewhere"] == "home"


def test_while_nobody_decides_both_are_named() -> None:
    (line, *_) = clone_lines(status("nobody (a-1 or b-2)", notes={}), is_running=True)
    assert (
        line
        == "Nobody decides: a-1 and b-2 did at the same time. Run dispatchd home --here in the one that shall."
    )


@pytest.mark.parametrize(("count", "words"), [("1", "1 commit of others"), ("3", "3 commits of others")])
def test_what_was_fetched_and_waits_is_counted(count: str, words: str) -> None:
    lines = list(clone_lines(status("desk-7k2m", notes={"behind": count}), is_running=True))
    assert lines[0].startswith(words)


def test_moving_home_says_on_whose_word_decisions_stand_and_which_do_not(
    composition: CompositionDouble, call: Call
) -> None:
    composition.moved = HomeMoved("", on_word=(("Alice Doe", 2), ("Bob", 1)), asked_again=1)
    out = call("home", "--here")[1]
    assert "3 decisions stand here on the word of the clones that decided before: Alice Doe 2, Bob 1." in out
    assert "git log --committer=dispatchd@local dispatch" in out
    assert "1 decision is not believed, because no signature proves it, and is asked again" in out
    data = json.loads(call("home", "--here", "--json")[1])
    assert (data["on_word"][0], data["asked_again"]) == ({"by": "Alice Doe", "decisions": 2}, 1)


def test_moving_home_names_what_only_this_clones_copy_knew(
    composition: CompositionDouble, call: Call
) -> None:
    things = tuple((f"i-aa{number:02}", f"Thing {number}") for number in range(25))
    composition.moved = HomeMoved("", let_go=things, kept="/x/let-go.db")
    code, out, _ = call("home", "--here")
    assert code == 0
    assert "25 things that only this clone's own copy knew" in out
    assert "  i-aa00  Thing 0\n" in out
    assert out.endswith("  and 5 more\nThe copy is kept: /x/let-go.db\n")
    assert len(json.loads(call("home", "--here", "--json")[1])["let_go"]) == 25
