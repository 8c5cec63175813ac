"""A coordinator with the real daemon: it asks, plans too much, plans what it may, and people begin it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

CARD = "---\nname: {name}\nrole: {role}\nengine: scripted\n---\n\nPlays.\n\n```toml script\n{script}\n```\n"
KIT = """\
[[turn]]
step = [{ ask_role = "security", text = "Is a link enough?" }]

[[turn]]
[[turn.step]]
collect = true
[[turn.step]]
plan = "Too much"
text = '''
## Stages

### All

- One
- Two
- Three
'''
may_fail = true
[[turn.step]]
plan = "Passwordless"
text = '''
A link is enough if it is good once.

## Stages

### Build

1. Make links @coder
2. Send links @coder
'''
[[turn.step]]
ask = "May it begin?"
options = ["It has begun", "Not like this"]

[[turn]]
step = [{ collect = true }, { ask = "Is that all?" }]
"""
RUE = '[[turn]]\nstep = [{ submit = "Yes, if it is good once." }]'


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


def test_a_coordinator_asks_and_plans_and_a_person_begins_it(at_work: AgentDesk) -> None:
    at_work.lay()
    config = at_work.desk.tree / "config.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n[coordinator]\nissues = 2\n", encoding="utf-8")
    for name, role, script in (("kit", "coordinator", KIT), ("rue", "security", RUE)):
        at_work.save(f"agents/{name}/agent.md", CARD.format(name=name, role=role, script=script.strip()))
    at_work.desk.dispatchd("sync", "--wait")
    facts = "title: Passwordless\nstatus: queued\nrole: coordinator\n"
    at_work.save("issues/lead.md", f"---\n{facts}---\n\nLead it.\n")
    asked = at_work.thread("May it begin?")
    refused = at_work.thread("set more in motion").read_text(encoding="utf-8")
    assert "this plan has 3 issues, and 2 in one plan are the most" in refused
    epic = file_that_says(at_work, "epics", "Gate: approval: Is “Build” as it was meant?")
    assert "status: draft" in epic.read_text(encoding="utf-8")
    file_that_says(at_work, "issues", "**rue**: Yes, if it is good once.")
    at_work.tick(epic, "Make these 2 issues")
    until(lambda: "make-links" in epic.read_text(encoding="utf-8"), "no issues are made", LONG)
    at_work.tick(asked, "It has begun")
    at_work.thread("Is that all?")
    heard = at_work.desk.ask("agent", "logs", "kit").out
    assert '"answer": "Yes, if it is good once."' in heard
    assert '"title": "Send links"' in heard


def file_that_says(at_work: AgentDesk, folder: str, words: str) -> Path:
    """The file in *folder* that says *words*, once there is one."""

    def find() -> list[Path]:
        files = (at_work.desk.tree / folder).glob("*.md")
        return [file for file in files if words in file.read_text(encoding="utf-8")]

    return until(find, f"no file in {folder} says {words!r}", LONG)[0]
