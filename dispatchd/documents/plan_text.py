"""The text of a plan that an agent lays: an epic's, in which each stage that it gave no gate is given one."""

from dispatchd.documents.epic_sections import read_stages
from dispatchd.documents.markdown_outline import outline


def with_gates(body: str) -> str:
    """*body*, with a gate at the end of each stage that has none."""
    shape = outline(body, 0)
    lines = [line.rstrip("\r\n") for line in shape.lines]
    for stage in reversed(read_stages(shape)):
        if stage.plan.gate is not None:
            continue
        end = stage.section.end
        while end > stage.section.start and not lines[end - 1].strip():
            end -= 1
        lines[end:end] = ["", f"Gate: approval: Is “{stage.plan.name}” as it was meant?"]
    return "\n".join(lines)
