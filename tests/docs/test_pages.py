"""What the pages of `docs/` promise by name exists: every setting, every command, every link."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from dispatchd.application.settings import settings_in
from dispatchd.cli.program import program

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ROW: Final = re.compile(r"^\| `(?P<key>\w+\.\w+)` \| (?P<words>[^|]+) \|", re.MULTILINE)
LINK: Final = re.compile(r"\]\((?P<target>[^)#:\s]+)(?:#[^)]*)?\)")
SAID: Final = re.compile(r"`dispatchd ([a-z][^`\n]*)`|^(?:\$ )?dispatchd ([a-z][^\n#]*)", re.MULTILINE)


def test_every_setting_stands_on_the_page_with_its_default() -> None:
    page = (ROOT / "docs" / "config.md").read_text(encoding="utf-8")
    written = {row["key"]: row["words"].strip() for row in ROW.finditer(page)}
    assert written == {setting.key: setting.words for setting in settings_in("")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = [link["target"] for link in LINK.finditer(text)]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def commands_in(page: Path) -> Iterator[str]:
    for said in SAID.finditer(page.read_text(encoding="utf-8")):
        yield (said[1] or said[2]).strip()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    for said in commands_in(page):
        command: click.Command = program
        words = shlex.split(re.split(r" && | ; ", said)[0])
        while words and isinstance(command, click.Group):
            context = click.Context(command)
            found = command.get_command(context, words[0])
            if words[0].isupper():
                break  # stands for a word of the reader's
            if words[0].startswith("-") and command.invoke_without_command:
                break  # an option of the group itself
            if found is None and "ask" in command.list_commands(context):
                break  # `as NAME …`: the name comes first
            assert found is not None, f"{page.name}: `dispatchd {said}` names no command"
            command, words = found, words[1:]
