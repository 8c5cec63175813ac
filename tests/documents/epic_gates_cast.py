"""The epic of the examples with its gates in other states."""

from dataclasses import replace

from dispatchd.domain.epic import (
    Epic,
    Gate,
    GateState,
    Stage,
    StageState,
)
from tests.documents.document_cast import (
    BUILD,
    DESIGN,
    EPIC,
    RELEASE,
    signed,
)


def with_build(stage: Stage) -> Epic:
    return replace(EPIC, stages=(DESIGN, stage, RELEASE))


def with_release(stage: Stage) -> Epic:
    return replace(EPIC, stages=(DESIGN, BUILD, stage))


def built(**gate: object) -> Stage:
    return replace(BUILD, gate=Gate(**gate))  # type: ignore[arg-type]


REJECTED = replace(
    built(state=GateState.REJECTED, rejection=signed(reason="link dies too early")),
    state=StageState.IN_PROGRESS,
)


def gate_block(text: str, name: str) -> list[str]:
    """The boxes of a stage, as they stand."""
    section = text.split(f"### {name}\n")[1].split("\n### ", maxsplit=1)[0].split("Gate:")[1]
    return [line.strip() for line in section.splitlines()[1:] if line.strip()]
