"""A check runs what an agent wrote: it tries to be a person, here and in another workspace, with a cell and without."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.conftest import NewDesk
from tests.system.desk import COMMAND, Desk, is_running
from tests.system.test_uncontained_agents import EPIC, OFF

CALLS = """
cd {root} || exit 1
{bin} gate approve {epic}
{bin} config set notify.command knell
env -i PATH=$PATH setsid -w {bin} pause
"""
REFUSED = "you belong to an agent"
TICKS = """
env -i PATH=$PATH setsid -f sh -c 'echo $$ > {kept}; exec sleep 600'
sed -i 's/- \\[ \\] Approve/- [x] Approve/' {root}/.dispatch/epics/login.md
until grep -qE 'unconfirmed|Approved' {root}/.dispatch/epics/login.md; do sleep 0.1; done
"""
SCRIPT = """
[[turn]]
step = [
  {{ write = "check.sh", text = {check} }},
  {{ run = "git add -A && git commit -qm Made" }},
  {{ submit = "Made." }},
]
"""


@pytest.fixture
def agents(desk: Desk) -> Iterator[AgentDesk]:
    """A workspace of agents, with something to work on."""
    (desk.root / "app.txt").write_text("one\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    made = AgentDesk(desk)
    yield made
    made.end_runs()


@pytest.fixture
def other(new_desk: NewDesk) -> Desk:
    """Another workspace of the same person, with an open gate."""
    desk = new_desk("other")
    desk.init()
    desk.up()
    desk.add("epics/login.md", EPIC)
    desk.dispatchd("sync", "--wait")
    return desk


def passes_if_refused(times: int) -> str:
    """A check that passes where that many of the agent's calls are refused."""
    return f'sh check.sh > said.txt 2>&1; cat said.txt; [ $(grep -c "{REFUSED}" said.txt) = {times} ]'


def calls(desk: Desk) -> str:
    epic = desk.fact("epics/login.md", "id").split()[0]
    return CALLS.format(root=desk.root, bin=COMMAND, epic=epic)


def merged(agents: AgentDesk, check: str) -> None:
    agents.queue("make", SCRIPT.format(check=f'"""{check}"""'.replace("\\", "\\\\")))
    agents.until_status("make", "done")


def assert_nothing_was_decided(desk: Desk) -> None:
    desk.dispatchd("sync", "--wait")
    assert "Approved" not in desk.read("epics/login.md")
    assert "knell" not in desk.read("config.toml")
    assert "approves" not in desk.dispatchd("log")
    assert not (desk.tree / "PAUSE").exists()


@pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
@pytest.mark.parametrize("is_known", [True, False])
def test_100_a_check_in_its_cell_is_nobody_in_another_workspace(
    agents: AgentDesk, other: Desk, is_known: bool
) -> None:
    if not is_known:
        shutil.rmtree(Path.home() / ".local" / "state" / "dispatchd" / "workspaces")
    agents.lay("ash", checks=passes_if_refused(0 if is_known else 3))
    merged(agents, calls(other))
    refused = "a turn or a check of another workspace wanted to speak as a person"
    assert (refused in other.logs()) is not is_known
    assert_nothing_was_decided(other)


def test_100_102_a_check_in_no_cell_decides_nothing_and_leaves_nothing_behind(
    agents: AgentDesk, other: Desk
) -> None:
    desk = agents.desk
    kept = desk.root.parent / "kept"
    agents.lay("ash", checks=passes_if_refused(6), settings=OFF)
    desk.down()  # whether cells hold is found out when it starts
    desk.up()
    agents.save("epics/login.md", EPIC)
    desk.dispatchd("sync", "--wait")
    merged(agents, calls(desk) + calls(other) + TICKS.format(root=desk.root, kept=kept))
    assert not is_running(int(kept.read_text(encoding="utf-8")))
    assert_nothing_was_decided(desk)
    assert_nothing_was_decided(other)
    assert "unconfirmed" in desk.read("epics/login.md")
    desk.dispatchd("confirm", "--all")
    desk.dispatchd("sync", "--wait")
    assert "Approved" in desk.read("epics/login.md")
