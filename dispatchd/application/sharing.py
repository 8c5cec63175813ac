"""Sharing the branch with other clones through a remote: fetch, take over, push, and what is said of it.

Nothing is pushed over what others have, and a remote that lost commits is left alone until a person says which side
holds. What is known stands in one note, for those who look. When to share is the daemon's.
"""

import json
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from enum import StrEnum
from functools import partial

from dispatchd.application.clone_status import BEHIND, SHARED, is_nobody, nobody
from dispatchd.application.committing import commit
from dispatchd.application.history import HEAD
from dispatchd.application.homes import Finding, home_at, look_for_other
from dispatchd.application.ports.audit_log import CommitId, HeadRelation
from dispatchd.application.ports.shared_branch import SharedBranch, ShareFailed, Trouble
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.publishing import publish_pages
from dispatchd.application.relaying import relay
from dispatchd.application.replica import note_unanswered
from dispatchd.application.session import Session
from dispatchd.application.stepping_down import close_question, step_down, stop_both
from dispatchd.application.taking_over import take_over
from dispatchd.domain.dataclass import dataclass

LOG = logging.getLogger(__name__)
MOST_TRIES = 8
"""Pushes that others were quicker than, before it is left for a while."""


class Word(StrEnum):
    """What a person says about a remote that lost commits."""

    NONE = ""
    TAKE = "take"
    """What the remote has now is right as well: it is merged, and what it lost comes back with the next push."""
    PUT_BACK = "put-back"
    """What stands here is right: it replaces what the remote has."""


Turn = AbstractAsyncContextManager[object]
"""Entered while the session is at work, and left while the network is; may be entered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """How it stands with the remote: since when it has been well, or in what trouble, in words for a person."""

    remote: str = ""
    trouble: str = ""
    words: str = ""
    since: str = ""
    took: bool = False
    """Whether this time something was taken over."""

    @property
    def is_well(self) -> bool:
        """Whether the last try went through."""
        return not self.trouble


def read_sharing(note: str | None) -> Sharing:
    """The value of the note `SHARED`."""
    kept = json.loads(note) if note else {}
    remote, trouble, words, since = (
        str(kept.get(key, "")) for key in ("remote", "trouble", "words", "since")
    )
    return Sharing(remote=remote, trouble=trouble, words=words, since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """Where to share: the port and the remote's name."""

    branch: SharedBranch
    name: str
    told: Callable[[str], None] = lambda _: None
    """Is told which clone decides, once that is certain: it was published."""


async def share(session: Session, remote: Remote, turn: Turn, word: Word = Word.NONE) -> Sharing:
    """Fetch, take over what came, push what is new here. What came of it is noted and returned, not raised.

    *turn* is held only while the session is at work, not while the network is.
    """
    before = await session.ports.store.transact(lambda work: work.note(HEAD))
    failed: ShareFailed | None = None
    try:
        await _level(session, remote, turn, word)
    except ShareFailed as error:
        failed = error
    async with turn:
        await note_unanswered(session)
        after = await session.ports.store.transact(lambda work: work.note(HEAD))
        known = await _note(session, remote.name, failed)
    return replace(known, took=before != after)


async def _level(session: Session, remote: Remote, turn: Turn, word: Word) -> None:
    """Bring both ends together."""
    branch, name = remote.branch, remote.name
    began_with = await _home_here(session)
    for _ in range(MOST_TRIES):
        there = await session.run(partial(branch.fetch, name))
        over = await _over(session, remote, there, word)
        async with turn:
            home = await _home_here(session)
            if not session.clone and (is_nobody(home) or home != began_with):
                # What comes now is a replica's to take over: a merge of home's says that what it brought was decided.
                await session.run(partial(remote.told, home))
                return
            stood = await session.run(session.ports.audit.head)
            if there is not None and over is None and not await _take(session, remote, there):
                await _note_behind(session, there)
                return
            if not session.clone and await _home_here(session) == home:
                await _say_as_home(session, stood)
            head = await session.run(session.ports.audit.head)
            await _note_behind(session, None)
        try:
            if there != head:
                await session.run(partial(branch.push, name, head, over=over))
        except ShareFailed as failed:
            if failed.trouble is not Trouble.OVERTAKEN:
                raise
        else:
            await session.run(partial(branch.agree, name, head))
            home = await session.run(partial(home_at, session.ports.audit, head))
            if home:
                await session.run(partial(remote.told, home))
            return
    raise ShareFailed(Trouble.OVERTAKEN, f"others push to {name} all the time; it is tried again")


async def _say_as_home(session: Session, stood: CommitId) -> None:
    """Commit what others are to have with the next push, where the branch stood at *stood* before."""
    if await session.run(session.ports.audit.head) != stood:
        # Whoever is made home next takes what our merge brought for decided: what came of it goes along.
        await relay(session)
        await commit(session, force=True)
    await close_question(session)
    await publish_pages(session)


async def _home_here(session: Session) -> str:
    """The clone that decides as of this one's head; nobody, where two have just stopped."""
    log = session.ports.audit
    return await session.run(lambda: home_at(log, log.head()))


async def _note_behind(session: Session, there: CommitId | None) -> None:
    """Remember how many commits have come and are not taken over yet."""
    log = session.ports.audit
    head = await session.run(log.head)
    left = await session.run(lambda: log.commits_between(head, there)) if there is not None else ()
    count = str(len(left)) if left else None

    def keep(work: UnitOfWork) -> None:
        if work.note(BEHIND) != count:
            work.set_note(BEHIND, count)

    await session.ports.store.transact(keep)


async def _take(session: Session, remote: Remote, there: CommitId) -> bool:
    """Take over what came, unless it says that another clone decides. Whether the branch holds it now."""
    log = session.ports.audit
    head = await session.run(log.head)
    if session.clone or await session.run(partial(log.relation, there, head)) is not HeadRelation.TRAVELLED:
        return await take_over(session, there)
    name = await session.run(partial(home_at, log, head))
    rules = await session.ports.store.transact(lambda work: work.rules)
    other = await session.run(partial(look_for_other, log, head, there, rules))
    match other.finding:
        case Finding.ALONE:
            return await take_over(session, there)
        case Finding.MOVED:
            LOG.warning("%s decides now", other.name, extra={"action": "stepped_down"})
            await session.run(partial(remote.told, other.name))
            return await step_down(session, remote.branch, there, name)
        case Finding.TWICE:
            LOG.warning("%s decides too: both stop", other.name, extra={"action": "two_homes"})
            if not await stop_both(session, there, name, other.name):
                return False
            await session.run(partial(remote.told, nobody(name, other.name)))
            return True
        case _:
            raise ShareFailed(
                Trouble.TWO_HOMES,
                f"{other.by}, who is not in [people], says that {other.name} decides. Nothing is taken or pushed until "
                "somebody here agrees (enter them below [people] in config.toml) or takes that commit back",
            )


async def refuse_rewritten(session: Session, remote: Remote, there: CommitId | None) -> None:
    """Raise ShareFailed where the remote lost commits that were shared with it."""
    await _over(session, remote, there, Word.NONE)


async def _over(session: Session, remote: Remote, there: CommitId | None, word: Word) -> CommitId | None:
    """What a push may replace by a person's word; raises ShareFailed where the remote was rewritten without one."""
    agreed = await session.run(partial(remote.branch.agreed, remote.name))
    if agreed is None or there == agreed:
        return None
    log = session.ports.audit
    is_rewritten = there is None or (
        await session.run(partial(log.relation, agreed, there)) is HeadRelation.TRAVELLED
    )
    if not is_rewritten or word is Word.TAKE:
        return None
    if word is Word.PUT_BACK:
        return there
    now = (
        f"and now stands at {there[:12]}, which does not come after it" if there else "and is gone there now"
    )
    raise ShareFailed(
        Trouble.REWRITTEN,
        f"the branch at {remote.name} was rewritten: it stood at {agreed[:12]} {now}. Nothing is taken or pushed until "
        f"you say what holds: `dispatchd share now --take` merges what {remote.name} has, "
        f"`dispatchd share now --put-back` replaces it by what stands here",
    )


async def _note(session: Session, remote: str, failed: ShareFailed | None) -> Sharing:
    """Keep what came of a try, if that is news; trouble goes into the log when it begins, not each time."""
    at = session.ports.clock.now().isoformat()
    trouble = failed.trouble.value if failed is not None else ""
    words = str(failed) if failed is not None else ""

    def keep(work: UnitOfWork) -> tuple[Sharing, bool]:
        known = read_sharing(work.note(SHARED))
        if (known.remote, known.trouble) == (remote, trouble):
            return replace(known, words=words), False
        now = Sharing(remote=remote, trouble=trouble, words=words, since=at)
        kept = {"remote": remote, "trouble": trouble, "words": words, "since": at}
        work.set_note(SHARED, json.dumps(kept))
        return now, True

    now, is_news = await session.ports.store.transact(keep)
    if is_news and failed is not None:
        LOG.warning("not shared: %s", words, extra={"action": "share_failed"})
    elif is_news:
        LOG.info("shared with %s", remote, extra={"action": "shared"})
    return now
