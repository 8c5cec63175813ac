"""The database itself: made anew from the history, copied, and put back from a copy. None is ever deleted here."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from dispatchd.composition.acting import in_session, level_and_act
from dispatchd.composition.looking import Workspace, database_of
from dispatchd.composition.running import start_daemon, stop_daemon
from dispatchd.composition.waits import paused
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from datetime import datetime

    from dispatchd.application.session import Session
    from dispatchd.application.workspace_facts import Facts


@dataclass(frozen=True, slots=True)
class Made:
    """A database that took the place of another one."""

    kept: Path | None
    """The other one, set aside; None where there was none."""
    events: int
    entities: int
    differs: tuple[str, ...] | None
    """Of which parts the old one said something else; None where it could not be asked."""
    restarted: bool
    """Whether a daemon ran, which stepped aside for it and runs again."""
    caught_up: int = 0
    """Events that the history knew and the copy did not."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the database."""

    name: str
    at: "datetime"
    size: int
    why: str


def rebuild(workspace: Workspace) -> Made:
    """Make the database anew from the branch's history and the files. Raises WorkspaceError; then all is as it was."""
    with _stepped_aside(workspace) as was_running:
        before = _flushed_facts(workspace)
        with _set_aside(workspace) as kept:
            after = in_session(workspace, lambda session: _level(workspace, session))
        differs = None if before is None else tuple(key for key in before if before[key] != after[key])
    return _made(kept, after, differs=differs, restarted=was_running)


def backup_now(workspace: Workspace) -> Backup:
    """Copy the database as it is now."""
    from dispatchd.adapters.sqlite.backup import back_up, backups_of
    from dispatchd.adapters.system.system_clock import SystemClock

    if not database_of(workspace).exists():
        raise WorkspaceError("there is no database yet; `dispatchd sync --wait` makes it from the branch")
    made = back_up(database_of(workspace), SystemClock().now())
    return next(each for each in _as_backups(backups_of(database_of(workspace))) if each.name == made.name)


def backups(workspace: Workspace) -> Sequence[Backup]:
    """The copies there are, newest first."""
    from dispatchd.adapters.sqlite.backup import backups_of

    return _as_backups(backups_of(database_of(workspace)))


def restore_backup(workspace: Workspace, name: str | None) -> tuple[Backup, Made]:
    """Put the copy called *name*, or the newest, in the database's place, and bring it up to the history."""
    from dispatchd.adapters.sqlite.backup import copy_database
    from dispatchd.application.outdated import catch_up

    chosen = _chosen(backups(workspace), name)
    missed: list[int] = []

    async def prepare(session: "Session") -> None:
        missed.append(await catch_up(session))

    with _stepped_aside(workspace) as was_running, _set_aside(workspace) as kept:
        copy_database(database_of(workspace).parent / "backups" / chosen.name, database_of(workspace))
        after = in_session(workspace, lambda session: _level(workspace, session, prepare))
    return chosen, _made(kept, after, restarted=was_running, caught_up=missed[0])


def _made(
    kept: Path | None,
    facts: "Facts",
    *,
    restarted: bool,
    differs: tuple[str, ...] | None = None,
    caught_up: int = 0,
) -> Made:
    return Made(
        kept=kept,
        events=len(facts["log"]),
        entities=len(facts["entities"]),
        differs=differs,
        restarted=restarted,
        caught_up=caught_up,
    )


def _chosen(there: Sequence[Backup], name: str | None) -> Backup:
    if not there:
        raise WorkspaceError(
            "there is no backup yet; `dispatchd rebuild` makes the database from the history"
        )
    found = [each for each in there if name is None or each.name.startswith(name)]
    if not found or (len(found) > 1 and name is not None and all(each.name != name for each in found)):
        names = ", ".join(each.name for each in there)
        raise WorkspaceError(f'no single backup is called "{name}"; there are: {names}')
    return next((each for each in found if each.name == name), found[0])


def _as_backups(found: "Sequence[tuple[Path, datetime, str]]") -> Sequence[Backup]:
    return [Backup(name=path.name, at=at, size=path.stat().st_size, why=why) for path, at, why in found]


@contextmanager
def _stepped_aside(workspace: Workspace) -> Iterator[bool]:
    """Whether a daemon ran; it does not meanwhile, and does again afterwards, however that ends."""
    why = paused(workspace)
    if why is not None:
        raise WorkspaceError(f"the tree is in the midst of something ({why}); finish it, then ask again")
    was_running = stop_daemon(workspace)
    try:
        yield was_running
    finally:
        if was_running:
            start_daemon(workspace)


@contextmanager
def _set_aside(workspace: Workspace) -> Iterator[Path | None]:
    """The database out of the way, and back in its place if what is to take it cannot be made."""
    from dispatchd.adapters.sqlite.set_aside import put_back, set_aside_at
    from dispatchd.adapters.system.system_clock import SystemClock

    database = database_of(workspace)
    kept = set_aside_at(database, SystemClock().now())
    try:
        yield kept
    except BaseException:
        put_back(database, kept)
        raise


def _flushed_facts(workspace: Workspace) -> "Facts | None":
    """What the database says once all it decided is committed; None where there is none that can be used."""
    from dispatchd.adapters.sqlite.connection import is_sound
    from dispatchd.application.ports.store_failures import StoreFailure

    if is_sound(database_of(workspace)):
        with suppress(StoreFailure):
            return in_session(workspace, lambda session: _level(workspace, session))
    return None


async def _level(
    workspace: Workspace,
    session: "Session",
    prepare: "Callable[[Session], Awaitable[object]] | None" = None,
) -> "Facts":
    """Bring the workspace level, *prepare*d first; what its database says then."""
    from dispatchd.application.workspace_facts import facts_of

    if prepare is not None:
        await prepare(session)

    async def tell(session: "Session") -> "Facts":
        return await session.ports.store.transact(facts_of)

    return await level_and_act(workspace, session, tell)
