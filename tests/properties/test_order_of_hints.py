"""INV10: the same saves, however their hints are ordered and batched, come to the same workspace."""

from typing import Any

import hypothesis
from hypothesis import given
from hypothesis import strategies as st

from tests.application.world import World

SAVES = (
    ("issues/a.md", "status: unassigned", "status: queued"),
    ("issues/a.md", "Beginning", "Beginning, longer"),
    ("issues/b.md", "priority: medium", "priority: high\nlabels: [one]"),
    ("issues/b.md", "status: unassigned", "status: in_review"),
    ("issues/c.md", "status: unassigned", "status: done"),
    ("epics/e.md", "- [ ] Approve", "- [x] Approve"),
)
"""What a person changes, in this order; each change goes into the file as it stands then."""
EPIC = "---\nid: e-3fq9\nstatus: ready\n---\n\n## Stages\n\n### Design\n\nGate: approval\n\n### Build\n"


UNDONE = {"EntityRemoved", "EntityRestored"}
"""Half of a rename that comes seconds late is a deletion first, which the other half takes back."""


def played(order: list[int], pauses: list[float]) -> Any:
    world = World()
    for number in "abc":
        world.save(f"issues/{number}.md", f"---\nid: i-{number * 4}\n---\n\nBeginning\n\nEnd\n")
    world.save("epics/e.md", EPIC)
    world.settle()
    world.is_deaf = True
    for path, before, after in SAVES:
        world.edit(path, before, after)
    world.rename("issues/b.md", "issues/renamed.md")
    world.save("issues/new.md", "---\nid: i-dddd\n---\nNew\n")
    world.delete("issues/c.md")
    world.is_deaf = False
    paths = ["issues/a.md", "issues/b.md", "issues/renamed.md", "issues/new.md", "issues/c.md", "epics/e.md"]
    for which, pause in zip(order, pauses, strict=True):
        world.hint(paths[which])
        world.advance(pause) if pause else world.round()
    world.scan()
    world.settle()
    result = (
        {path: _told(world.read(path)) for path in world.paths("issues/") + world.paths("epics/")},
        [world.entity(f"i-{number * 4}").status for number in "abcd"],
        sorted(name for event in world.events() if (name := type(event.event).__name__) not in UNDONE),
    )
    world.store.remove()
    return result


def _told(text: str) -> list[str]:
    return [
        line for line in text.splitlines() if line[:4] not in {"crea", "rev:"} and "Approved (" not in line
    ]


@hypothesis.settings(max_examples=15)
@given(st.permutations(range(6)), st.lists(st.sampled_from((0.0, 0.3, 1.0, 2.5)), min_size=6, max_size=6))
def test_inv10_neither_order_nor_batching_of_hints_changes_what_comes_of_them(
    order: list[int], pauses: list[float]
) -> None:
    assert played(order, pauses) == played([0, 1, 2, 3, 4, 5], [0.0] * 6)
