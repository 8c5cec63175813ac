"""Moving home to this clone: one commit that was pushed, so that of two who try one comes second."""

from functools import partial

from dispatchd.application.following import follow_head
from dispatchd.application.homes import home_at
from dispatchd.application.ports.audit_log import HOME_TRAILER, AuditCommit, CommitId, Signature
from dispatchd.application.ports.shared_branch import ShareFailed, Trouble
from dispatchd.application.relaying import relay
from dispatchd.application.session import Session
from dispatchd.application.sharing import MOST_TRIES, Remote, Turn, refuse_rewritten
from dispatchd.application.taking_over import take_over
from dispatchd.documents.config_document import set_setting
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.errors import WorkspaceError


async def move_home(session: Session, remote: Remote | None, turn: Turn, name: str) -> CommitId:
    """Make the clone called *name*, which is this one, the one that decides; the commit that says so.

    Raises WorkspaceError with nothing moved.
    """
    async with turn:
        await _refuse_stranger(session)
        first: str | None = None
        for _ in range(MOST_TRIES):
            await _be_level(session, remote)
            head = await session.run(session.ports.audit.head)
            home = await session.run(partial(home_at, session.ports.audit, head))
            first = home if first is None else first
            if home != first:
                raise WorkspaceError(
                    f"{home} has just become home; nothing was moved. Again, to take over from it"
                )
            made = await _commit(session, head, name)
            if await _is_published(session, remote, head, made):
                await follow_head(session)
                await relay(session, hurry=True)
                return made
    raise WorkspaceError("others push all the time, so home was not moved; try again")


async def _refuse_stranger(session: Session) -> None:
    """Raise WorkspaceError for somebody whose word on this the other clones would not take."""
    person, people = await session.ports.store.transact(
        lambda work: (session.ports.person(work), work.rules.people)
    )
    if people and person.handle not in people:
        raise WorkspaceError(
            f"{person.name} <{person.email}> is not in [people] of config.toml, so home was not moved; "
            "have somebody who is enter you, then try again"
        )


async def _be_level(session: Session, remote: Remote | None) -> None:
    """Hold all that others have published."""
    if remote is None:
        await follow_head(session)
        return
    try:
        there = await session.run(partial(remote.branch.fetch, remote.name))
        await refuse_rewritten(session, remote, there)
    except ShareFailed as failed:
        raise WorkspaceError(f"home was not moved: {failed}") from failed
    if there is not None and not await take_over(session, there):
        raise WorkspaceError(
            "home was not moved: git is at work in .dispatch; try again when it has finished"
        )


async def _commit(session: Session, head: CommitId, name: str) -> CommitId:
    log = session.ports.audit
    person = await session.ports.store.transact(session.ports.person)
    by = Signature(name=person.name, email=person.email, at=session.ports.clock.now())
    config = (await session.run(lambda: log.read(head, CONFIG)) or b"").decode()
    commit = AuditCommit(
        author=by,
        committer=by,
        subject=f"Let {name} decide",
        changes={CONFIG: set_setting(config, "workspace.home", name).encode()},
        marks={HOME_TRAILER: name},
    )
    (made,) = await session.run(lambda: log.record((commit,), head))
    return made


async def _is_published(session: Session, remote: Remote | None, head: CommitId, made: CommitId) -> bool:
    """Push the commit; where that fails it is taken back. False: somebody else was quicker."""
    if remote is None:
        return True
    try:
        await session.run(partial(remote.branch.push, remote.name, made))
    except ShareFailed as failed:
        await session.run(lambda: session.ports.audit.record((), made, head))
        if failed.trouble is Trouble.OVERTAKEN:
            return False
        raise WorkspaceError(f"home was not moved: {failed}") from failed
    await session.run(partial(remote.branch.agree, remote.name, made))
    return True
