"""A small workspace in which every value that a command can print is there, for the test of what JSON looks like."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.system.desk import Desk

EPIC: Final = """\
---
id: e-3fq9
status: ready
priority: high
labels: [auth]
source: github#12
---

# Passwordless login

## Stages

### Design

Gate: approval: Is the flow right?

### Survey

Gate: review: Who is asked?

### Direction

Gate: decision by @alice: Which way out?

- [ ] Blue-green
- [ ] Rolling

### Build

Gate: checkpoint: all issues done, command test
"""
ISSUES: Final[Mapping[str, str]] = {
    "issues/a.md": "---\nid: i-7k2m\ntype: bug\nstatus: queued\npriority: high\nlabels: [auth]\nrole: coder\n"
    "parent: i-8p3q\ndepends_on: [i-2b9x]\nepic: e-3fq9\nstage: Build\nsource: github#7\n---\n\n"
    "# Login times out\n",
    "issues/b.md": "---\nid: i-8p3q\nstatus: in_progress\nassignee: ash\n---\n\n# Login page\n",
    "issues/d.md": "---\nid: i-4444\nstatus: queued\n---\n\n# Remember me\n",
    "issues/c.md": "---\nid: i-2b9x\nstatus: blocked\n---\n\n# Send the link\n",
}
PROPOSALS: Final[Mapping[str, str]] = {
    "proposals/argon.md": "---\nid: p-9xw4\nthreshold: super_majority\nvoters: [coder, '@alice']\n"
    "deadline: 2036-11-28\nsource: github#9\n---\n\n# Use argon2id\n\n## If it passes\n\n- create issue: Replace bcrypt\n",
    "proposals/tabs.md": "---\nid: p-2222\n---\n\n# Use tabs\n",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """What a command printed as JSON, by the words it was asked with."""

    words: tuple[str, ...]
    found: Any


def fill(desk: Desk) -> str:
    """Write everything, and act on it; the id of an open question."""
    desk.init()
    desk.dispatchd("config", "set", "commands.test", "true")
    desk.save("agents/ash/agent.md", "---\nrole: coder\n---\n\nLikes tests.\n")
    desk.up()
    desk.sync()
    desk.save("epics/login.md", EPIC)
    for path, text in {**ISSUES, **PROPOSALS}.items():
        desk.save(path, text)
    desk.sync()
    for words in (
        ("as", "ash", "vote", "p-9xw4", "approve", "Fastest"),
        ("gate", "approve", "e-3fq9", "Design", "--reason", "good"),
        ("gate", "skip", "e-3fq9", "Survey", "--reason", "later"),
        ("gate", "reject", "e-3fq9", "Direction", "--reason", "too early"),
        ("override", "p-2222", "veto", "no tabs"),
        ("comment", "i-7k2m", "Behind the proxy too."),
        ("pause", "The tests are red"),
    ):
        desk.dispatchd(*words)
    asked = desk.dispatchd("as", "ash", "ask", "Which hash?", "--option", "argon2id", "--issue", "i-7k2m")
    desk.save("issues/broken.md", "---\nid: i-5d5d\n---\n\n# Old form\n")
    desk.sync()
    desk.save("issues/broken.md", "<<<<<<< HEAD\n---\nid: i-5d5d\n=======\n>>>>>>> other\n")
    desk.sync()
    merged = desk.git("commit-tree", "-p", "HEAD", "-m", "Merged", "HEAD^{tree}").strip()
    desk.git("branch", "dispatchd/integration", merged)
    return asked.split()[0]


def printed(desk: Desk, commands: Sequence[tuple[str, ...]]) -> list[Printed]:
    """What each of *commands* prints."""
    return [Printed(words=words, found=json.loads(desk.ask(*words, "--json").out)) for words in commands]


def keys_of(value: Any, closed: frozenset[str], prefix: str = "") -> set[str]:
    """Every key in *value* by its path, lists left out of the path; below those of *closed* nothing is named."""
    if isinstance(value, list):
        return {key for each in value for key in keys_of(each, closed, prefix)}
    if not isinstance(value, dict) or prefix.rstrip(".") in closed:
        return set()
    found = {f"{prefix}{key}" for key in value}
    return found.union(*(keys_of(each, closed, f"{prefix}{key}.") for key, each in value.items()))
