"""The doctor's page, its questions and its JSON, on findings made up here."""

import json

import pytest

from dispatchd.composition.doctoring.finding import Finding, Gravity, Mend
from tests.cli.conftest import Call
from tests.fakes.composition_double import CompositionDouble


def finding(code: str = "tree-unlocked", *, asks: bool = False, gravity: Gravity = Gravity.RISK) -> Finding:
    return Finding(
        code=code,
        gravity=gravity,
        what="The tree is not locked.",
        why="Git may prune it.",
        next_step="Run: git worktree lock .dispatch",
        details=("worktrees/-dispatch",),
        mend=Mend(will="Locks the worktree.", do=lambda: "Locked it.", asks=asks),
    )


def test_a_healthy_workspace_is_one_short_page(composition: CompositionDouble, call: Call) -> None:
    code, out, _ = call("doctor")
    assert code == 0
    assert out.splitlines()[2:] == ["  ✓ tree  whole", "", "Nothing is wrong with this installation."]


def test_a_finding_says_what_why_what_to_do_and_what_fix_will_do(
    composition: CompositionDouble, call: Call
) -> None:
    composition.findings = (finding(asks=True),)
    code, out, _ = call("doctor")
    assert code == 1
    for words in (
        "The tree is not locked.",
        "tree-unlocked",
        "worktrees/-dispatch",
        "why   Git may prune it.",
        "do    Run: git worktree lock .dispatch",
        "--fix Locks the worktree. Asks first.",
        "1 thing is wrong; dispatchd doctor --fix mends it.",
    ):
        assert words in out


def test_a_note_is_shown_and_is_nothing_wrong(composition: CompositionDouble, call: Call) -> None:
    composition.findings = (finding(gravity=Gravity.NOTE),)
    code, out, _ = call("doctor")
    assert code == 0
    assert "· The tree is not locked." in out


def test_fix_does_it_and_says_what_was_done(composition: CompositionDouble, call: Call) -> None:
    composition.findings = (finding(),)
    code, out, _ = call("doctor", "--fix")
    assert code == 0
    assert "Locked it." in out
    assert out.endswith("1 mended. Nothing is wrong with this installation.\n")


def test_what_asks_first_is_left_alone_where_nobody_sits_at_a_terminal(
    composition: CompositionDouble, call: Call
) -> None:
    composition.findings = (finding(asks=True),)
    assert call("doctor", "--fix", stdin="y\n")[0] == 1
    assert call("doctor", "--fix", "--yes")[0] == 0


def test_programs_get_the_same(composition: CompositionDouble, call: Call) -> None:
    composition.findings = (finding(asks=True), finding("driver-missing"))
    code, out, _ = call("doctor", "--fix", "--json")
    said = json.loads(out)
    assert code == 1
    assert [(each["code"], each["fix"], each["asks"]) for each in said["items"]] == [
        ("tree-unlocked", "Locks the worktree.", True)
    ]
    assert said["done"][0] == {
        "code": "driver-missing",
        "what": "The tree is not locked.",
        "said": "Locked it.",
        "mended": True,
    }
    assert said["rooms"] == [{"name": "tree", "state": "risk", "fact": "whole"}]


def test_yes_alone_is_a_wrong_call(composition: CompositionDouble, call: Call) -> None:
    assert call("doctor", "--yes")[0] == 2


@pytest.mark.parametrize("words", ["\x1b[31mred", "bell\x07", "two\nlines"])
def test_a_name_in_a_finding_is_shown_and_not_obeyed(
    composition: CompositionDouble, call: Call, words: str
) -> None:
    whole = finding()
    composition.findings = (
        Finding(
            code="x",
            gravity=Gravity.RISK,
            what=words,
            why=words,
            next_step=words,
            details=(words, whole.what),
        ),
    )
    _, out, _ = call("doctor")
    assert words not in out
