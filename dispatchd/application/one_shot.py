"""A session for one act: take in the whole tree, act, write, commit, leave. What a command does with no daemon running.

Nothing is waited for: what stands in the files now is taken as meant.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from dispatchd.application.committing import commit
from dispatchd.application.following import follow_head
from dispatchd.application.history import HEAD
from dispatchd.application.other_folder import come_to_folder
from dispatchd.application.outdated import refuse_outdated
from dispatchd.application.relaying import relay, sweep
from dispatchd.application.restoring import Restored, restore_all
from dispatchd.application.session import Session
from dispatchd.application.strangers import note_strangers
from dispatchd.application.taking_displaced import take_displaced
from dispatchd.application.taking_over import finish_carrying

T = TypeVar("T")
LevelPage = Callable[[Session], Awaitable[None]]
MOST_ROUNDS = 50
"""Far more than any tree needs to come to rest; a bound, so that a mistake ends instead of spinning."""


async def begin(session: Session) -> None:
    """Clean up after a crash, follow the branch, look at everything. Raises DatabaseOutdated before anything is done."""
    await refuse_outdated(session)
    displaced = await session.run(session.ports.tree.recover)
    await session.run(session.ports.audit.recover)
    is_new = await _know_the_past(session)
    await session.note_known()
    await come_to_folder(session)
    if is_new and displaced:
        # What stands in the files came after what was displaced: with it the lost database would have merged that.
        await session.scan()
        await session.take(hurry=True)
    displaced += await finish_carrying(session)
    await take_displaced(session, displaced)
    await follow_head(session)
    await session.scan()


async def _know_the_past(session: Session) -> bool:
    """With a new database: before anything is taken in, what the branch says was there already. Whether it is new."""
    if session.clone or await session.ports.store.transact(lambda work: work.note(HEAD)) is not None:
        return False
    await follow_head(session)
    return True


async def _no_page(_session: Session) -> None:
    """Nothing is rendered beside the documents themselves."""


async def settle(session: Session, *, hurry: bool = True, level_page: LevelPage = _no_page) -> None:
    """Take in, write and commit until nothing is left to do."""
    # Every round takes at least one of the files that wait.
    for _ in range(MOST_ROUNDS + len(list(session.settling.waiting()))):
        moved = await follow_head(session)
        took = await session.take(hurry=hurry)
        await level_page(session)
        wrote = await relay(session, hurry=hurry)
        if not (moved or took or wrote):
            break
    await note_strangers(session)
    await sweep(session)
    await commit(session, force=True)


async def restore_once(session: Session) -> Restored:
    """Bring back what is missing in the tree, before anything there is taken for a person's doing."""
    await refuse_outdated(session)
    await _know_the_past(session)
    await session.note_known()
    restored = await restore_all(session)
    await begin(session)
    await settle(session)
    return restored


async def perform_once(
    session: Session, act: Callable[[Session], Awaitable[T]], level_page: LevelPage = _no_page
) -> T:
    """Bring the workspace level, *act*, and bring it level again; *level_page* plans the page of what waits."""
    await begin(session)
    await settle(session, level_page=level_page)
    result = await act(session)
    await settle(session, level_page=level_page)
    return result
