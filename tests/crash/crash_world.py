"""A workspace in memory whose daemon may end, or be failed, at any call: the daemon's own rounds over counted ports.

Files lie on a fake disk (page cache and durable state apart), the database is a real SQLite, the branch is the fake one.
What people do is no call. Whatever ends or fails the daemon, the next process starts as a service manager would start it.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, cast

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.audit_trail import next_due
from dispatchd.application.committing import plan_commit, prepare_commit, publish_commit
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.one_shot import begin
from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.store_failures import StoreUnavailable
from dispatchd.application.ports.tree_watcher import Hint, Rescan, RescanReason, Touched
from dispatchd.application.requests.carrying_out import carry_out
from dispatchd.application.requests.request import Verb
from dispatchd.application.session import Session
from dispatchd.application.session_ports import Ports
from dispatchd.application.settling import SettleTimes
from dispatchd.application.waiting_items import WaitingItem, waiting_items
from dispatchd.daemon.engine_room import PASSING, EngineRoom
from dispatchd.daemon.housekeeping_loop import end_votes, look_through_quarantine
from dispatchd.daemon.intake_loop import nap, one_round
from dispatchd.domain.errors import DispatchdError
from tests.application.who_and_what import ALICE, alice_here
from tests.application.world import CHANGING, MOMENT, SWEEP_EVERY, World
from tests.crash.calls import FULL_FOR, Calls, Fault
from tests.crash.counted_ports import CrashStore, counted_log
from tests.crash.inbox import Inbox
from tests.fakes.fake_system import Crashed
from tests.fakes.instant_store import directly, run

ALTERING: Final = CHANGING | {"make_folder", "set_mode"}
COMMIT_AGAIN_AFTER: Final = 5.0
SCAN_EVERY: Final = 60.0
STARTS: Final = 5
"""So often a daemon that cannot start is started again before that counts as a fault of its own."""


class DaemonStopped(AssertionError):  # noqa: N818 - named for what happened
    """The daemon ended, though nobody killed it."""


class CrashWorld(World):
    """People's acts are those of `World`; rounds are those of the daemon's loops, what they catch included."""

    make_store = CrashStore
    store: CrashStore

    def __init__(self) -> None:
        self.calls = Calls()
        self.begin_unhurt()
        super().__init__()
        self.store.count_by(self.calls)

    def begin_unhurt(self) -> None:
        """Nothing has gone wrong yet."""
        self.room: EngineRoom | None = None
        self.inbox = Inbox()
        self.cut = Fault.KILL
        self.commits_not_before = 0.0
        self.scanned = 0.0
        self.next_round = 0.0
        self.did = False
        self.failed_starts: list[str] = []
        self.full_until: float | None = None

    def new_session(self) -> Session:
        """A session whose every call is numbered, in the room that the daemon's loops share."""
        self.count_tree()
        ports = Ports(
            store=self.store,
            tree=self.tree,
            audit=counted_log(self.log, self.calls),
            clock=self.clock,
            ids=self.ids,
            person=alice_here,
            aside=directly,
        )
        session = Session(ports=ports, kinds=KINDS, times=SettleTimes())
        self.inbox = Inbox()
        self.room = EngineRoom(
            session=session,
            watcher=cast("Any", None),
            inbox=cast("Any", self.inbox),
            private=Path(),
            carry_out=carry_out,
            backup=lambda: None,
            refresh_status=self._status,
            last_status=self._status,
            refresh_waiting=self._items,
            open_tree=lambda: self.tree,
        )
        return session

    def count_tree(self) -> None:
        """Number the tree's calls."""
        self.tree.system.script.on_every_call = self._note_call

    def _note_call(self, name: str) -> None:
        self.calls.enter(f"tree.{name}", changes=name in ALTERING)

    def _items(self) -> Sequence[WaitingItem]:
        with closing(open_read_only(self.store.path)) as model:
            return waiting_items(model)

    def _status(self) -> str:
        return f"{len(self._items())} things wait.\n"

    def start(self) -> None:
        """Start a daemon; one that says why it cannot is started again when the trouble is over."""
        self.commits_not_before = self.scanned = self.next_round = self.clock.monotonic()
        for _ in range(STARTS):
            try:
                with self.calls.counting():
                    run(begin(self.session))
            except Crashed:
                self.crash(power_cut=True)
            except (DispatchdError, *PASSING) as reason:
                self.failed_starts.append(str(reason))
                self.make_room(now=True)
                self.crash()
            else:
                self.hints.clear()
                self.calls.is_up()
                return
        raise DaemonStopped(f"the daemon does not start: {self.failed_starts}")

    def restart(self, *, power_cut: bool = False) -> None:
        """The process is gone; the next one starts."""
        self.crash(power_cut=power_cut)
        self.start()

    def crash(self, *, power_cut: bool = False) -> None:
        """The process is gone, and with it what the kind of its end takes."""
        if power_cut and self.cut is Fault.POWER:
            self.tree.disk.cut_power()
        elif power_cut and self.cut is Fault.POWER_NAMES:
            self.tree.disk.cut_power(kept=self.tree.disk.unflushed)
        self.calls.restart()
        self.calls.changed()
        self.store.next_process()
        super().crash()

    def _round(self, *, hurry: bool) -> bool:  # noqa: ARG002 - a daemon's rounds are never hurried
        self.make_room()
        now = self.clock.monotonic()
        hints: list[Hint] = [Touched(path=path) for path in sorted(self.hints)]
        self.hints = set()
        hints += self.inbox.hints
        self.inbox.hints = []
        self.inbox.woken = False
        if now - self.scanned >= SCAN_EVERY:
            self.scanned = now
            hints.append(Rescan(reason=RescanReason.POLL))
        assert self.room is not None
        room = self.room
        self.did = False
        self._alive(lambda: self._one_round(hints))
        self._alive(self._commit_if_due)
        self.next_round = now + (0.0 if self.inbox.woken else nap(room, did=self.did))
        return self.did

    def _one_round(self, hints: Sequence[Hint]) -> None:
        assert self.room is not None
        self.did = run(one_round(self.room, hints))

    def pending(self) -> list[str]:
        """What is still to be done; a daemon that waits for something has not come to rest."""
        halted = [self.room.halted] if self.room is not None and self.room.halted else []
        unread = [f"{path} could not be read" for path in self.session.observing.unread()]
        return [*super().pending(), *halted, *unread, *(["the disk is full"] if self.calls.is_full else [])]

    def _next_due(self) -> float:
        """When the daemon's loops wake by themselves."""
        now = self.clock.monotonic()
        due = self.store.look(lambda work: next_due(work, self.session.times, self.clock.now()))
        commit_at = None if due is None else now + max(0.0, (due - self.clock.now()).total_seconds())
        moments = [self.next_round, self.swept + SWEEP_EVERY]
        if commit_at is not None:
            moments.append(max(commit_at, self.commits_not_before))
        return max(now + MOMENT, min(moments))

    def _commit_if_due(self) -> None:
        now = self.clock.monotonic()
        if now < self.commits_not_before:
            return
        try:
            due = run(self.store.transact(lambda work: next_due(work, self.session.times, self.clock.now())))
            if due is not None and due <= self.clock.now():
                self._commit_beside_a_round()
        except (AuditError, StoreUnavailable):
            self.commits_not_before = now + COMMIT_AGAIN_AFTER

    def _commit_beside_a_round(self) -> None:
        """The other loops go on while git makes the commit."""
        planned = run(plan_commit(self.session))
        if planned is not None:
            run(prepare_commit(self.session, planned))
            self._one_round([])
            run(publish_commit(self.session, planned))

    def _alive(self, work: Callable[[], object]) -> None:
        """Do *work* of the daemon's; whatever it raises but its own death is the end of a real one."""
        try:
            with self.calls.counting():
                work()
        except (DispatchdError, OSError, sqlite3.Error, *PASSING) as failure:
            raise DaemonStopped(f"{type(failure).__name__} ends the daemon: {failure}") from failure

    def housekeeping(self) -> None:
        """What the daemon does by the clock."""
        self.swept = self.clock.monotonic()
        assert self.room is not None
        room = self.room
        try:
            self._alive(lambda: run(look_through_quarantine(room)))
            self._alive(lambda: run(end_votes(room)))
        except Crashed:
            self.restart(power_cut=True)

    def round(self, *, hurry: bool = False) -> bool:
        """One round; a process that ends in it is followed by the next at once."""
        try:
            return self._round(hurry=hurry)
        except Crashed:
            self.restart(power_cut=True)
            return True

    def scan(self) -> None:
        """Have the daemon look at everything."""
        self.inbox.put(Rescan(reason=RescanReason.POLL))
        self.round()

    def make_room(self, *, now: bool = False) -> None:
        """Somebody makes room on a full disk when it has been full for long enough, or *now*."""
        if not self.calls.is_full:
            return
        if self.full_until is None:
            self.full_until = self.clock.monotonic() + FULL_FOR
        if now:
            self.pass_time(max(0.0, self.full_until - self.clock.monotonic()))
        if self.clock.monotonic() >= self.full_until:
            self.calls.is_full = False

    def request(
        self, verb: Verb, *, is_done: Callable[[], bool], speaker: str | None = None, **said: object
    ) -> None:
        """Ask, as often as it takes, until it is done: what a person does whose command said that it failed."""
        for _ in range(STARTS):
            if is_done():
                return
            try:
                with self.calls.counting():
                    self.ask(verb, speaker=speaker, **said)
            except Crashed:
                self.restart(power_cut=True)
            except StoreUnavailable:
                self.pass_time(COMMIT_AGAIN_AFTER)
                self.make_room(now=True)
        assert is_done(), f"{verb} is not done after {STARTS} tries"

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.calls.changed()
        super().pass_time(seconds)

    def hint(self, path: str) -> None:
        """Something happened there; whoever ends after it leaves something else."""
        self.calls.changed()
        super().hint(path)

    def before_next_swap(self, act: Callable[[], None]) -> None:
        """Somebody does *act* in the instant before the daemon puts its next text in place."""
        self.tree.before_next("exchange", act)

    def wait(self, seconds: float) -> None:
        """Nobody does anything for so long."""
        self.advance(seconds)

    def pull(self, changes: Mapping[str, str | None]) -> None:
        """Bob's commit arrives."""
        self.calls.changed()
        self.commit(changes)

    def commit_by_hand(self, path: str) -> None:
        """Alice commits the file as it is."""
        self.calls.changed()
        self.commit({path: self.read(path)}, ALICE, writes_files=False)
