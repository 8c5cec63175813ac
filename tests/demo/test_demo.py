import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.stage import CHECKOUT, COMMAND


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "doorbell"
    yield place
    if (place / ".dispatch").exists():
        subprocess.run([COMMAND, "down"], cwd=place, check=False, capture_output=True)


def test_the_story_is_played_to_its_end_and_leaves_a_running_workspace(folder: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.demo.play", "--fast", "--folder", str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    for told in (
        "title: login timeout",
        '# dispatchd: kept "unassigned"',
        "+ - [x] Approved (Alice Doe, ",
        "i-8p3q is in_progress",
        'command = "python3 -m timeit',
        "says what was decided",
        "+ - [x] Keep the mail and try again",
        "came back (1 of 3): it conflicts in CHANGES.md",
        "came back (1 of 3): test failed (1)",
        "## main\n",
        "6 turns ended (6 ok)",
        "dispatchd down",
    ):
        assert told in played.stdout, f"{told!r} is missing in:\n{played.stdout}"
    assert re.findall(r" Merge (i-\w+)", played.stdout) == ["i-4m7t", "i-8p3q", "i-9r2d"]
    what_was_merged_passes_its_tests(folder)
    status = subprocess.run([COMMAND, "status"], cwd=folder, capture_output=True, text=True, check=False)
    assert status.returncode == 0, status.stdout + status.stderr


def what_was_merged_passes_its_tests(folder: Path) -> None:
    """The toy project as the agents left it holds what each of them made, and its own tests pass."""
    tree = folder.with_name("merged")
    subprocess.run(["git", "clone", "-q", "-b", "dispatchd/integration", folder, tree], check=True)
    changes = (tree / "CHANGES.md").read_text(encoding="utf-8")
    assert len([line for line in changes.splitlines() if line.startswith("- ")]) == 4
    done = subprocess.run(
        [sys.executable, "-B", "-m", "unittest"], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Ran 9 tests" in done.stderr
