import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import hypothesis
import pytest


def test_a_test_that_reaches_for_the_network_fails() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="tests use no network"):
        outside.connect(("192.0.2.1", 80))


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())


def test_home_and_gits_settings_are_those_of_this_run(tmp_path: Path) -> None:
    home = Path.home()
    assert home.is_relative_to(tempfile.gettempdir())
    done = subprocess.run(
        ["git", "config", "--show-origin", "user.email"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"file:{home}/.gitconfig\talice@example.com\n"
    assert not [name for name in os.environ if name.startswith("DISPATCHD_")]


def test_a_folder_for_editors_is_where_vim_keeps_its_backups(outside_tmp: Path) -> None:
    assert not outside_tmp.is_relative_to("/tmp")  # noqa: S108 - vim's own rule
    assert list(outside_tmp.iterdir()) == []


def test_generated_examples_are_the_same_in_every_run() -> None:
    profile = hypothesis.settings.get_profile("fixed")
    assert profile.derandomize
    assert profile.deadline is None


def test_nothing_of_the_developers_environment_reaches_a_test() -> None:
    ours = {"HOME", "XDG_RUNTIME_DIR", "LC_ALL", "TZ", "TERM", "SHELL"}
    ours |= {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_TERMINAL_PROMPT"}
    kept = {"PATH", "LD_LIBRARY_PATH", "USER", "LOGNAME", "TMPDIR", "TORTURE_SECONDS", "COLD"}
    assert not [name for name in os.environ if name not in ours | kept and not name.startswith("PYTEST_")]
    umask = os.umask(0o022)
    os.umask(umask)
    assert umask == 0o022


def test_a_python_program_that_a_test_starts_keeps_what_it_compiled(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("")
    subprocess.run([sys.executable, "-c", "import part"], cwd=tmp_path, check=True)
    assert list(tmp_path.glob("__pycache__/part.*.pyc"))
    assert not sys.dont_write_bytecode
