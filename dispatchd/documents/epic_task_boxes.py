"""Boxes of a person's own in a stage that has nothing else: no gate, and no item that is or wants an issue.

They make no issues, but who wrote them has something in mind that is not done, so the stage is not over before they
are ticked. Beside items or a gate, which say when it is, they are text.
"""

from collections.abc import Iterable, Sequence

from dispatchd.documents.boxes import TaskItem, match_label, task_items
from dispatchd.documents.epic_lists import StageList, is_offer
from dispatchd.documents.markdown_outline import Block
from dispatchd.documents.problems import DocumentProblem


def unticked_boxes(blocks: Iterable[Block], work: StageList, labels: Sequence[str]) -> tuple[TaskItem, ...]:
    """The open boxes among *blocks*, a stage's without a gate; those with *labels* a gate has left behind."""
    if work.items:
        return ()
    return tuple(
        box
        for box in task_items(blocks)
        if box.text and not box.ticked and not is_offer(box) and not match_label(box.text, labels)
    )


def no_issue(box: TaskItem) -> DocumentProblem:
    """What is said at *box*, and what would make an issue."""
    return DocumentProblem(
        line=box.line,
        what="A box is no issue; the stage waits until its boxes are ticked",
        hint=f'For an issue, write "- {box.text}"',
    )
