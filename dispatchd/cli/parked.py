"""What lists say besides: files that cannot be read keep their last good state, and nobody should overlook that."""

from typing import TYPE_CHECKING

from dispatchd.cli.terminal import aside, visible

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import ProblemRow
    from dispatchd.cli.invocation import Invocation

WHOLE_FILE = "file"
SHOWN = 3


def say_what_cannot_be_read(invocation: "Invocation", model: "ReadModel") -> None:
    """Name the files that are shown here as they last could be read."""
    parked = [each for each in model.problems() if each.anchor == WHOLE_FILE and not each.refusal]
    if not parked:
        return
    count = len({each.path for each in parked})
    if count == 1:
        aside(f"1 file cannot be read: {_told(invocation, parked[0])}")
        return
    aside(f"{count} files cannot be read:", *(f"  {_told(invocation, each)}" for each in parked[:SHOWN]))
    if len(parked) > SHOWN:
        aside("  … dispatchd check shows all")


def _told(invocation: "Invocation", problem: "ProblemRow") -> str:
    sentence = f"{problem.what}. {problem.hint}" if problem.hint else problem.what
    return visible(f"{invocation.place(problem.path, problem.line)} {sentence}")
