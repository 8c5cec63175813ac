"""A workspace at work in memory: people's hands on files, a daemon's rounds, time that passes when a test says so.

A round is what the daemon's loops do: follow the branch, take in, write back, commit. Nothing here knows what should
come of it; that is for the tests.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dispatchd.application.archiving import archive_finished
from dispatchd.application.audit_trail import next_due
from dispatchd.application.committing import commit
from dispatchd.application.deadlines import end_due_votes
from dispatchd.application.following import follow_head
from dispatchd.application.kinds.all_kinds import KINDS
from dispatchd.application.one_shot import begin
from dispatchd.application.ports.audit_log import AuditCommit, CommitId, Signature
from dispatchd.application.relaying import relay, sweep
from dispatchd.application.requests.carrying_out import carry_out
from dispatchd.application.requests.request import Request, Verb
from dispatchd.application.session import Session
from dispatchd.application.session_ports import Ports
from dispatchd.application.settling import SettleTimes
from dispatchd.domain.identifiers import DocumentPath
from tests.application.who_and_what import ALICE, alice_here, id_in
from tests.application.window import Window
from tests.fakes.fake_audit_log import FakeAuditLog
from tests.fakes.fake_clock import FakeClock
from tests.fakes.fake_ids import SeededIds
from tests.fakes.fake_system import Crashed
from tests.fakes.fake_tree import FakeTree
from tests.fakes.instant_store import InstantStore, Steps, directly, run

CONFIG = b'[people]\nalice = ["alice@example.com"]\nbob = ["bob@example.com"]\n'
BOB = ("Bob Roe", "bob@example.com")
CHANGING = frozenset(
    {"create", "write", "flush", "flush_all", "rename", "rename_new", "exchange", "link", "unlink"}
)
"""Calls of the tree that leave something behind; a crash before one that only reads is a crash before the next of these."""
MOMENT = 0.01
SWEEP_EVERY = 5.0
SPINS = 100
"""Far more batches than any test's files make; a daemon that finds something to do every time would never sleep."""
LONGEST = 2000.0
"""Seconds; nothing in the design waits nearly as long."""


class CountedLog(FakeAuditLog):
    """The branch, with a place to step in before and after each record."""

    steps = Steps()

    def record(self, commits: Any, parent: CommitId, onto: CommitId | None = None) -> tuple[CommitId, ...]:
        self.steps.take("record")
        made = super().record(commits, parent, onto)
        self.steps.take("recorded")
        return made


class World(Window):
    """A daemon and the people around it. The methods that name a path are people's acts."""

    make_store: Callable[[], InstantStore] = InstantStore

    def __init__(self, files: Mapping[str, str] | None = None, *, config: bytes = CONFIG) -> None:
        self.clock, self.ids = FakeClock(), SeededIds()
        self.store, self.branch = self.make_store(), CountedLog()
        self.log = self.branch
        self.tree = FakeTree({"config.toml": config})
        self.standing_saves: set[tuple[str, bytes]] = set()
        """What people saved and no hand of theirs has replaced or deleted since."""
        self.deleted: set[str] = set()
        """Paths, and ids of what stood there, that a hand deleted."""
        self.hints: set[DocumentPath] = set()
        self.is_deaf = self.has_travelled = self.cuts_power = False
        self.steps = Steps()
        self.swept = 0.0
        self.session = self.new_session()
        laid = AuditCommit(
            author=Signature(name=ALICE[0], email=ALICE[1], at=self.clock.now()),
            subject="Lay the workspace",
            changes={DocumentPath("config.toml"): config},
        )
        self.log.record([laid], self.log.head())
        for path, text in (files or {}).items():
            self.save(path, text)
        self.start()

    def new_session(self) -> Session:
        """What a process that starts now works with."""
        self.steps = Steps()
        self.store.steps = self.branch.steps = self.steps
        self.tree.system.script.on_every_call = self._note_call
        ports = Ports(
            store=self.store,
            tree=self.tree,
            audit=self.log,
            clock=self.clock,
            ids=self.ids,
            person=alice_here,
            aside=directly,
        )
        return Session(ports=ports, kinds=KINDS, times=SettleTimes())

    def _note_call(self, name: str) -> None:
        if name in CHANGING:
            self.steps.take(name)

    def start(self) -> None:
        """What a process does first."""
        run(begin(self.session))
        self.hints.clear()

    def restart(self, *, power_cut: bool = False) -> None:
        """The process is gone, wherever it was; the next one starts."""
        self.crash(power_cut=power_cut)
        self.start()

    def crash(self, *, power_cut: bool = False) -> None:
        """The process is gone; nothing runs until `start`."""
        if power_cut:
            self.tree.disk.cut_power()
        for node in self.tree.disk.walk():
            node.writers = 0
        others = self.tree.system.script.before_next
        self.tree = self.tree.restarted()
        self.tree.system.script.before_next.update(others)
        self.session = self.new_session()

    def round(self, *, hurry: bool = False) -> bool:
        """One round of the intake, and what of the commits is due. Whether anything was done.

        A process that ends in it is followed by the next one at once.
        """
        try:
            return self._round(hurry=hurry)
        except Crashed:
            self.restart(power_cut=self.cuts_power)
            return True

    def _round(self, *, hurry: bool) -> bool:
        hints, self.hints = self.hints, set()
        run(self.session.look(sorted(hints), stirred=dict.fromkeys(hints)))
        did = run(follow_head(self.session))
        for taken in range(SPINS):
            if not run(self.session.take(hurry=hurry)):
                break
            did = True
            assert taken < SPINS - 1, f"it takes the same again and again: {self.pending()}"
        if did:
            self.before_writing()
        did = run(relay(self.session, hurry=hurry)) or did
        due = self.store.look(lambda work: next_due(work, self.session.times, self.clock.now()))
        if due is not None and due <= self.clock.now():
            did = run(commit(self.session)) or did
        return did

    def before_writing(self) -> None:
        """What a daemon does between taking in and writing; there is nothing to do in this world."""

    def scan(self) -> None:
        """Look at everything."""
        try:
            run(self.session.scan())
        except Crashed:
            self.restart(power_cut=self.cuts_power)

    def housekeeping(self) -> None:
        """What the daemon does by the clock."""
        self.swept = self.clock.monotonic()
        try:
            run(sweep(self.session))
            run(end_due_votes(self.session))
            run(archive_finished(self.session))
            run(self.session.prune())
        except Crashed:
            self.restart(power_cut=self.cuts_power)

    def advance(self, seconds: float) -> None:
        """Let time pass, with a round whenever something is due."""
        until = self.clock.monotonic() + seconds
        self.round()
        while self.clock.monotonic() < until:
            self.pass_time(max(MOMENT, min(self._next_due(), until) - self.clock.monotonic()))
            if self.clock.monotonic() - self.swept >= SWEEP_EVERY:
                self.housekeeping()
            self.round()

    def pass_time(self, seconds: float) -> None:
        """Let time pass for the clock and the disk; the daemon does nothing."""
        self.clock.pass_time(seconds)
        self.tree.pass_time(seconds)

    def settle(self) -> None:
        """Rounds until nothing is left to do; fails where that does not come."""
        began = self.clock.monotonic()
        self.round()
        while self.pending():
            assert self.clock.monotonic() - began < LONGEST, f"it does not come to rest: {self.pending()}"
            self.advance(max(MOMENT, min(self._next_due() - self.clock.monotonic(), SWEEP_EVERY)))

    def pending(self) -> list[str]:
        """What is still to be done, in words."""
        waiting = [f"{path} waits" for path in self.session.settling.waiting()]
        owed = [f"{record.path} is owed" for record in self.store.look(lambda work: work.documents.owed())]
        rows = [f"row {row.sequence}" for row in self.store.look(lambda work: work.audit.waiting())]
        held = [f"{held.path} lies in quarantine" for held in self.tree.held_in_quarantine()]
        return [*waiting, *owed, *rows, *held, *self.hints]

    def _next_due(self) -> float:
        now = self.clock.monotonic()
        due = self.store.look(lambda work: next_due(work, self.session.times, self.clock.now()))
        moments = [
            self.session.observing.next_due(),
            self.session.hands.next_due(now),
            None if due is None else now + max(0.0, (due - self.clock.now()).total_seconds()),
            self.swept + SWEEP_EVERY,
        ]
        return max(now + MOMENT, min(moment for moment in moments if moment is not None))

    def save(self, path: str, text: str | bytes, *, by_rename: bool = False) -> None:
        """A person saves a file, durably."""
        content = text.encode() if isinstance(text, str) else text
        self._let_go(path)
        (self.tree.save_by_rename if by_rename else self.tree.save)(path, content)
        self.standing_saves.add((path, content))
        self._flush(path)
        self.hint(path)

    def edit(self, path: str, before: str, after: str) -> None:
        """A person opens the file as it is, replaces one text, and saves."""
        text = self.read(path)
        assert before in text, f"{before!r} is not in {path}:\n{text}"
        self.save(path, text.replace(before, after, 1))

    def delete(self, *paths: str) -> None:
        """A person deletes files."""
        for path in paths:
            self._let_go(path)
            self.deleted |= {path, id_in(self.tree.content(path) or b"")}
            self.tree.delete(path)
            self.hint(path)
        self.tree.disk.flush_names()

    def rename(self, path: str, to_path: str) -> None:
        """A person renames a file."""
        self._let_go(to_path)
        self.tree.rename(path, to_path)
        self.tree.disk.flush_names()
        self.hint(path)
        self.hint(to_path)

    def _let_go(self, path: str) -> None:
        """A hand replaces what is at *path*: if that is what somebody saved there, nobody else has to keep it."""
        content = self.tree.content(path)
        if content is not None:
            self.standing_saves = {(at, saved) for at, saved in self.standing_saves if saved != content}

    def _flush(self, path: str) -> None:
        self.tree.disk.flush_bytes(self.tree.disk.find(f"/work/.dispatch/{path}"))

    def hint(self, path: str) -> None:
        """The watcher says that something happened there."""
        if not self.is_deaf:
            self.hints.add(DocumentPath(path))

    def commit(
        self,
        changes: Mapping[str, str | None],
        by: tuple[str, str] = BOB,
        *,
        writes_files: bool = True,
        is_revert: bool = False,
    ) -> CommitId:
        """Somebody's commit arrives (a pull), or stands for files as they are (`writes_files` False)."""
        encoded = {DocumentPath(at): None if text is None else text.encode() for at, text in changes.items()}
        if writes_files:
            for path, content in encoded.items():
                if content is not None:
                    self.tree.save(path, content)
                    self._flush(path)
                elif self.tree.content(path) is not None:
                    self.tree.delete(path)
                self.hint(path)
        signature = Signature(name=by[0], email=by[1], at=self.clock.now())
        return self.log.person_commits(
            AuditCommit(author=signature, subject="by hand", changes=encoded), is_revert=is_revert
        )

    def travel(self, to: CommitId) -> None:
        """Somebody resets the branch: what stood on it in between is no longer there."""
        self.has_travelled = True
        self.log.branch = to

    def ask(self, verb: Verb, *, speaker: str | None = None, **arguments: object) -> Mapping[str, Any]:
        """A request through the one door. Raises Rejected."""
        plain = {each: list(said) if isinstance(said, tuple) else said for each, said in arguments.items()}
        return run(carry_out(self.session, Request(verb=verb, arguments=plain, speaker=speaker)))
