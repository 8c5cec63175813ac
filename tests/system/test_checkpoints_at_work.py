"""A checkpoint with the real daemon: its command runs in a cell on a clean checkout, and the gate says why it is shut."""

import shutil
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

EPIC = "---\nstatus: ready\n---\n\n# Sign in\n\n## Stages\n\n### Build\n\nGate: checkpoint: command test\n"


def test_a_checkpoint_opens_when_its_command_passes_on_what_is_committed(desk: Desk) -> None:
    config = desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("[commands]\n", "[commands]\ntest = 'test -e made.txt'\n"), encoding="utf-8"
    )
    (desk.root / "made.txt").write_text("not committed yet\n", encoding="utf-8")
    desk.dispatchd("sync", "--wait")
    (desk.tree / "epics").mkdir(exist_ok=True)
    epic = desk.tree / "epics" / "sign-in.md"
    epic.write_text(EPIC, encoding="utf-8")
    why = file_that_says(desk.tree / "inbox", "does not open").read_text(encoding="utf-8")
    assert "waits for `test`: it fails (1), on " in why
    file_that_says(desk.tree / "evidence", "not as it has to be: it fails (1)")
    (gate,) = [each["gate"] for each in desk.json("epic", "list")["items"][0]["stages"]]
    assert gate["failed_checks"] == ["test: it fails (1)"]
    epic_id = desk.fact("epics/sign-in.md", "id").split()[0]
    assert "gate: checkpoint: command test (test: it fails (1))" in desk.dispatchd("epic", "show", epic_id)
    desk.git("add", "made.txt")
    desk.git("commit", "-qm", "Made")
    until(lambda: "- [x] Passed" in epic.read_text(encoding="utf-8"), "the gate does not open", LONG)
    until(lambda: "\nstatus: completed\n" in epic.read_text(encoding="utf-8"), "it is not completed", LONG)
    file_that_says(desk.tree / "evidence", "as it has to be: it passes")
    file_that_says(desk.tree / "decisions", "Its criteria hold: test passes on ")


def file_that_says(folder: Path, words: str) -> Path:
    """The file below *folder* that says *words*, once there is one."""

    def find() -> list[Path]:
        return [file for file in folder.rglob("*.md") if words in file.read_text(encoding="utf-8")]

    return until(find, f"no file in {folder.name} says {words!r}", LONG)[0]
