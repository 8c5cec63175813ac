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


def test_the_story_of_a_vote_is_played_to_its_end(folder: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "tests.demo.play", "--fast", "--story", "vote", "--folder", str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    for told in (
        "elm: elm is asked now (p-9xw4.",
        "- rowan: approve. What stands there now would not pass an audit.",
        "Without a vote: elm. Done: i-",
        "- elm: did not vote (elm was asked once, and it had not answered yet)",
        "New passwords are hashed with argon2id.",
        "is over: **passed**.",
        "- [ ] Do it",
        "by Alice Doe: Not before we know what it costs.",
        "sees elm's turn p-9xw4.",
    ):
        assert told in played.stdout, f"{told!r} is missing in:\n{played.stdout}"
    issues = list((folder / ".dispatch" / "issues").glob("[!_]*.md"))
    assert len(issues) == 2, issues
