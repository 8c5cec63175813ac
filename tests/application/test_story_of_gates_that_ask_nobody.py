"""A gate that asks somebody who is nobody: it is answered at its own line, and the rest of the epic goes on."""

from typing import Any

import pytest

from dispatchd.domain.thread import ThreadStatus
from tests.application.world import World

E = "epics/e.md"
GATE = "Gate: approval by @zed: ok?"
ZERO = "### Zero\n\n- Write docs\n\n### A\n"


def stages(world: World) -> list[str]:
    return [stage.name for stage in world.at(E).stages]


def line_below(text: str, line: str) -> str:
    """The first line with words below *line*."""
    return next(each for each in text.partition(line)[2].split("\n") if each.strip())


@pytest.fixture(params=["opened", "changed"])
def in_vain(world: World, request: pytest.FixtureRequest) -> str:
    """An epic whose gate names nobody, from its first day or since a later edit."""
    first = GATE if request.param == "opened" else "Gate: approval by @bob: ok?"
    world.save(E, f"---\ntitle: E\nstatus: draft\n---\n\n## Stages\n\n### A\n\n{first}\n\n- One\n")
    world.settle()
    if request.param == "changed":
        world.edit(E, first, GATE)
        world.settle()
        assert 'nobody is called "zed"' in line_below(world.read(E), GATE)
        assert world.at(E).stages[0].plan.gate.approvers == ("bob",)
    return str(request.param)


def test_a_new_stage_above_it_is_taken_and_hears_nothing_of_it(world: World, in_vain: str) -> None:
    world.edit(E, "### A\n", ZERO)
    world.settle()
    assert stages(world) == ["Zero", "A"]
    assert "is none of them" not in world.read(E)
    assert "dispatchd:" not in world.read(E).partition("### A")[0].partition("## Stages")[2]
    if in_vain == "changed":
        assert 'nobody is called "zed"' in line_below(world.read(E), GATE)
    else:
        assert [t.status for t in threads(world)] == [ThreadStatus.OPEN]


def test_no_gate_opens_because_of_it(world: World, in_vain: str) -> None:
    world.edit(E, "### A\n", ZERO)
    world.settle()
    gate = world.at(E).stages[1].plan.gate
    assert gate.approvers == (("bob",) if in_vain == "changed" else ("zed",))


def test_mended_it_counts_and_nothing_is_said_any_more(world: World, in_vain: str) -> None:
    world.edit(E, "### A\n", ZERO)
    world.settle()
    world.edit(E, "by @zed", "by @alice")
    world.settle()
    assert world.at(E).stages[1].plan.gate.approvers == ("alice",)
    assert "nobody is called" not in world.read(E)
    assert not world.problems()
    assert all(thread.status is ThreadStatus.DISMISSED for thread in threads(world)), in_vain


def test_a_new_stage_that_asks_nobody_is_answered_at_its_gate_and_not_taken(world: World) -> None:
    world.save(E, "---\ntitle: E\nstatus: draft\n---\n\n## Stages\n\n### A\n\n- One\n")
    world.settle()
    world.edit(E, "### A\n", f"### Zero\n\n{GATE}\n\n### A\n")
    world.settle()
    assert stages(world) == ["A"]
    assert 'nobody is called "zed"' in line_below(world.read(E), GATE)


def threads(world: World) -> list[Any]:
    return [world.entity(each.thread.id) for each in world.happened("ThreadOpened")]
