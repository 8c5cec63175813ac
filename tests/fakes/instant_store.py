"""The real database without an event loop: a session on it runs from start to end in one call, with places to step in.

Every step towards the outside (a system call of the tree, a transaction, a record on the branch) is counted by `Steps`,
so that a test can end the process before or after any one of them.
"""

import shutil
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from dispatchd.adapters.sqlite.connection import open_database
from dispatchd.adapters.sqlite.store import SyncStore
from dispatchd.application.ports.unit_of_work import Store, UnitOfWork
from tests.fakes.fake_system import Crashed

T = TypeVar("T")
_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory; every database lies in a folder of its own


def run(steps: Coroutine[Any, Any, T]) -> T:
    """What *steps* come to; nothing in them may wait, because nothing here would ever wake them."""
    try:
        steps.send(None)
    except StopIteration as over:
        result: T = over.value
        return result
    steps.close()
    raise AssertionError("a step of the session waited for something outside")


async def directly(work: Callable[[], object]) -> object:
    """What blocks, done on the spot."""
    return work()


@dataclass(slots=True)
class Steps:
    """Counts the steps that a process takes outside; at `fatal` it ends, and takes no more."""

    taken: int = 0
    fatal: int | None = None
    acts: dict[int, Callable[[], None]] = field(default_factory=dict)
    """What somebody else does just before the step of that number."""
    names: list[str] = field(default_factory=list)

    def take(self, name: str) -> None:
        """One step."""
        number = self.taken
        self.taken += 1
        self.names.append(name)
        act = self.acts.pop(number, None)
        if act is not None:
            act()
        if self.fatal is not None and number >= self.fatal:
            raise Crashed


class InstantStore:
    """The store's port on a database of its own, in memory where the machine can; closed and removed together."""

    def __init__(self, copy: Path | None = None) -> None:
        """A new database, or one that begins as the *copy* of another."""
        base = _MEMORY if _MEMORY.is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="dispatchd-store-", dir=base))
        self.steps = Steps()
        if copy is not None:
            shutil.copyfile(copy, self.folder / "state.db")
        self._database = open_database(self.folder / "state.db")
        self._store = SyncStore(self._database)

    @property
    def changes(self) -> int:
        """Rows, which are as good as transactions to see that there was something."""
        return self._database.connection.total_changes

    async def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction; a crash may come before it, or right after its commit."""
        self.steps.take("transaction")
        result = self._store.run(work)
        self.steps.take("committed")
        return result

    @contextmanager
    def traced(self, note: Callable[[str], object]) -> Iterator[None]:
        """Each statement that the database is given while the block runs is told to *note*."""
        self._database.connection.set_trace_callback(note)
        try:
            yield
        finally:
            self._database.connection.set_trace_callback(None)

    def look(self, work: Callable[[UnitOfWork], T]) -> T:
        """The same for a test's own eyes: no step of the process."""
        return self._store.run(work)

    async def close(self) -> None:
        """Nothing: the next process uses the same database."""

    def remove(self) -> None:
        """Close it and take its files away."""
        self._store.close()
        shutil.rmtree(self.folder, ignore_errors=True)


_port: type[Store] = InstantStore
_aside: Callable[[Callable[[], object]], Awaitable[object]] = directly
