"""What a shell puts on a command line for somebody is text of others: it is never more than one harmless word."""

import shlex

import click
import pytest

from dispatchd.cli.completed_words import Word
from dispatchd.cli.completing import CompletedWord


def offered(word: str, shell: str) -> list[str]:
    """What is handed to *shell* where *word* could be completed."""
    context = click.Context(click.Command("list"), info_name="list")
    context.params["completing"] = f"{shell}_complete"
    completed = CompletedWord(lambda _: [Word(word, "about")])
    parameter = click.Option(["--label"])
    return [item.value for item in completed.shell_complete(context, parameter, "")]


@pytest.mark.parametrize(
    "label",
    ["$(touch pwned)", "`id`", "a; rm -rf x", "a&b", "a|b", "~", "*", "'", '"', "a\\b", "!!", "{a,b}"],
)
def test_a_label_with_marks_of_the_shell_is_one_word_in_bash(label: str) -> None:
    (word,) = offered(label, "bash")
    assert shlex.split(f"dispatchd issue list --label {word}") == [
        "dispatchd",
        "issue",
        "list",
        "--label",
        label,
    ]
    assert not any(mark in word.replace("\\$", "").replace("\\`", "").replace("\\;", "") for mark in "$`;")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_label_that_a_terminal_would_obey_is_not_offered(shell: str) -> None:
    assert offered("a\x1b[31m", shell) == []
    assert offered("a\nb", shell) == []
