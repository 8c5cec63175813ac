"""One workspace at work: it looks, takes in, writes back and commits, in steps that a loop, a command or a test calls.

Every step may be called at any time and as often as one likes; what is true is on disk and in the database, so a step
that finds nothing to do does nothing. Waiting between steps is left to the caller.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from types import MappingProxyType
from typing import Final, TypeVar, cast

from dispatchd.application.bugs_in_reading import past_bugs
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.garbage import searched_later
from dispatchd.application.intake import Done, Intake, Plan
from dispatchd.application.newcomers import keep_newcomers
from dispatchd.application.observing import TRY_AGAIN_EVERY, Observing
from dispatchd.application.ports.dispatch_tree import DispatchTree, Refused
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.relay import Hands
from dispatchd.application.relocation import Places
from dispatchd.application.removal import bring_back
from dispatchd.application.session_ports import Ports
from dispatchd.application.settling import ABSENT, SettleTimes, Settling
from dispatchd.application.sighting import UNKNOWN_QUIET, Seen, Sighting, Taken
from dispatchd.documents.front_matter import forget_readings
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass, replace
from dispatchd.domain.identifiers import DocumentPath

T = TypeVar("T")
_NOWHERE: Final[Mapping[DocumentPath, float | None]] = MappingProxyType({})
INDEX_WINDOW = 5.0
"""Seconds within which a file that changed after the index did is looked for in the history."""
TAKE_AT_ONCE = 1000
"""Files in one transaction: a burst is many of them, so that commands get their turn between."""


@dataclass(slots=True, kw_only=True)
class Session:
    """The state between steps: what waits to be quiet, what waits for a hand, what git carried here."""

    ports: Ports
    kinds: Kinds
    times: SettleTimes
    clone: str = ""
    """What this clone is called, where another one decides; empty at home."""
    settling: Settling = field(init=False)
    observing: Observing = field(init=False)
    intake: Intake = field(init=False)
    hands: Hands = field(init=False)
    travelled: set[DocumentPath] = field(default_factory=set)
    """Paths that git carried here from elsewhere in the history."""
    newcomers: set[DocumentPath] = field(default_factory=set)
    """New files not quiet enough to be adopted."""
    known: set[DocumentPath] = field(default_factory=set)
    """Paths with a document, as far as this session has seen them."""
    take_at_once: int = TAKE_AT_ONCE
    last_scan_seconds: float = 0.0
    troubles: dict[DocumentPath, Refused] = field(default_factory=dict)
    """Files that could not be written, and why."""
    commits_wait: str | None = None
    """Why the last commit could not be made: everything stays queued."""
    index_mark: str = ""
    index_moved: float = -1e9
    """When somebody else last changed the tree's index."""
    page_shown: object = None
    """What WAITING.md was last composed of: where nothing of that has changed, neither has the page."""
    rows: int = 0
    """Names the writes of this session in quarantine."""

    def __post_init__(self) -> None:
        self.settling = Settling(self.times)
        self.observing = Observing(tree=self.ports.tree, settling=self.settling)
        self.intake = Intake(
            kinds=self.kinds,
            times=self.times,
            ids=self.ports.ids,
            places=Places(
                kinds=self.kinds,
                read=self.observing.bytes_at,
                stands=self.observing.stands,
                waiting=self.settling.waiting,
                unread=self.observing.unread,
            ),
        )
        self.hands = Hands(settling=self.settling, not_before={}, since={}, last_write={})

    def now(self) -> float:
        """The monotonic clock that everything here waits by."""
        return self.ports.clock.monotonic()

    def use_tree(self, tree: DispatchTree) -> None:
        """Go on with *tree*: the folder was lost and made again."""
        self.ports.tree.close()
        self.ports = replace(self.ports, tree=tree)
        self.observing.tree = tree

    async def run(self, work: Callable[[], T]) -> T:
        """Do blocking *work* where it blocks nobody."""
        return cast("T", await self.ports.aside(work))

    def by_save(self, work: UnitOfWork) -> Circumstance:
        """A save on this machine, now."""
        return Circumstance(
            actor=self.ports.person(work),
            at=self.ports.clock.now(),
            provenance=Provenance(channel=Channel.SAVE),
        )

    async def busy(self) -> str | None:
        """Why nothing may be read or written just now, or None."""
        return await self.run(self.ports.audit.busy)

    async def note_known(self) -> None:
        """Remember which paths have a document already."""
        self.index_mark = await self.run(self.ports.audit.index_mark)
        self.known = await self.ports.store.transact(lambda work: set(work.documents.paths()))

    async def scan(self) -> None:
        """Look at the whole tree. Raises TreeGone."""
        began = self.now()
        known = await self.ports.store.transact(lambda work: work.documents.proofs())
        await self.run(lambda: self.observing.scan(known, self.now()))
        self.last_scan_seconds = self.now() - began

    async def look(
        self, paths: Iterable[DocumentPath], *, stirred: Mapping[DocumentPath, float | None] = _NOWHERE
    ) -> None:
        """Look at *paths*; at those that are *stirred* something happened, heard of at that moment, or just now."""
        wanted = list(paths)

        def look() -> None:
            self.observing.look_at_all(wanted, self.now, stirred)
            self.observing.stir(stirred, self.now())

        await self.run(look)

    async def take(self, *, hurry: bool = False, rested: bool = False) -> bool:
        """Act on what is quiet enough; with *hurry* on all that changed, with *rested* on prose that would rest too.

        Whether there was anything.
        """
        due = self.settling.resting() if rested else self.observing.due(self.now(), hurry=hurry)
        if not due:
            return False  # asked first: every round ends with nothing left that is due
        paths = sorted(due, key=self.intake.second_looks.turns().__getitem__)[: self.take_at_once]
        standing, gone = self.observing.split_gone(paths)
        if gone and await self.busy():
            return False
        may_turn_up = bool(gone) and self._may_turn_up() and not hurry and not self._overdue(gone)
        ripe = [] if may_turn_up else await self._really_gone(gone)
        if not standing and not ripe:
            return False
        found = await self.run(lambda: self._read(standing, hurry=hurry))
        if found is None:
            return False
        work = partial(self._take, found, ripe, rested)
        with searched_later():
            taken = await past_bugs(self.ports.store, self.intake.bugs, work)
            forget_readings()  # else all that the portion left would be searched
        for path, result in taken.items():
            if result.vanished:
                self.settling.note(path, ABSENT, self.now())
                continue
            if result.unread or result.owed:
                wait = TRY_AGAIN_EVERY if result.unread else self.times.typing
                self.settling.look_at(path, self.now() + wait)
                continue
            self.settling.took(path, look_again_at_quiet=result.look_again)
            self._remember_newcomer(path, result)
        for path in ripe:
            self.settling.took(path)
        self.travelled.difference_update(taken, ripe)
        return True

    async def _really_gone(self, gone: Sequence[DocumentPath]) -> list[DocumentPath]:
        """Those of *gone* where nothing stands at this moment; the others are looked at again. Raises TreeGone."""
        if not gone:
            return []

        def look() -> list[DocumentPath]:
            back = [path for path in gone if self.observing.stands(path)]
            for path in back:
                self.observing.look(path, self.now())
                # A folder, say: no file of its own came back, and none is gone.
                if path in self.observing.refused:
                    self.settling.forget(path)
            return [path for path in gone if path not in back]

        return await self.run(look)

    def _may_turn_up(self) -> bool:
        """Whether what is gone from its place may be a file that is still being written, or was not read yet."""
        return bool(self.newcomers or (self.observing.unread() | self.observing.unopened) - self.known)

    def _overdue(self, gone: Sequence[DocumentPath]) -> bool:
        """Whether a file has been gone for so long that no newcomer still being written can be it."""
        longest = self.times.gone + self.times.longest
        return any(self.settling.quiet_for(path, self.now()) > longest for path in gone)

    def _remember_newcomer(self, path: DocumentPath, result: Taken) -> None:
        is_new = result.arrives or (result.look_again is not None and path not in self.known)
        (self.newcomers.add if is_new else self.newcomers.discard)(path)

    def _read(self, paths: Sequence[DocumentPath], *, hurry: bool) -> list[Seen] | None:
        """The bytes at *paths*, but for those that have changed again since they were noted; None while git is at work.

        What git carried here is noted. All of it is one call beside the event loop: a save waits for each of them.
        """
        if self.ports.audit.busy():
            return None
        now = self.now()
        seen: list[Seen] = []
        for path, found in self.observing.read_many(paths):
            if found is None:
                self.observing.note_unread(path, now)
            elif self.observing.is_as_noted(path, found, now) or hurry:
                quiet = UNKNOWN_QUIET if hurry else self.observing.quiet_for(path, now)
                seen.append(Seen(path=path, found=found, quiet=quiet))
        self._note_travelled(seen)
        return seen

    def note_index(self, *, ours: bool = False) -> None:
        """Notice that somebody changed the tree's index; with *ours* that was a commit of this daemon's."""
        mark = self.ports.audit.index_mark()
        if mark != self.index_mark and not ours:
            self.index_moved = self.now()
        self.index_mark = mark

    def _note_travelled(self, found: Sequence[Seen]) -> None:
        """Files that changed together with the index, to bytes the branch has held before, were carried there by git."""
        self.note_index()
        since = self.now() - self.index_moved
        candidates = {
            seen.path: seen.found.content
            for seen in found
            if since < INDEX_WINDOW and seen.path in self.known and seen.path not in self.travelled
        }
        self.travelled |= self.ports.audit.carried_by_git(candidates)

    def _take(
        self, found: Sequence[Seen], gone: Sequence[DocumentPath], rested: bool, work: UnitOfWork
    ) -> dict[DocumentPath, Taken]:
        by = self.by_save(work)
        sightings = [
            Sighting(
                path=seen.path,
                content=seen.found.content,
                stamp=seen.found.stamp,
                quiet=seen.quiet,
                circumstance=by,
                travelled=seen.path in self.travelled,
                hurried=rested,
            )
            for seen in found
        ]
        bring_back(work, [path for path in gone if path in self.travelled], by.at)
        deleted = [path for path in gone if path not in self.travelled]
        taken = self.intake.take(work, sightings, deleted, self.observing.all_present(), by)
        keep_newcomers(work, sightings, taken, partial(self._may_stand, frozenset(gone)))
        self.known.update(path for path in taken if work.documents.at(path) is not None)
        return dict(taken)

    def _may_stand(self, gone: Collection[DocumentPath], path: DocumentPath) -> bool:
        return path not in gone and (path in self.observing.present or self.settling.is_waiting(path))

    async def act(
        self, plan: Callable[[Door, Circumstance], Plan], by: Callable[[UnitOfWork], Circumstance]
    ) -> Done:
        """Carry out what *plan* asks for. Raises Rejected."""
        return (await self.act_on_all([plan], by))[0]

    async def act_on_all(
        self,
        plans: Sequence[Callable[[Door, Circumstance], Plan]],
        by: Callable[[UnitOfWork], Circumstance],
    ) -> Sequence[Done]:
        """Carry out what all *plans* ask for, in one transaction. Raises Rejected; then nothing has happened."""

        def act(work: UnitOfWork) -> Sequence[Done]:
            circumstance = by(work)
            asked = [lambda door, plan=plan: plan(door, circumstance) for plan in plans]
            return self.intake.act(work, asked, self.observing.all_present(), circumstance)

        return await self.ports.store.transact(act)

    async def prune(self) -> None:
        """Forget what has been still for a while, and give back what that and the last burst have taken."""
        forget_readings()
        self.settling.forget_before(self.now() - self.times.hand)
        waiting = self.settling.waiting()
        self.observing.old.intersection_update(waiting)
        self.observing.unopened.intersection_update(waiting)
        self.ports.release_memory()
