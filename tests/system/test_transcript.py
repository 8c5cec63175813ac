"""The product as one person types it, with real vim and sed, at default times, in a repository that makes it hard."""

import pytest

from tests.system.desk import Desk, until
from tests.system.editors import Vim
from tests.system.theirs import belongings, make_it_difficult

pytestmark = pytest.mark.cold
LOGIN = "issues/login timeout.md"
EPIC = "---\ntitle: Passwordless login\n---\n\nWhy.\n\n## Stages\n\n### Design\n\nGate: approval: Is the flow right?\n\n### Build\n"
PROPOSAL = '---\ntitle: Use argon2id\nvoters: ["@alice", ash]\n---\n\nWhy.\n'


def test_the_story_of_a_day_changes_nothing_of_the_users_and_does_everything_in_the_tree(
    bare_desk: Desk,
) -> None:
    desk = bare_desk
    make_it_difficult(desk)
    mine = belongings(desk)
    desk.dispatchd("init")
    # Else ash, whose card comes later, begins to work on what was queued, where the day takes half a minute.
    desk.sed('s/^start_after = "30s"/start_after = "1h"/', "config.toml")
    desk.up()
    assert belongings(desk) == mine
    drop_a_file(desk)
    move_it_with_sed(desk)
    refuse_a_move_on_its_line(desk)
    assert belongings(desk) == mine
    desk.git("-c", "core.hooksPath=/dev/null", "stash", "-q")
    desk.git("-c", "core.hooksPath=/dev/null", "checkout", "-q", "other")
    mine = belongings(desk)
    approve_a_gate(desk)
    vote(desk)
    ask_and_answer(desk)
    look_back(desk)
    desk.down()
    assert belongings(desk) == mine
    desk.is_level()


def drop_a_file(desk: Desk) -> None:
    desk.do("sh", "-c", f'echo "Login times out on slow networks" > "{LOGIN}"', cwd=desk.tree)
    desk.sync()
    head, body = desk.read(LOGIN).removeprefix("---\n").split("---\n", 1)
    keys = [line.partition(":")[0] for line in head.splitlines()]
    assert keys == ["id", "title", "status", "priority", "created", "rev"]
    assert body.strip() == "Login times out on slow networks"
    assert desk.fact(LOGIN, "title") == "login timeout"
    assert desk.fact(LOGIN, "status") == "unassigned"


def move_it_with_sed(desk: Desk) -> None:
    desk.do("sh", "-c", "sed -i 's/^status: .*/status: queued/' .dispatch/issues/login*.md")
    desk.sync()
    assert desk.fact(LOGIN, "status") == "queued"
    assert [(issue["status"], issue["path"]) for issue in desk.issues().values()] == [("queued", LOGIN)]
    assert any(line.startswith("Alice Doe: ") and "queue" in line for line in desk.commits()), desk.commits()


def refuse_a_move_on_its_line(desk: Desk) -> None:
    desk.do("sh", "-c", "sed -i 's/^status: .*/status: in_review/' .dispatch/issues/login*.md")
    desk.sync()
    line = desk.fact(LOGIN, "status")
    assert line.startswith('queued # dispatchd: kept "queued"; '), line
    assert "in_review" in line
    assert "To force it: in_review!" in line
    desk.sed("s/^status: .*/status: queued/", LOGIN)
    desk.sync()
    assert desk.fact(LOGIN, "status") == "queued"


def approve_a_gate(desk: Desk) -> None:
    desk.save("epics/passwordless login.md", EPIC)
    desk.sync()
    path = desk.only("epics/*.md")
    desk.sed("s/^status: .*/status: ready/", path)
    desk.sync()
    vim = Vim(desk.path(path))
    vim.command("%s/- \\[ \\] Approve/- [x] Approve/")
    vim.save_and_quit()
    desk.sync()
    assert "- [x] Approved (Alice Doe, " in desk.read(path)
    shown = desk.json("epic", "show", desk.fact(path, "id"))
    assert next(stage["state"] for stage in shown["stages"]) == "approved", shown


def vote(desk: Desk) -> None:
    desk.save("agents/ash/agent.md", "---\nrole: coder\n---\n")
    desk.sync()
    desk.save("proposals/argon.md", PROPOSAL)
    desk.sync()
    path = desk.only("proposals/*.md")
    proposal = desk.fact(path, "id")
    desk.dispatchd("as", "ash", "vote", proposal, "approve", "Fastest to build.")
    desk.sync()
    assert desk.fact(path, "status") == "open"
    vim = Vim(desk.path(path))
    vim.command("/### @alice")
    vim.command("/- \\[ \\] Approve/s/\\[ \\]/[x]/")
    vim.save_and_quit()
    desk.sync()
    assert desk.fact(path, "status") == "passed", desk.read(path)
    decision = desk.read(desk.only("decisions/d-*argon2id.md"))
    assert "Use argon2id" in decision
    assert "Fastest to build." in decision


def ask_and_answer(desk: Desk) -> None:
    issue = desk.fact(LOGIN, "id")
    asked = desk.dispatchd(
        "as", "ash", "ask", "Which hash?", "--option", "argon2id", "--option", "bcrypt", "--issue", issue
    )
    thread = asked.split()[0]
    path = until(lambda: next((p for p in desk.tree.glob(f"inbox/{thread}*.md")), None), "no thread appeared")
    assert path is not None
    vim = Vim(path)
    vim.command("/- \\[ \\] argon2id/s/\\[ \\]/[x]/")
    vim.save_and_quit()
    assert "argon2id" in desk.dispatchd("as", "ash", "wait", thread, "--timeout", "30")


def look_back(desk: Desk) -> None:
    desk.sync()
    status = desk.dispatchd("status")
    assert len(status.splitlines()) <= 24
    log = desk.dispatchd("log")
    for told in ("opens", "approves", "argon2id", "ash asks"):
        assert told in log, log
    assert "login timeout.md" in desk.tree_git("log", "--stat")
    authors = {line.partition(":")[0] for line in desk.commits()}
    assert {"Alice Doe", "ash", "dispatchd"} <= authors
