"""The language server on the real workspace: it opens the database read only, and starts nothing and mends nothing."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace, database_of
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.application.ports.unit_of_work import UnitOfWork
    from dispatchd.domain.actors import Actor
    from dispatchd.lsp.moment import Moment

_COMPANIONS = ("", "-wal")


def serve_language() -> None:
    """Talk to an editor on standard input and output until it hangs up."""
    from dispatchd.lsp.moment import Ground
    from dispatchd.lsp.server import make_server

    places = Places()
    ground = Ground(
        tree_of=places.tree_of, open_moment=places.moment, version_of=places.version_of, later=_later
    )
    # A stream of the server's own: it closes what it writes to, and ours is flushed when the program leaves.
    with open(sys.stdout.fileno(), "wb", closefd=False) as output:
        make_server(ground).start_io(stdout=output)


def _later(seconds: float, act: Callable[[], None]) -> None:
    import asyncio

    asyncio.get_running_loop().call_later(seconds, act)


class Places:
    """The workspaces whose files an editor has shown."""

    def __init__(self) -> None:
        self._known: dict[Path, Workspace] = {}
        self._person: dict[Path, Callable[[UnitOfWork], Actor]] = {}

    def tree_of(self, file: Path) -> Path | None:
        """The tree that *file* lies in, if it is tied to its repository."""
        from dispatchd.adapters.git.repository import locate
        from dispatchd.adapters.system.system_clock import SystemClock
        from dispatchd.composition.person_here import PersonHere

        folder = next((each for each in file.parents if each.is_dir()), None)
        try:
            workspace = Workspace(locate(folder)) if folder is not None else None
        except WorkspaceError:
            return None
        if workspace is None or not file.is_relative_to(workspace.tree.resolve()):
            return None
        self._known[workspace.tree] = workspace
        here = PersonHere(places=workspace.places, clock=SystemClock()).here
        self._person.setdefault(workspace.tree, here)
        return workspace.tree

    def version_of(self, tree: Path) -> object:
        """What differs when the database has changed."""
        found = []
        database = database_of(self._known[tree])
        for companion in _COMPANIONS:
            try:
                status = database.with_name(database.name + companion).stat()
            except FileNotFoundError:
                found.append((0, 0))
            else:
                found.append((status.st_mtime_ns, status.st_size))
        return tuple(found)

    @contextmanager
    def moment(self, tree: Path) -> "Iterator[Moment]":
        """The workspace as its database has it now; without one, its documents alone."""
        from dispatchd.adapters.sqlite.read_only import open_read_only
        from dispatchd.adapters.sqlite.read_only_work import read_only_work
        from dispatchd.adapters.system.random_ids import RandomIds
        from dispatchd.adapters.system.system_clock import SystemClock
        from dispatchd.application.kinds.all_kinds import KINDS
        from dispatchd.application.meaning import Foresight
        from dispatchd.application.ports.store_failures import DatabaseMissing
        from dispatchd.domain.actors import DAEMON, Channel, Provenance
        from dispatchd.domain.command import Circumstance
        from dispatchd.lsp.moment import Moment

        workspace = self._known[tree]
        with ExitStack() as held:
            try:
                model = open_read_only(database_of(workspace))
                held.callback(model.close)
                work = held.enter_context(read_only_work(database_of(workspace)))
            except DatabaseMissing:
                model, work = None, None
            # Without a database nothing is asked of the rules, and so nobody's name is.
            actor = self._person[tree](work) if work is not None else DAEMON
            by = Circumstance(
                actor=actor, at=SystemClock().now(), provenance=Provenance(channel=Channel.SAVE)
            )
            foresight = Foresight(kinds=KINDS, ids=RandomIds(), by=by, work=work)
            yield Moment(tree=tree, foresight=foresight, model=model)
