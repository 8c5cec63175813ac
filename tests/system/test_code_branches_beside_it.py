"""git used in the person's own worktree: whatever it does to the code, the tree of documents does not change."""

from pathlib import Path

import pytest

from tests.system.desk import Desk
from tests.system.standing_files import standing_files

PATH = "issues/login timeout.md"
STEPS: tuple[str, ...] = (
    "checkout -q -b side",
    "checkout -q -",
    "checkout -q HEAD~1",
    "checkout -q -",
    "stash -q -a",
    "stash pop -q",
    "reset -q --hard HEAD~1",
    "pull -q --no-rebase --no-edit ../theirs HEAD",
    "rebase -q --force-rebase --root",
    "add -A",
    "commit -qm Everything",
    "clean -qfdx",
    "worktree prune --expire=now",
    "reflog expire --expire=now --all",
    "gc -q --prune=now",
    "checkout -q --orphan anew",
    "rm -rqf .",
)


@pytest.fixture
def code(desk: Desk) -> Desk:
    """Three commits of code, changes that are not committed, an issue with a text, and somebody else's commits."""
    for number in range(2):
        (desk.root / "code.py").write_text(f"print({number})\n", encoding="utf-8")
        desk.git("commit", "-qam", f"Code {number}")
    desk.do("git", "clone", "-q", desk.root, "../theirs")
    theirs = desk.root.parent / "theirs"
    desk.do("git", "commit", "-q", "--allow-empty", "-m", "Theirs", cwd=theirs)
    (desk.root / "new.py").write_text("print('new')\n", encoding="utf-8")
    desk.save(PATH, "The form gives up after two seconds.\n")
    desk.sync()
    return desk


def everything(desk: Desk) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in standing_files(desk.tree) if file.name != "STATUS.md"}


def test_what_git_does_to_the_code_changes_nothing_in_the_tree(code: Desk) -> None:
    desk = code
    before, events = everything(desk), desk.events()
    head = desk.tree_git("rev-parse", "HEAD")
    for step in STEPS:
        desk.git(*step.split())
        assert everything(desk) == before, step
        assert ".dispatch" not in desk.git("ls-files"), step
    desk.sync()
    assert everything(desk) == before
    assert desk.events() == events
    assert desk.tree_git("rev-parse", "HEAD") == head
    desk.sed("s/^priority: .*/priority: high/", PATH)
    desk.sync()
    assert [issue["priority"] for issue in desk.issues().values()] == ["high"]
    desk.is_level()
