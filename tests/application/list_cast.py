"""An epic written as lists, and what tests do with them."""

from tests.application.world import World

EPIC = "epics/login.md"
EPIC_TEXT = """\
---
id: e-3fq9
status: ready
---

# Passwordless login

## Stages

### Build

What has to be there before anybody can use it.

1. Send the link by mail @coder !high #auth
   Watch the error rate for an hour.

   - not more than one a minute
2. Login page
3. Logout

Gate: review: Walk through the demo.

### Release

- Canary in one region
- All regions

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""


def stage(world: World, name: str) -> str:
    section: str = world.read(EPIC).split(f"### {name}\n")[1].split("\n### ")[0]
    return section


def made(world: World) -> dict[str, str]:
    """The issues there are, by title."""
    return {event.issue.title: event.issue.id for event in world.happened("IssueOpened")}


def path_of(world: World, issue: str) -> str:
    return next(path for path in world.paths("issues/") if issue in path)


def line_of(world: World, title: str) -> str:
    """The line of the list that shows the issue called *title*."""
    return next(line for line in world.read(EPIC).splitlines(keepends=True) if f"[{title}]" in line)


def make(world: World, name: str, number: int) -> None:
    box = f"- [ ] Make these {number} issues"
    before = stage(world, name)
    assert box in before
    world.edit(EPIC, before, before.replace(box, box.replace("[ ]", "[x]")))
    world.settle()
