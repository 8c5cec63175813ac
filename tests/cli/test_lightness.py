import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes import small_workspace as small

HEAVY = {
    "pydantic",
    "asyncio",
    "aiosqlite",
    "watchdog",
    "git",
    "yaml",
    "tomlkit",
    "markdown_it",
    "ruamel",
    "subprocess",
}
PROGRAM = """
import sys
from dispatchd.cli.program import program
try:
    program.main(sys.argv[1:])
except SystemExit as left:
    print(left.code, *sorted({name.split(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("light")
    for command in (["git", "init", "-q"], [sys.executable, "-m", "dispatchd", "init"]):
        subprocess.run(command, cwd=root, check=True, capture_output=True)
    small.fill(root)
    return root


@pytest.mark.parametrize(
    "arguments",
    [("status",), ("waiting",), ("issue", "list", "--status", "queued"), ("issue", "show", "i-7k2m")],
    ids=" ".join,
)
def test_a_look_loads_nothing_but_click_and_sqlite3(repository: Path, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=repository,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    code, *loaded = done.stderr.splitlines()[-1].split()
    assert code == "0"
    assert {"click", "sqlite3"} <= set(loaded)
    assert HEAVY & set(loaded) == set()
    assert {"pygls", "lsprotocol"} & set(loaded) == set()
    outside = set(loaded) - set(sys.stdlib_module_names)
    assert {name for name in outside if not name.startswith("_")} <= {"click", "dispatchd"}


def test_a_word_is_completed_as_lightly_as_a_look(repository: Path) -> None:
    asked = {
        "COMP_WORDS": "dispatchd issue show i-",
        "COMP_CWORD": "3",
        "_DISPATCHD_COMPLETE": "bash_complete",
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=repository,
        check=True,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **asked},
    )
    assert "plain,i-7k2m" in done.stdout.splitlines()
    code, *loaded = done.stderr.splitlines()[-1].split()
    assert code == "0"
    assert (HEAVY | {"pygls", "lsprotocol"}) & set(loaded) == set()
