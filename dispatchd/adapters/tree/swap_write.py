"""Compare and swap: put new bytes in a file's place, and look at what was displaced.

Comparing first and renaming afterwards loses the save that comes between; so the new file and the old change places
in one step, and the old one is looked at after it can no longer be reached. How that step is made is `swap_step`'s;
what a displaced save means, and when to try again, is the caller's.
"""

import stat
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Place, Root, Visit, read_content, stamp_of
from dispatchd.adapters.tree.faults import refused, trouble_of
from dispatchd.adapters.tree.held_names import HeldName
from dispatchd.adapters.tree.private_folder import UNFINISHED, PrivateFolder
from dispatchd.adapters.tree.swap_step import SwapStep
from dispatchd.application.ports.dispatch_tree import (
    AlreadyThere,
    Changed,
    FileContent,
    Refused,
    Trouble,
    Unreadable,
    WriteOutcome,
    WriteRequest,
    Written,
)
from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.documents.digest import digest
from dispatchd.domain.dataclass import dataclass

_BATCH: Final = 256
"""So many files are compared, then swapped; the fewer, the shorter a save can slip in between."""
_FLUSH_ALL_FROM: Final = 4
"""From so many files on, one flush of the file system is cheaper than one for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """A request whose file is as expected."""

    request: WriteRequest
    place: Place
    seen: FileStamp | None
    """The stamp of the file that was compared; None where none was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Laid:
    """A request whose new bytes stand complete and durable in `tmp/`."""

    compared: _Compared
    held: HeldName
    """What its temporary file is called."""
    stamp: FileStamp


class SwapWriter:
    """Writes for one tree."""

    def __init__(self, calls: SystemCalls, root: Root, private: PrivateFolder, step: SwapStep) -> None:
        self._calls = calls
        self._root = root
        self._private = private
        self._step = step
        self._serials = count()

    def write_many(self, requests: Sequence[WriteRequest]) -> tuple[WriteOutcome, ...]:
        """The outcome of each, in order."""
        outcomes: list[WriteOutcome] = []
        for batch in _batches(requests):
            outcomes += self._write_batch(batch)
        return tuple(outcomes)

    def _write_batch(self, batch: Sequence[WriteRequest]) -> list[WriteOutcome]:
        try:
            self._root.check()
            self._private.open()
        except OSError as error:
            return [refused(request.path, trouble_of(error)) for request in batch]
        with self._root.visit() as visit:
            stages = [self._compare(visit, request) for request in batch]
            laid = self._lay([stage for stage in stages if isinstance(stage, _Compared)])
            outcomes = [laid.pop(0) if isinstance(stage, _Compared) else stage for stage in stages]
            done = [self._swap(stage) if isinstance(stage, _Laid) else stage for stage in outcomes]
            written = [
                stage.compared.place.folder
                for stage, outcome in zip(outcomes, done, strict=True)
                if isinstance(stage, _Laid) and isinstance(outcome, Written)
            ]
            trouble = self._flush_folders({*written, *visit.made}) if written else None
        if trouble is None:
            return done
        return [
            refused(request.path, trouble) if isinstance(outcome, Written) else outcome
            for request, outcome in zip(batch, done, strict=True)
        ]

    def _compare(self, visit: Visit, request: WriteRequest) -> _Compared | WriteOutcome:
        try:
            place = visit.place(request.path, make_folders=request.expected is None)
            found = read_content(self._calls, place, request.path)
            if found is not None and found.content == request.content:
                return self._keep(place, found)
        except FileNotFoundError:
            return Changed(found=None)
        except Unreadable as problem:
            return refused(request.path, problem.trouble)
        except OSError as error:
            return refused(request.path, trouble_of(error))
        if (None if found is None else digest(found.content)) != request.expected:
            return Changed(found=found)
        if found is not None and found.stamp.links > 1:
            return refused(request.path, Trouble.HARD_LINKS)
        return _Compared(request=request, place=place, seen=None if found is None else found.stamp)

    def _keep(self, place: Place, found: FileContent) -> AlreadyThere:
        """A replayed row: a crash may have come between the swap and the flush, so flush now."""
        descriptor = self._calls.open_file(place.folder, place.name)
        try:
            self._calls.flush(descriptor)
        finally:
            self._calls.close(descriptor)
        self._calls.flush(place.folder)
        return AlreadyThere(stamp=found.stamp)

    def _lay(self, jobs: Sequence[_Compared]) -> list[_Laid | Refused]:
        flush_each = len(jobs) < _FLUSH_ALL_FROM
        begun = [self._lay_one(job, flush=flush_each) for job in jobs]
        if not flush_each:
            try:
                self._calls.flush_all(self._private.tmp)
            except OSError as error:
                # Whose bytes did not reach the disk is unknown, and a second flush would not tell.
                for entry in begun:
                    if not isinstance(entry, Refused):
                        self._private.drop(self._private.tmp, entry[0])
                return [refused(job.request.path, trouble_of(error)) for job in jobs]
        return [
            entry if isinstance(entry, Refused) else self._name(job, *entry)
            for job, entry in zip(jobs, begun, strict=True)
        ]

    def _lay_one(self, job: _Compared, *, flush: bool) -> tuple[str, FileStamp] | Refused:
        name = f"{next(self._serials)}{UNFINISHED}"
        try:
            self._private.drop(self._private.tmp, name)
            descriptor = self._calls.create(self._private.tmp, name)
            try:
                self._calls.write(descriptor, job.request.content)
                if job.seen is not None:
                    self._calls.set_mode(descriptor, stat.S_IMODE(job.seen.mode))
                if flush:
                    self._calls.flush(descriptor)
                status = self._calls.file_status(descriptor)
            finally:
                self._calls.close(descriptor)
        except OSError as error:
            return self._give_up(job, name, error)
        return name, stamp_of(status, self._private.clock_ns())

    def _name(self, job: _Compared, name: str, stamp: FileStamp) -> _Laid | Refused:
        request = job.request
        held = HeldName(
            row=request.row,
            since_ns=self._private.clock_ns(),
            expected=request.expected,
            arriving=digest(request.content),
            path=request.path,
        )
        try:
            held = self._private.put(self._private.tmp, name, self._private.tmp, held)
        except OSError as error:
            return self._give_up(job, name, error)
        return _Laid(compared=job, held=held, stamp=stamp)

    def _swap(self, laid: _Laid) -> WriteOutcome:
        job = laid.compared
        try:
            changed = self._changed_since(job)
            if changed is None and self._step.bring_in(job.place, laid.held):
                return Written(stamp=self._stamp_now(laid), displaced=self._step.put_away(laid.held))
            outcome: WriteOutcome = changed or Changed(
                found=read_content(self._calls, job.place, job.request.path)
            )
        except Unreadable as problem:
            outcome = refused(job.request.path, problem.trouble)
        except OSError as error:
            return self._give_up(job, laid.held.text(), error)
        self._private.drop(self._private.tmp, laid.held.text())
        return outcome

    def _changed_since(self, job: _Compared) -> Changed | None:
        """Whether the file was replaced or saved since it was compared; a cheap look that spares a person a merge."""
        if job.seen is None:
            return None
        try:
            status = self._calls.status(job.place.folder, job.place.name)
        except FileNotFoundError:
            return Changed(found=None)
        if stamp_of(status, 0)[:6] == job.seen[:6]:
            return None
        found = read_content(self._calls, job.place, job.request.path)
        is_expected = found is not None and digest(found.content) == job.request.expected
        return None if is_expected else Changed(found=found)

    def _stamp_now(self, laid: _Laid) -> FileStamp:
        place = laid.compared.place
        try:
            status = self._calls.status(place.folder, place.name)
        except OSError:
            return laid.stamp
        is_ours = (status.st_dev, status.st_ino) == (laid.stamp.device, laid.stamp.inode)
        return stamp_of(status, self._private.clock_ns()) if is_ours else laid.stamp

    def _flush_folders(self, folders: set[int]) -> Trouble | None:
        try:
            for folder in (*folders, self._private.quarantine, self._private.tmp):
                self._calls.flush(folder)
        except OSError as error:
            return trouble_of(error)
        return None

    def _give_up(self, job: _Compared, name: str, error: OSError) -> Refused:
        self._private.drop(self._private.tmp, name)
        return refused(job.request.path, trouble_of(error))


def _batches(requests: Sequence[WriteRequest]) -> Iterator[list[WriteRequest]]:
    """Parts of *requests* in order, none with the same path twice."""
    batch: list[WriteRequest] = []
    paths: set[str] = set()
    for request in requests:
        if len(batch) == _BATCH or request.path in paths:
            yield batch
            batch, paths = [], set()
        batch.append(request)
        paths.add(request.path)
    if batch:
        yield batch
