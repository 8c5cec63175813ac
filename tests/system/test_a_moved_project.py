"""A project that is moved, copied or replaced while agents have work under way: its worktrees stay its own, and nobody else's."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.conftest import NewDesk
from tests.system.desk import COMMAND, Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
WAITS = """
[[turn]]
step = [
  { write = "kept.txt", text = "committed" },
  { run = "git add -A && git commit -qm Kept" },
  { write = "draft.txt", text = "half" },
  { say = "I wait." },
  { wait = true },
]
[[turn]]
step = [
  { run = "test -e draft.txt && git add -A && git commit -qm Draft" },
  { submit = "Done." },
]
"""


@pytest.fixture(params=["its own folder", "as set"])
def agents(desk: Desk, request: pytest.FixtureRequest) -> Iterator[AgentDesk]:
    """An agent that has left a file uncommitted, and waits; where worktrees stand is set or not."""
    laid = AgentDesk(desk)
    laid.lay("ash")
    if request.param != "as set":
        config = desk.tree / "config.toml"
        lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
        config.write_text(
            "".join(line for line in lines if not line.startswith("clones =")), encoding="utf-8"
        )
        desk.sync()
    laid.queue("move", WAITS)
    until(lambda: "I wait." in desk.ask("agent", "logs", "ash").out, "the turn does not begin", LONG)
    yield laid
    laid.end_runs()


def folder(agents: AgentDesk) -> Path:
    return Path(agents.desk.json("worktree", "list")["items"][0]["folder"])


def folder_name(left: Path) -> str:
    return next(each.name for each in left.glob("i-*"))


def paused(agents: AgentDesk) -> None:
    agents.desk.dispatchd("agent", "pause", "ash")
    until(lambda: not agents.desk.json("agent", "list")["items"][0]["working_on"], "the turn goes on", LONG)
    agents.desk.down()


def move(desk: Desk, name: str) -> None:
    desk.root = desk.root.rename(desk.root.with_name(name))


def is_done_there(agents: AgentDesk, before: Path) -> None:
    agents.until_status("move", "done")
    assert agents.integrated("draft.txt") == "half"
    assert folder(agents) == before
    log = agents.log()
    assert "crashed" not in log
    assert "lost" not in log
    assert log.count("dispatchd starts ash on") == 2


@pytest.mark.parametrize("how", ["as it is", "from before folders said whose they are"])
def test_a_moved_project_goes_on_in_the_worktree_with_what_stands_uncommitted_there(
    agents: AgentDesk, how: str
) -> None:
    desk, before = agents.desk, folder(agents)
    paused(agents)
    if how != "as it is":
        (before.parent / ".repository.json").unlink()
        (desk.private / "worktrees.json").unlink()
    move(desk, "moved")
    assert folder(agents) == before, "a look before the next start"
    desk.up()
    desk.dispatchd("agent", "resume", "ash")
    is_done_there(agents, before)


@pytest.mark.parametrize("how", ["killed", "running"])
def test_a_move_under_a_turn_spends_no_attempt(agents: AgentDesk, how: str) -> None:
    desk, before = agents.desk, folder(agents)
    if how == "killed":
        desk.kill(desk.daemons[-1])
    move(desk, "moved")
    if how == "running":
        until(lambda: "everything waits" in desk.logs(), "the daemon has not noticed")
        desk.down()
    desk.up()
    # The turn's home was moved away from it, and with it what it would have known of this session: it begins again there.
    until(lambda: "starts ash on" in agents.log().partition("interrupted")[2], "it does not go on", LONG)
    log = agents.log()
    assert "crashed" not in log
    assert "lost" not in log
    assert folder(agents) == before
    assert (before / "draft.txt").read_text(encoding="utf-8") == "half"


@pytest.mark.parametrize("agents", ["its own folder"], indirect=True)
def test_what_a_deleted_project_leaves_behind_is_named_where_one_looks(
    agents: AgentDesk, new_desk: NewDesk
) -> None:
    left = folder(agents).parent
    paused(agents)
    other = new_desk("other")
    other.init()
    other.sync()
    assert str(left) not in other.run(COMMAND, "doctor").out
    shutil.rmtree(agents.desk.root)
    said = other.run(COMMAND, "doctor")
    assert said.code == 0, "nothing is wrong with this project"
    assert f"{left} (of {agents.desk.root}/.git)" in said.out
    # Three are named there, and other tests' projects are gone as well; doctor names all.
    assert "Worktrees of repositories that are gone stand in" in other.ask("worktree", "list").err
    assert "Worktrees of repositories that are gone stand in" in other.ask("worktree", "clean").err
    assert (left / folder_name(left) / "draft.txt").read_text(encoding="utf-8") == "half"


@pytest.mark.parametrize("agents", ["its own folder"], indirect=True)
def test_worktrees_of_this_project_in_a_folder_that_it_does_not_use_are_a_risk(agents: AgentDesk) -> None:
    desk, left = agents.desk, folder(agents).parent
    paused(agents)
    (desk.private / "worktrees.json").write_text('{"": "another"}', encoding="utf-8")
    said = desk.run(COMMAND, "doctor")
    assert said.code == 1
    assert "Worktrees of work in this repository stand in a folder that it does not use" in said.out
    assert str(left) in said.out


def test_a_copy_gets_worktrees_of_its_own_and_leaves_the_originals_turns_alone(agents: AgentDesk) -> None:
    desk, before = agents.desk, folder(agents)
    desk.down()
    copy = Desk(desk.root.with_name("copy"))
    shutil.copytree(
        desk.root, copy.root, symlinks=True, ignore=lambda _, names: [n for n in names if n.endswith(".sock")]
    )
    copy.dispatchd("doctor", "--fix", "--yes")
    twin = AgentDesk(copy)
    copy.up()
    try:
        until(lambda: twin.log().count("dispatchd starts ash on") == 2, "the copy does not begin", LONG)
        assert until(lambda: copy.json("worktree", "list")["items"], "the copy has no worktree", LONG)
        assert folder(twin) != before
        assert (before / "draft.txt").read_text(encoding="utf-8") == "half"
        desk.up()
        assert not next((desk.private / "runs").glob("*.1")).joinpath("exit.json").exists()
        assert folder(agents) == before
    finally:
        twin.end_runs()
        copy.end()
