"""What becomes of the files that writes took out of the tree.

A displaced file is dropped only when ten seconds have passed, no writer has it open, and its bytes are the ones the
write expected. Different bytes are a person's save: they are handed out until `settle` says they were ingested. As
nobody can open a file anew once it lies here, different bytes without a writer are handed out at once; where writers
cannot be told, only after the ten seconds. Merging is the caller's business.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Root
from dispatchd.adapters.tree.held_names import HeldName
from dispatchd.adapters.tree.private_folder import PROBE, UNFINISHED, PrivateFolder
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE, Displaced, Held
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentPath

QUIET_NS: Final = 10_000_000_000
_FOREIGN: Final = "dispatchd did not put it there"
_YOUNG: Final = "it was displaced less than ten seconds ago"
_WRITER: Final = "a program still has it open for writing"
_NOT_A_FILE: Final = "it is not a regular file; look into it and remove it by hand"
_TOO_LARGE: Final = "it is larger than 1 MiB; look into it and remove it by hand"
_DIFFERENT: Final = "it is a save that slipped in under a write; it is about to be taken in"

_Seen = tuple[int, int, int]


class Quarantine:
    """The files in `quarantine/`, and those a crash left in `tmp/`."""

    def __init__(self, calls: SystemCalls, root: Root, private: PrivateFolder) -> None:
        self._calls = calls
        self._root = root
        self._private = private
        self._equal: dict[str, _Seen] = {}
        """What was found equal while young, so that each sweep need not hash it again."""

    def take_in(self, folder: int, name: str, held: HeldName) -> Displaced | None:
        """Put the file at *name* under quarantine; return it if it already proves to be somebody's complete save."""
        now = replace(held, since_ns=self._private.clock_ns())
        return self.judge(self._private.put(folder, name, self._private.quarantine, now))

    def judge(self, held: HeldName) -> Displaced | None:
        """Drop the held file if it is due, return it if it differs."""
        try:
            return self._verdict(held.text(), held)
        except OSError:
            # What cannot be looked at now stays where it is and is looked at again by the next sweep.
            return None

    def sweep(self) -> tuple[Displaced, ...]:
        """Drop what is due, return what differs. No write is under way meanwhile, in this process or another."""
        for name, _ in list(self._calls.entries(self._private.tmp)):
            if name.endswith(UNFINISHED) or name.startswith(PROBE):
                self._private.drop(self._private.tmp, name)
            else:
                self.rescue(name)
        names = {name for name, _ in self._calls.entries(self._private.quarantine)}
        if not names:
            self._private.forget_long_paths()
        self._equal = {name: seen for name, seen in self._equal.items() if name in names}
        parsed = (self._private.parse(name) for name in sorted(names))
        found = (self.judge(held) for held in parsed if held is not None)
        return tuple(displaced for displaced in found if displaced is not None)

    def settle(self, displaced: Displaced) -> None:
        """Forget it when it can be forgotten; otherwise compare it with the ingested bytes from now on."""
        held = self._private.parse(displaced.held_as)
        if held is None:
            return
        ingested = replace(held, expected=digest(displaced.content))
        quarantine = self._private.quarantine
        try:
            ingested = self._private.put(quarantine, displaced.held_as, quarantine, ingested)
        except FileNotFoundError:
            return
        self.judge(ingested)

    def held(self) -> tuple[Held, ...]:
        """Everything that lies here, and why."""
        names = sorted(name for name, _ in self._calls.entries(self._private.quarantine))
        return tuple(held for held in map(self._described, names) if held is not None)

    def rescue(self, name: str) -> None:
        """Deal with a complete file in `tmp/` outside of any write: it was never swapped in, or is a displaced one."""
        held = self._private.parse(name)
        if held is None:
            return
        if self._is_ours(name, held):
            self._private.drop(self._private.tmp, name)
        else:
            now = replace(held, since_ns=self._private.clock_ns())
            self._private.put(self._private.tmp, name, self._private.quarantine, now)

    def _is_ours(self, name: str, held: HeldName) -> bool:
        if not stat.S_ISREG(self._calls.status(self._private.tmp, name).st_mode):
            return False
        with self._opened(self._private.tmp, name) as descriptor:
            has_writer = self._calls.is_open_for_writing(descriptor)
            return digest(self._calls.read(descriptor, LARGEST_FILE + 1)) == held.arriving and not has_writer

    def _verdict(self, name: str, held: HeldName) -> Displaced | None:
        status = self._calls.status(self._private.quarantine, name)
        is_due = self._private.clock_ns() - held.since_ns > QUIET_NS
        seen = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        if not stat.S_ISREG(status.st_mode) or (not is_due and self._equal.get(name) == seen):
            return None
        if status.st_nlink > 1 and self._is_still_in_place(held, status):
            self._private.drop(self._private.quarantine, name)
            return None
        with self._opened(self._private.quarantine, name) as descriptor:
            # The writer first: with none left the bytes read afterwards are the last ones.
            has_writer = self._calls.is_open_for_writing(descriptor)
            content = self._calls.read(descriptor, LARGEST_FILE + 1)
        if has_writer or len(content) > LARGEST_FILE or (has_writer is None and not is_due):
            return None
        if digest(content) != held.expected:
            return Displaced(
                row=held.row, path=held.path, expected=held.expected, content=content, held_as=name
            )
        if is_due:
            self._private.drop(self._private.quarantine, name)
        else:
            self._equal[name] = seen
        return None

    def _is_still_in_place(self, held: HeldName, status: os.stat_result) -> bool:
        """Whether a crash came between keeping a second link to the file and replacing it."""
        with self._root.visit() as visit:
            try:
                place = visit.place(held.path)
                now = self._calls.status(place.folder, place.name)
            except FileNotFoundError:
                return False
        return (now.st_dev, now.st_ino) == (status.st_dev, status.st_ino)

    def _described(self, name: str) -> Held | None:
        held = self._private.parse(name)
        if held is None:
            return Held(row=0, path=DocumentPath(""), held_as=name, why=_FOREIGN)
        try:
            why = self._why(name, held)
        except FileNotFoundError:
            # A daemon at work beside us has just dropped it.
            return None
        except OSError as error:
            why = f"it cannot be read ({error.strerror})"
        return Held(row=held.row, path=held.path, held_as=name, why=why, is_passing=why == _YOUNG)

    def _why(self, name: str, held: HeldName) -> str:
        if not stat.S_ISREG(self._calls.status(self._private.quarantine, name).st_mode):
            return _NOT_A_FILE
        with self._opened(self._private.quarantine, name) as descriptor:
            if self._calls.is_open_for_writing(descriptor):
                return _WRITER
            content = self._calls.read(descriptor, LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            return _TOO_LARGE
        return _YOUNG if digest(content) == held.expected else _DIFFERENT

    @contextmanager
    def _opened(self, folder: int, name: str) -> Iterator[int]:
        descriptor = self._calls.open_file(folder, name)
        try:
            yield descriptor
        finally:
            self._calls.close(descriptor)
