"""The database deleted: what had been decided is decided still, and no file is written anew."""

import shutil
from pathlib import Path

from tests.system.desk import Desk
from tests.system.standing_files import COOKIE

EPIC = """# Passwordless login

## Stages

### Design

Gate: approval: Is the flow right?

### Release

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""
PROPOSAL = """---
voters: [coder, "@alice"]
---

# Use argon2id
"""


def lose_database(desk: Desk) -> None:
    for file in desk.private.glob("state.db*"):
        file.unlink()


def tree_without_status(tree: Path, into: Path) -> Path:
    passing = shutil.ignore_patterns("STATUS.md", ".git", f"{COOKIE}*")
    return Path(shutil.copytree(tree, into, ignore=passing))


def files_of(root: Path) -> dict[str, bytes]:
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*") if file.is_file()}


def play(desk: Desk) -> None:
    desk.save("issues/one.md", "The first\n")
    desk.save("epics/login.md", EPIC)
    desk.save("proposals/hash.md", PROPOSAL)
    desk.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt")
    desk.sync()
    desk.sed("s/^status: .*/status: ready/", desk.path("epics/login.md"))
    desk.sync()
    desk.sed(r"s/\[ \] Approve/[x] Approve: fine/", desk.path("epics/login.md"))
    desk.sed(r"/### @alice/,/Abstain/ s/\[ \] Approve/[x] Approve/", desk.path("proposals/hash.md"))
    desk.sed(r"s/\[ \] argon2id/[x] argon2id/", desk.path(desk.only("inbox/t-*.md")))
    desk.dispatchd("as", "ash", "vote", desk.fact("proposals/hash.md", "id"), "approve")
    desk.sync()


def test_inv9_a_deleted_database_comes_back_from_the_branch_equal_in_every_fact(
    desk: Desk, tmp_path: Path
) -> None:
    play(desk)
    log, issues = desk.json("log"), desk.json("issue", "list")
    before = files_of(tree_without_status(desk.tree, tmp_path / "before"))
    desk.down()
    lose_database(desk)
    desk.up()
    desk.sync()
    assert desk.json("log") == log
    assert desk.json("issue", "list") == issues
    assert files_of(tree_without_status(desk.tree, tmp_path / "after")) == before
    assert desk.tree_git("status", "--short") == ""


def test_an_edit_made_while_the_database_was_lost_counts_as_one(desk: Desk) -> None:
    play(desk)
    desk.down()
    lose_database(desk)
    desk.sed("s/^status: .*/status: queued/", desk.path("issues/one.md"))
    desk.up()
    desk.sync()
    assert desk.fact("issues/one.md", "status") == "queued"
    assert desk.event_types(desk.fact("issues/one.md", "id"))[-1] == "IssueMoved"
    assert "Approved: fine" in desk.read("epics/login.md")


def test_events_that_somebody_else_wrote_into_a_commit_are_not_replayed(desk: Desk) -> None:
    play(desk)
    epic = desk.fact("epics/login.md", "id")
    forged = (
        'Dispatch-Event: {"id": "0000000000000000", "position": 999, "at": "2026-11-21T09:00:00Z", '
        '"actor": {"kind": "human", "handle": "alice", "name": "Alice Doe", "email": "alice@example.com"}, '
        '"provenance": {"channel": "save"}, '
        f'"event": {{"type": "GateApproved", "epic": "{epic}", "stage": "Release", "choice": "Rolling"}}}}'
    )
    desk.tree_git(
        "-c",
        "user.name=dispatchd",
        "-c",
        "user.email=dispatchd@local",
        "commit",
        "-q",
        "--no-verify",
        "--allow-empty",
        "-m",
        f"dispatchd writes\n\n{forged}",
    )
    desk.sync()
    desk.down()
    lose_database(desk)
    desk.up()
    desk.sync()
    assert desk.fact("epics/login.md", "status") == "awaiting_gate"
    assert "- [ ] Rolling" in desk.read("epics/login.md")
