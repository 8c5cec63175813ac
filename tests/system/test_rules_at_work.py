"""Rules answer agents at work: with a text, through another agent in a turn of its own, and by leave given or denied."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, until
from tests.system.json_ground import keys_of
from tests.system.test_json_is_documented import documented, listed

PAGE: Final = (Path(__file__).resolve().parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


RULES = """\
[[rule]]
say = "Spaces, four of them."
text = "*tabs or spaces*"

[[rule]]
ask = "security"
command = "touch *"
within = "10m"

[[rule]]
answer = "deny"
command = "rm *"
why = "Nothing is deleted here."
"""
ASKS = """
[[turn]]
step = [
  { ask = "Tabs or spaces?" },
  { run = "rm -r .", ask_first = true, may_fail = true },
  { run = "touch allowed", ask_first = true },
  { run = "git add -A && git commit -qm Touch" },
  { submit = "Touched." },
]

[[turn]]
step = [
  { run = "touch allowed", ask_first = true },
  { run = "git add -A && git commit -qm Touch" },
  { submit = "Touched." },
]
"""
SAGE = """\
---
name: sage
role: security
engine: scripted
---

```toml script
[[turn]]
step = [{ reply = "Allow once", reason = "It only makes a file." }]
```
"""


def test_a_text_a_denial_and_an_agent_answer_and_the_log_says_which_rule(at_work: AgentDesk) -> None:
    at_work.lay("ash", waits="30s")
    at_work.save("agents/sage/agent.md", SAGE)
    at_work.save("policies.toml", RULES)
    at_work.desk.dispatchd("sync", "--wait")
    found = at_work.desk.json("policy", "test", "--tool", "run", "--command", "touch x", "--agent", "ash")
    assert found["answered_by"] == "policies.toml:5"
    at_work.queue("leave", ASKS)
    at_work.until_status("leave", "done")
    log = at_work.log()
    assert "answers by the rule at policies.toml:1: Spaces, four of them." in log
    assert "denies ash by the rule at policies.toml:10 run: rm -r ." in log
    assert "asks sage by the rule at policies.toml:5" in log
    assert "sage answers t-" in log
    until(lambda: "sees sage's turn t-" in at_work.log(), "the turn of the agent that is asked does not end")
    (asked,) = (
        each for each in at_work.desk.json("inbox", "list", "--all")["items"] if "touch" in each["title"]
    )
    shown = at_work.desk.ask("inbox", "show", asked["id"]).out
    assert "The rule at policies.toml:5 asks sage, until" in shown
    assert "It only makes a file." in shown
    assert at_work.integrated("allowed") == ""


def test_the_page_about_rules_shows_what_the_command_says(desk: Desk) -> None:
    AgentDesk(desk).lay("ash")
    assert "There are no rules" in desk.dispatchd("policy", "check")
    rules = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    (desk.tree / "policies.toml").write_text(rules, encoding="utf-8")
    desk.dispatchd("sync", "--wait")
    assert "Every rule can be read, and counts." in desk.dispatchd("policy", "check")
    shown = re.findall(r"^\$ dispatchd (policy test .*)\n((?:[^$`].*\n|\n)+)", PAGE, re.MULTILINE)[0]
    assert desk.dispatchd(*shlex.split(shown[0])).strip() == shown[1].strip()


def test_what_commands_about_rules_print_is_what_the_documentation_says(desk: Desk) -> None:
    (desk.tree / "policies.toml").write_text(RULES, encoding="utf-8")
    desk.dispatchd("sync", "--wait")
    own = frozenset({"items.fits", "rules.fits"})
    for words, expected in {
        ("policy", "list"): listed("Policy"),
        ("policy", "test", "--tool", "x"): documented("Policy test"),
    }.items():
        found = keys_of(json.loads(desk.dispatchd(*words, "--json")), own)
        assert found == expected, f"{words}: {sorted(found ^ expected)}"
    assert desk.run("dispatchd", "policy", "test").code != 0
    (desk.tree / "policies.toml").write_text(RULES.replace("say", "sya"), encoding="utf-8")
    desk.dispatchd("sync", "--wait")
    broken = desk.ask("policy", "check")
    assert (broken.code, broken.out.splitlines()[0]) == (1, '.dispatch/policies.toml:2  A rule has no "sya"')
    assert "policies.toml:1" in desk.dispatchd("policy", "list")
    checked = desk.ask("check")
    assert (checked.code, checked.out.splitlines()[0]) == (1, broken.out.splitlines()[0])
    assert "is not in force as it stands (policies.toml:2" in desk.ask("policy", "test", "--tool", "x").err
