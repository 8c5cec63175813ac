"""What the guide to editors tells people to write works as written."""

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.system.desk import Desk, until
from tests.system.neovim import GUIDE, advised

ISSUE = "---\nid: i-7k2m\ntitle: Login\n---\n\nSee [the mail](mail%20it.md), ../issues/page.md and i-2b9x.\n"


@pytest.fixture
def workspace(idle_desk: Desk) -> Desk:
    idle_desk.save("issues/mail it.md", "---\nid: i-2b9x\n---\n\nMail\n")
    idle_desk.save("issues/page.md", "---\nid: i-8p3q\n---\n\nPage\n")
    idle_desk.save("issues/login.md", ISSUE)
    idle_desk.sync()
    return idle_desk


@pytest.mark.parametrize(
    ("words", "file"), [("i-2b9x", "mail it.md"), ("page", "page.md"), ("i-7k2m", "login.md")]
)
def test_vim_follows_ids_and_links(workspace: Desk, outside_tmp: Path, words: str, file: str) -> None:
    if shutil.which("vim") is None:
        pytest.skip("needs vim")
    rc, out = outside_tmp / "vimrc", outside_tmp / "at"
    rc.write_text(advised("vim"), encoding="utf-8")
    commands = [f"call search('{words}')", "normal gf", f"call writefile([expand('%:t')], '{out}')", "qall!"]
    given = [word for command in commands for word in ("-c", command)]
    workspace.run("vim", "-N", "-u", rc, "-es", *given, workspace.path("issues/login.md"))
    until(out.exists, "vim said nothing")
    assert out.read_text(encoding="utf-8").strip() == file


def test_the_settings_for_vs_code_are_those_of_the_workspace_file(workspace: Desk) -> None:
    laid = json.loads(workspace.read("dispatch.code-workspace"))
    for key, value in json.loads(advised("json")).items():
        assert laid["settings"][key] == value
    assert all(each in advised_text() for each in laid["extensions"]["recommendations"])


def advised_text() -> str:
    return GUIDE.read_text(encoding="utf-8")


def test_the_settings_for_helix_are_toml_that_names_the_server_it_starts() -> None:
    settings = tomllib.loads(advised("toml"))
    (language,) = settings["language"]
    assert set(language["language-servers"]) >= set(settings["language-server"])


def test_every_editor_that_is_listed_has_its_part() -> None:
    text = advised_text()
    listed = re.findall(r"\]\(#([a-z-]+)\)", text)
    parts = {
        re.sub(r"[^a-z -]", "", line[3:].lower()).replace(" ", "-")
        for line in text.splitlines()
        if line[:3] == "## "
    }
    assert set(listed) == parts


def test_the_server_ends_by_itself_when_nobody_speaks(workspace: Desk) -> None:
    assert workspace.dispatchd("lsp") == ""
