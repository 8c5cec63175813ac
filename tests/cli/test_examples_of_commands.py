"""Every example in a help text is what one could type: known commands, options and numbers of arguments."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from dispatchd.cli.grammar import Noun, Verb
from dispatchd.cli.in_a_file import IN_A_FILE
from dispatchd.cli.program import EXAMPLES, program
from tests.cli.conftest import Call

_CALL = re.compile(r"(?:^|&&|\|\||[|;]|\$\()\s*dispatchd\b(?P<words>(?:\"[^\"]*\"|'[^']*'|[^\"'&|;)>])*)")

_FILES = re.compile(r"(?<=\s)[a-z./]+\.(?:md|json|jsonl)\b")
_FOLDERS = ("backlog", "../old-project")


def examples() -> Iterator[str]:
    yield from EXAMPLES
    yield from _of(program, click.Context(program))


def _of(command: click.Command, context: click.Context) -> Iterator[str]:
    if isinstance(command, Verb | Noun):
        yield from command.examples
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _of(inner, click.Context(inner, parent=context, info_name=name))


def parse(words: list[str]) -> None:
    """As click reads a command line, to the last word; nothing is done."""
    command: click.Command = program
    parent: click.Context | None = None
    while True:
        is_group = isinstance(command, click.Group)
        context = command.make_context(
            command.name, words, parent=parent, allow_interspersed_args=not is_group
        )
        if not isinstance(command, click.Group):
            return
        rest = [*context._protected_args, *context.args]  # noqa: SLF001 - click tells it in no other way
        if not rest and command.invoke_without_command:
            return
        _, found, words = command.resolve_command(context, rest)
        assert found is not None
        command, parent = found, context


@pytest.mark.parametrize("example", sorted(set(examples())))
def test_an_example_parses(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    monkeypatch.chdir(repository)
    for folder in _FOLDERS:
        (repository / folder).mkdir()
    for name in _FILES.findall(example):
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).touch()
    calls = [match["words"] for match in _CALL.finditer(example)]
    assert calls or not example.startswith("dispatchd")
    for words in calls:
        parse(shlex.split(words))


@pytest.mark.parametrize("words", sorted(IN_A_FILE))
def test_the_edit_that_does_the_same_is_told_in_the_help_of_its_command(words: str, call: Call) -> None:
    code, out, _ = call(*words.split(), "--help")
    assert code == 0
    assert "In a file:" in out


def test_the_overview_says_what_it_listens_to_and_how_it_ends(call: Call) -> None:
    _, out, _ = call("--help")
    assert "NO_COLOR" in out
    assert "130" in out
