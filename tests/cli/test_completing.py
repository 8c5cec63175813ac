from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete, get_completion_class

from dispatchd.application.settings import settings_in
from dispatchd.cli.completed_words import Word
from dispatchd.cli.completing import CompletedWord
from dispatchd.cli.invocation import Invocation
from dispatchd.cli.program import program
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_event import WorkSubmitted
from dispatchd.domain.thread import ThreadStatus
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble


@pytest.fixture(autouse=True)
def _workspace(composition: CompositionDouble) -> None:
    small.fill(composition.root)
    composition.settings_found = tuple(settings_in('[people]\nalice = ["alice@example.com"]\n'))


def words(composition: CompositionDouble, *typed: str, shell: str = "zsh") -> dict[str, str | None]:
    """What is offered for the last of the words that were typed, with what is shown beside it."""
    found = get_completion_class(shell)
    assert found is not None
    asked: ShellComplete = found(
        program, {"obj": Invocation(composition)}, "dispatchd", "_DISPATCHD_COMPLETE"
    )
    return {item.value: item.help for item in asked.get_completions(list(typed[:-1]), typed[-1])}


def test_a_branch_to_be_moved_forward_is_one_of_the_users(composition: CompositionDouble) -> None:
    assert words(composition, "merge", "--into", "rel") == {"release/2": None}
    assert set(words(composition, "merge", "into", "")) == {"main", "release/2"}


def test_commands_come_with_their_lines_of_the_overview(composition: CompositionDouble) -> None:
    assert words(composition, "is") == {"issue": "Make, list, show and change issues."}
    assert "show" in words(composition, "issue", "sh")


def test_ids_come_with_their_titles_and_only_of_the_kind_that_is_meant(
    composition: CompositionDouble,
) -> None:
    found = words(composition, "issue", "show", "")
    assert found["i-7k2m"] == "Login times out on slow networks · in progress"
    assert {value[:2] for value in found} == {"i-"}
    assert set(words(composition, "gate", "approve", "E-3")) == {"e-3fq9"}
    assert {value[:1] for value in words(composition, "edit", "")} >= {"i", "e", "t"}


def test_a_folder_that_was_named_is_where_it_looks(composition: CompositionDouble, tmp_path: Path) -> None:
    assert words(composition, "-C", str(tmp_path), "issue", "show", "i-7") == {
        "i-7k2m": "Login times out on slow networks · in progress"
    }


def test_words_of_the_vocabulary_are_offered_for_their_options(composition: CompositionDouble) -> None:
    assert set(words(composition, "issue", "list", "--status", "in_")) == {"in_progress", "in_review"}
    assert set(words(composition, "issue", "new", "x", "-p", "")) == {"critical", "high", "medium", "low"}
    assert set(words(composition, "issue", "list", "--label", "a")) == {"auth"}
    assert {"@alice", "ash"} <= set(words(composition, "issue", "new", "x", "-a", "a"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("status=in_r",), "status=in_review"),
        (("status", "in_r"), "in_review"),
        (("status", "=", "in_r"), "in_review"),
        (("prio",), "priority=high"),
        (("epic=e-",), "epic=e-3fq9"),
        (("assignee=",), "assignee=ash"),
        (("status=done", "role=rev"), "role=reviewer"),
    ],
)
def test_changes_are_completed_whole_and_as_bash_parts_them(
    composition: CompositionDouble, typed: tuple[str, ...], expected: str
) -> None:
    assert expected in words(composition, "issue", "set", "i-7k2m", *typed)


def test_the_stages_and_options_of_what_was_named_are_offered(composition: CompositionDouble) -> None:
    stages = words(composition, "gate", "approve", "e-3fq9", "")
    assert set(stages) == {stage.name for stage in small.EPIC.stages}
    question = next(each for each in words(composition, "answer", "t-"))
    assert words(composition, "answer", question, "")


def test_without_a_workspace_there_is_nothing_and_no_word_about_it(
    composition: CompositionDouble, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("state.db", "state.db-wal", "state.db-shm"):
        (tmp_path / ".git" / "dispatchd" / name).unlink(missing_ok=True)
    assert words(composition, "issue", "show", "") == {}
    assert capsys.readouterr() == ("", "")


def test_a_word_with_a_blank_is_quoted_for_bash_alone(composition: CompositionDouble) -> None:
    context = click.Context(program)
    context.params["completing"] = "bash_complete"
    argument = click.Argument(["stage"])
    names = CompletedWord(lambda _: [Word("Way out")])
    assert [item.value for item in names.shell_complete(context, argument, "way")] == ["Way\\ out"]
    context.params["completing"] = None
    assert [item.value for item in names.shell_complete(context, argument, "way")] == ["Way out"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_says_at_its_top_where_it_goes(
    composition: CompositionDouble, call: Call, shell: str
) -> None:
    code, out, _ = call("completion", shell)
    assert code == 0
    comment = next(line for line in out.splitlines() if not line.startswith("#compdef"))
    assert comment.startswith("# To install: dispatchd completion")
    assert "_DISPATCHD_COMPLETE" in out
    assert (out.splitlines()[0] == "#compdef dispatchd") == (shell == "zsh")


def test_what_is_over_is_offered_to_nobody_who_wants_to_do_something_to_it(
    composition: CompositionDouble,
) -> None:
    over = replace(small.QUESTION, id=EntityId("t-0ver"), status=ThreadStatus.DISMISSED)
    small.fill(composition.root, (over, small.FORM))
    assert set(words(composition, "answer", "t-")) == {small.QUESTION.id}
    assert over.id in words(composition, "inbox", "show", "t-")
    assert small.FORM.id not in words(composition, "agent", "reassign", "i-")
    assert small.FORM.id in words(composition, "issue", "show", "i-")


def test_undo_is_offered_what_people_have_done_lately(composition: CompositionDouble) -> None:
    small.happen(composition.root, "alice begins i-7k2m", 1)
    small.happen(
        composition.root, "ash submits", 2, WorkSubmitted(issue=small.LOGIN.id, commit="c", summary="x")
    )
    assert words(composition, "undo", "") == {"event0": "alice begins i-7k2m"}
