"""`docs/json.md` names every key that the commands about agents at work print, and no other."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import Desk, until
from tests.system.json_ground import keys_of
from tests.system.test_json_is_documented import documented, listed

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

OWN_KEYS: Final = frozenset({"outcomes"})
WELL: Final = """
[[turn]]
step = [
  { write = "%(name)s.txt", text = "well" },
  { run = "git add -A && git commit -qm Well" },
  { submit = "Well." },
]
"""


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    agents.lay("ash", checks=f"while [ -e {_wait(desk)} ]; do sleep 0.1; done")
    agents.save("agents/elm/agent.md", "---\nname: elm\nrole: security\nengine: nothing\n---\n")
    yield agents
    agents.end_runs()


def test_what_commands_about_agents_print_is_what_the_documentation_says(at_work: AgentDesk) -> None:
    desk = at_work.desk
    at_work.queue("well", WELL % {"name": "well"})
    at_work.queue("unknown", "", role="security")
    at_work.until_status("well", "done")
    at_work.queue("dropped", "[[turn]]\nstep = [ { wait = true } ]\n")
    at_work.until_status("dropped", "in_progress")
    desk.dispatchd("issue", "set", desk.fact("issues/dropped.md", "id").split()[0], "status=cancelled")
    _wait(desk).touch()
    at_work.queue("waits", WELL % {"name": "waits"})
    at_work.thread("how is it to go on?")
    issue = until(lambda: waits_in_the_queue(desk), "nothing waits to be merged", LONG)
    for words, expected in {
        ("why", issue): documented("Why"),
        ("worktree", "list"): listed("Worktree"),
        ("worktree", "show", issue): documented("Worktree"),
        ("merge", "list"): documented("Merge queue"),
        ("usage",): documented("Usage"),
        ("report",): documented("Report"),
    }.items():
        found = keys_of(json.loads(desk.dispatchd(*words, "--json")), OWN_KEYS)
        assert found == expected, f"{words}: {sorted(found ^ expected)}"
    _wait(desk).unlink()
    at_work.until_status("waits", "done")


def waits_in_the_queue(desk: Desk) -> str:
    """The issue whose work is being checked."""
    items = desk.json("merge", "list")["items"]
    return next((str(item["id"]) for item in items if item["state"] in {"next", "try runs on it"}), "")


def _wait(desk: Desk) -> Path:
    """While this file is there a check does not end."""
    return desk.root.parent / "wait"
