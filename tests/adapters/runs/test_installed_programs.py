"""What of a user's home has to be seen for a program to run that is installed there."""

from pathlib import Path

import pytest

from dispatchd.adapters.runs.installed_programs import folders_of


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    program = home / "lib" / "node_modules" / "claude" / "bin" / "claude"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o700)
    (home / "bin").mkdir()
    (home / "bin" / "claude").symlink_to(program)
    (home / "loose").touch(mode=0o700)
    monkeypatch.setenv("PATH", f"{home / 'bin'}:{home}")
    return home


def test_a_program_is_seen_with_the_packages_beside_it(home: Path) -> None:
    assert folders_of(("claude",), home) == (home / "bin", home / "lib" / "node_modules")


def test_a_program_that_stands_in_the_home_itself_does_not_show_all_of_it(home: Path) -> None:
    assert folders_of(("loose",), home) == ()


def test_what_is_not_there_and_an_engine_without_a_program_show_nothing(home: Path) -> None:
    assert folders_of(("nothing",), home) == ()
    assert folders_of((), home) == ()
