import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.stage import CHECKOUT, COMMAND

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "doorbell"
    yield place
    if (place / ".dispatch").exists():
        subprocess.run([COMMAND, "down"], cwd=place, check=False, capture_output=True)


def test_the_test_driven_story_is_played_to_its_end(folder: Path) -> None:
    words = ["-m", "tests.demo.play", "--fast", "--story", "tdd", "--folder", str(folder)]
    played = subprocess.run(
        [sys.executable, *words], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    order = (
        "5. verify red: dispatchd runs `test`, which has to fail",
        "+ workflow: tdd",
        "> `Links.revoke(address)` takes back every link",
        "yew hands in specification",
        "oak takes up design review",
        "verify red: 1 of 3 new tests passes without the code",
        "- tests: 8 passed, 2 failed; 2 of 3 new tests failed",
        "verify red: 3 new tests fail, 7 old ones pass",
        "verify green: the tests have changed, back to test review",
        "finding 1, blocker `tests/test_revoking.py:23`",
        "test review has had 3 rounds; people are asked how to go on",
        "+ - [x] One more round",
        "Alice Doe answers: One more round",
        "verify red: 3 new tests fail, 7 old ones pass",
        "finding 2 is answered: CHANGES.md says it.",
        "verify green: every test passes (10)",
        "every phase is done",
        "merged into `dispatchd/integration`",
        "Ran 10 tests",
        "17 turns ended (17 ok)",
    )
    told = played.stdout
    for line in order:
        assert line in told, f"{line!r} is missing, or comes too early, in:\n{played.stdout}"
        told = told.partition(line)[2]
    what_is_said_stands_in_the_branch(folder)


def what_is_said_stands_in_the_branch(folder: Path) -> None:
    """The test was put right, and each page of evidence that the issue names is there."""
    tests = subprocess.run(
        ["git", "show", "dispatchd/integration:tests/test_revoking.py"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    assert 'links.revoke("Ann@Example.com")' in tests.stdout
    text = (folder / ".dispatch/issues/i-5d2k-take-links-back.md").read_text(encoding="utf-8")
    pages = re.findall(r"\[evidence\]\(\.\./(.*?)\)", text)
    assert len(pages) == 5
    for page in pages:
        assert (folder / ".dispatch" / page).is_file()
