"""Files that a bug of ours keeps from being taken in: left as they are and told of, so that one file stops no daemon.

Whatever a transaction did before the bug is undone with it; it is begun again without the file. What is known of such
files is known to one process: the next one, which may be mended, tries them again.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import field, replace
from typing import Final, TypeVar

from dispatchd.application import parking
from dispatchd.application.command_handler import Door
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord, Store, UnitOfWork
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.documents.digest import digest
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.places import FILE

LOG = logging.getLogger(__name__)
T = TypeVar("T")
BUGS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What code raises that is wrong; disks, databases and git that fail raise other things."""


@dataclass(slots=True)
class BugsInReading:
    """Which texts this process could not be taken past, and what it met there."""

    reading: Sighting | None = None
    """The file that is being taken in just now."""
    met: dict[tuple[DocumentPath, DocumentDigest], str] = field(default_factory=dict)

    def at(self, seen: Sighting) -> str | None:
        """What was met in the text of *seen* before, which is the one that is taken in now."""
        self.reading = seen
        return self.met.get((seen.path, digest(seen.content))) if self.met else None

    def read(self, all_seen: Sequence[Sighting]) -> None:
        """*all_seen* are taken in; what follows from them is one file's doing only where it is the only one."""
        if len(all_seen) != 1:
            self.reading = None

    def blame(self, bug: Exception) -> bool:
        """Remember that *bug* was met in the file that was being taken in. False: in none, or not for the first time."""
        seen, self.reading = self.reading, None
        if seen is None or (seen.path, digest(seen.content)) in self.met:
            return False
        self.met[seen.path, digest(seen.content)] = type(bug).__name__
        LOG.error(
            "%s is left as it is because of a bug in dispatchd",
            seen.path,
            exc_info=bug,
            extra={"action": "bug_in_reading"},
        )
        return True


async def past_bugs(store: Store, bugs: BugsInReading, work: Callable[[UnitOfWork], T]) -> T:
    """What *work* comes to in one transaction, begun again without each file that it fails at."""
    while True:
        bugs.reading = None
        try:
            return await store.transact(work)
        except BUGS as bug:
            if not bugs.blame(bug):
                raise


def leave(door: Door, record: DocumentRecord | None, seen: Sighting, bug: str, times: SettleTimes) -> Taken:
    """Keep the bytes of *seen* and say that nothing was done with them. They stay news, for a process that can."""
    problem = DocumentProblem(
        what=f"dispatchd met a bug of its own here ({bug}), so nothing in this file counts yet",
        hint="Saving other text in it tries again, and so does a newer dispatchd; "
        "its log, which `dispatchd doctor` names, has what a report of the bug needs",
    )
    if role_of(seen.path) is not PathRole.ENTITY:
        door.work.problems.replace(seen.path, (_told(seen, problem),))
        return DONE
    known = record or DocumentRecord(path=seen.path, subject=seen.path, kind=None, seen=None, current=None)
    if known.parked == str(problem.at(seen.path)):
        return DONE
    taken = parking.park(door, known, seen, problem, times)
    parked = door.work.documents.at(seen.path)
    if taken is DONE and parked is not None:
        door.work.documents.save(replace(parked, seen=known.seen, stamp=None))
    return taken


def _told(seen: Sighting, problem: DocumentProblem) -> ProblemRecord:
    return ProblemRecord(
        subject=seen.path,
        path=seen.path,
        anchor=FILE,
        what=problem.what,
        hint=problem.hint,
        since=seen.circumstance.at,
    )
