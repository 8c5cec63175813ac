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
        "+ status: queued",
        '# dispatchd: kept "queued"',
        "+ - [x] Approved (Alice Doe, ",
        "says what was decided",
        "+ - [x] argon2id",
        "Alice Doe: ",
        "dispatchd down",
    ):
        assert told in played.stdout, f"{told!r} is missing in:\n{played.stdout}"
    status = subprocess.run([COMMAND, "status"], cwd=folder, capture_output=True, text=True, check=False)
    assert status.returncode == 0, status.stdout + status.stderr
