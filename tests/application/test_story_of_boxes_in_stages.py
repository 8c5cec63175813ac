"""Boxes of a person's own under a stage: no items, and no stage that is over as soon as it opens."""

import pytest

from dispatchd.domain.epic import EpicStatus, StageState
from tests.application.world import World

EPIC = "epics/parser.md"
HEAD = "---\nid: e-3fq9\nstatus: ready\n---\n\n# Parser\n\n## Stages\n\n### Build\n\n"
BOXES = "- [ ] Write parser\n- [ ] Write lexer\n"
NOTE = """\
- [ ] Write parser
  > dispatchd: A box is no issue; the stage waits until its boxes are ticked. For an issue, write "- Write parser"
"""


def test_a_stage_of_boxes_alone_waits_for_them_and_says_so(world: World) -> None:
    world.save(EPIC, HEAD + BOXES)
    world.settle()
    epic = world.entity("e-3fq9")
    assert (epic.status, epic.stages[0].state) == (EpicStatus.IN_PROGRESS, StageState.IN_PROGRESS)
    assert NOTE in world.read(EPIC)
    assert world.read(EPIC).count("dispatchd:") == 1
    world.edit(EPIC, "- [ ] Write parser", "- [x] Write parser")
    world.settle()
    assert world.entity("e-3fq9").status is EpicStatus.IN_PROGRESS
    world.edit(EPIC, "- [ ] Write lexer", "- [x] Write lexer")
    world.settle()
    assert world.entity("e-3fq9").status is EpicStatus.COMPLETED
    assert "dispatchd:" not in world.read(EPIC)
    world.restart()
    world.settle()
    assert world.entity("e-3fq9").status is EpicStatus.COMPLETED


def test_a_box_that_becomes_an_item_is_wanted(world: World) -> None:
    world.save(EPIC, HEAD + BOXES)
    world.settle()
    world.edit(EPIC, "- [ ] Write parser", "- Write parser")
    world.settle()
    assert "- [ ] Make this issue" in world.read(EPIC)
    assert "A box is no issue" not in world.read(EPIC)


@pytest.mark.parametrize(
    "stage",
    [
        "Gate: approval: Well?\n\n- [ ] Tell Bob\n",
        "- Write parser\n\n- [ ] Tell Bob\n",
        "- [x] Tell Bob\n",
        "> - [ ] Tell Bob\n",
        "- [ ] Approve\n- [ ] Reject:\n",
    ],
)
def test_boxes_beside_what_says_when_a_stage_is_over_are_text(world: World, stage: str) -> None:
    world.save(EPIC, HEAD + stage)
    world.settle()
    assert "dispatchd:" not in world.read(EPIC)
    assert world.entity("e-3fq9").stages[0].plan.unticked == 0
