"""Files that nothing can be done with, kept among the problems while they are there.

Those that are no text to read (a FIFO, a link, too large), those in a folder that means nothing, and those that owe a
write and cannot be written. What a document says wrong is found where documents are read.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dispatchd.application.checking import misplaced
from dispatchd.application.ports.dispatch_tree import Trouble
from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.reconcile.places import FILE

if TYPE_CHECKING:
    from dispatchd.application.session import Session

TREE: Final = "tree"
"""The subject of these problems: they belong to no document."""
FOLDER: Final = "folder"
"""The anchor of a file that stands in the wrong place."""
SIZE: Final = "size"
"""The anchor of a file that is too large to be read: nobody has its bytes but the disk."""


async def note_strangers(session: "Session") -> bool:
    """Bring what is known of them up to date. Whether anything is new."""
    now = tuple(sorted(_strangers(session), key=lambda problem: (problem.path, problem.anchor)))
    if now == session.observing.strangers:
        return False
    await session.ports.store.transact(lambda work: work.problems.replace(TREE, now))
    session.observing.strangers = now
    return True


def too_large(work: UnitOfWork) -> tuple[DocumentPath, ...]:
    """The files that were last seen too large to be read."""
    return tuple(problem.path for problem in work.problems.of(TREE) if problem.anchor == SIZE)


def _strangers(session: "Session") -> Iterator[ProblemRecord]:
    observing = session.observing
    for refused in observing.refused.values():
        anchor = SIZE if refused.trouble is Trouble.TOO_LARGE else FILE
        yield ProblemRecord(
            subject=TREE, path=refused.path, anchor=anchor, what=refused.why, hint=refused.hint
        )
    for path in observing.misplaced & observing.present:
        problem = misplaced(path)
        yield ProblemRecord(subject=TREE, path=path, anchor=FOLDER, what=problem.what, hint=problem.hint)
    for path, trouble in session.troubles.items():
        yield ProblemRecord(
            subject=TREE, path=path, anchor=FILE, what=trouble.why, hint=trouble.hint, refusal=True
        )
