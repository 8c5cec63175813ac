"""`dispatchd open` with a desktop, and without one."""

from pathlib import Path

import pytest

from tests.system.desk import Desk, until

PAGE = "https://github.com/o/r/blob/dispatch/issues/login.md"


@pytest.fixture
def workspace(idle_desk: Desk, outside_tmp: Path) -> Desk:
    """With an opener of its own, which notes what it was given."""
    idle_desk.save("issues/login.md", "---\nid: i-7k2m\n---\n\nLogin\n")
    idle_desk.sync()
    opener = outside_tmp / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {outside_tmp}/opened\n', encoding="utf-8")
    opener.chmod(0o755)
    here = idle_desk.do("sh", "-c", "printf %s $PATH")
    idle_desk.environment = {"PATH": f"{opener.parent}:{here}", "DISPLAY": ":7"}
    return idle_desk


def test_the_desktop_is_given_the_file_or_its_page(workspace: Desk, outside_tmp: Path) -> None:
    noted = outside_tmp / "opened"
    file = str(workspace.path("issues/login.md"))
    assert workspace.dispatchd("open", "i-7k2m") == ""
    until(lambda: noted.exists() and noted.read_text(encoding="utf-8") == file, "the file was not opened")
    workspace.git("remote", "add", "origin", "git@github.com:o/r.git")
    assert workspace.dispatchd("open", "i-7k2m", "--web") == ""
    until(lambda: noted.read_text(encoding="utf-8") == PAGE, "the page was not opened")


def test_where_the_desktop_opens_nothing_the_path_is_printed(workspace: Desk) -> None:
    workspace.environment = {**workspace.environment, "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    file = f"{workspace.path('issues/login.md')}\n"
    assert workspace.dispatchd("open", "i-7k2m") == file
    assert workspace.dispatchd("open", ".dispatch/issues/login.md", "--print") == file
