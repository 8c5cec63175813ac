"""Problems with the line each stands at now: files change after a problem was found, and the line with them."""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import ProblemRow


OVER: Final = ("passed", "rejected", "no_quorum", "vetoed", "withdrawn")
"""The states of a proposal about which nothing can be voted any more; to load their type would cost every look more."""


FINISHED: Final = ("done", "cancelled")
"""The states of an issue that is over."""
_OF_WORK: Final = frozenset(
    f"key:{key}" for key in ("depends_on", "parent", "epic", "stage", "assignee", "role", "workflow")
)
"""What only says how an issue is to be worked on: of one that is over it may say what it likes."""


def mendable_problems(model: "ReadModel") -> "tuple[ProblemRow, ...]":
    """Those at which something can still be done: not what was refused in a proposal whose vote is over, nor of how an
    issue is to be worked on that is over itself.
    """
    return tuple(each for each in _placed(model) if not _is_over(model, each))


def _is_over(model: "ReadModel", problem: "ProblemRow") -> bool:
    if not problem.refusal:
        return False
    states = OVER if problem.subject.startswith("p-") else FINISHED if problem.anchor in _OF_WORK else ()
    known = model.name_of(problem.subject) if states else None
    return known is not None and known.status in states


def _placed(model: "ReadModel") -> "tuple[ProblemRow, ...]":
    """Every problem with the line it stands on now: an answer to a key moves with its key."""
    placed = (
        each._replace(line=line_of(model.text_of(each.subject) or "", each.anchor) or each.line)
        for each in model.problems()
    )
    return tuple(sorted(placed, key=lambda each: (each.path, each.line)))


def line_of(text: str, anchor: str) -> int:
    """The line of *text* that *anchor* means (`key:NAME`, `line:2:TEXT`), counted from one; zero if none is.

    The number in the middle says which of several equal lines it is; ticks and spaces do not tell lines apart.
    """
    where, _, what = anchor.partition(":")
    if where == "key":
        numbers = (n for n, line in enumerate(text.split("\n"), 1) if _key_of(line) == what)
        return next(numbers, 0)
    if where != "line":
        return 0
    which, _, said = what.partition(":")
    equal = [n for n, line in enumerate(text.split("\n"), 1) if _bare(line) == _bare(said)]
    return equal[min(int(which), len(equal) - 1)] if equal and which.isdigit() else 0


def _key_of(line: str) -> str:
    return line.partition(":")[0].strip().replace("-", "_").lower()


def _bare(line: str) -> str:
    return " ".join(line.replace("[x]", "[ ]").replace("[X]", "[ ]").split())
