"""When a file is quiet enough to be acted on, and whether its saves look like an editor saving by itself.

It keeps no truth: a restart begins it anew from the scan. Times are seconds of one monotonic clock.
"""

from collections.abc import Sequence
from dataclasses import field
from typing import Final

from dispatchd.documents.config_values import SyncSettings
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

ABSENT: Final = "absent"
"""The fingerprint of a path at which nothing stands."""
SHORTEST_GONE: Final = 0.25
"""Seconds. vim takes a file away for some milliseconds at every save, more where the machine is busy: below this its
saves would be deletions, whatever the config says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleTimes:
    """Seconds, as `files.md` gives them; the config may shorten them."""

    settle: float = 0.25
    longest: float = 5.0
    new: float = 2.0
    gone: float = 2.0
    refusal: float = 2.0
    typing: float = 30.0
    autosave: float = 10.0
    hand: float = 300.0
    prose: float = 60.0
    prose_longest: float = 300.0
    batch: float = 1.0
    between_renders: float = 1.0

    @classmethod
    def of(cls, settings: SyncSettings) -> "SettleTimes":
        """As `[sync]` of the config says."""
        return cls(
            settle=settings.settle.total_seconds(),
            longest=settings.settle_at_most.total_seconds(),
            new=settings.adopt_after.total_seconds(),
            gone=max(SHORTEST_GONE, settings.vanish_after.total_seconds()),
            refusal=settings.refuse_after.total_seconds(),
            typing=settings.typing.total_seconds(),
            autosave=settings.autosave_within.total_seconds(),
            hand=settings.hand_at_most.total_seconds(),
            prose=settings.prose_after.total_seconds(),
            prose_longest=settings.prose_at_most.total_seconds(),
            batch=settings.commit_every.total_seconds(),
            between_renders=settings.render_every.total_seconds(),
        )


_HAIR = 1e-6
"""Seconds; sums are rounded, and what is due must be quiet enough by then, or it would be due for ever."""


@dataclass(slots=True)
class _Path:
    first: float
    last: float
    fingerprint: object
    saves: list[float] = field(default_factory=list)
    look_at: float | None = None
    taken: bool = False
    seen: float = 0.0
    """When it was looked at last: what is found there next was not there before."""


class Settling:
    """Paths that have changed and wait to be quiet."""

    def __init__(self, times: SettleTimes) -> None:
        self.times = times
        self._paths: dict[DocumentPath, _Path] = {}
        self._waiting: dict[DocumentPath, None] = {}
        """Those not yet taken, or to be looked at again: few of the many that a burst leaves to be remembered."""

    def note(
        self, path: DocumentPath, fingerprint: object, now: float, *, since: float | None = None
    ) -> bool:
        """Something was seen at *path*; the same *fingerprint* again is no new save. Whether it was news.

        It may be so *since* a moment before *now*, but not since before the last look, which found something else.
        That a file went is news and no save: who saves once and then takes the folder away does not save by himself.
        """
        known = self._paths.get(path)
        began = now if since is None else since
        if known is None:
            saves = [began] if fingerprint != ABSENT else []
            made = _Path(first=began, last=began, fingerprint=fingerprint, saves=saves, seen=now)
            self._paths[path] = made
            self._waiting[path] = None
            return True
        looked, known.seen = known.seen, now
        if known.fingerprint == fingerprint:
            return False
        began = max(began, looked)
        if known.taken:
            known.first = began
        known.fingerprint, known.last, known.taken, known.look_at = fingerprint, began, False, None
        self._waiting[path] = None
        known.saves = [at for at in known.saves if began - at < self.times.autosave]
        if fingerprint != ABSENT:
            known.saves.append(began)
        return True

    def read(self, path: DocumentPath, fingerprint: object) -> None:
        """What was noted at *path* is known by *fingerprint* from now on."""
        known = self._paths.get(path)
        if known is not None:
            known.fingerprint = fingerprint

    def stir(self, path: DocumentPath, now: float) -> None:
        """Something happened at *path* and left it as it was seen before: the time of its being so begins anew."""
        known = self._paths.get(path)
        if known is not None and not known.taken:
            known.first = known.last = now

    def due_at(self, path: DocumentPath, wait: float) -> float:
        """When *path* has been quiet for *wait* seconds, or has kept us waiting for the longest time allowed."""
        known = self._paths[path]
        if known.look_at is not None:
            return known.look_at
        return min(known.last + wait, known.first + max(self.times.longest, wait))

    def look_again_at(self, path: DocumentPath) -> float | None:
        """When *path* is to be looked at again, if it was taken with that in mind."""
        known = self._paths.get(path)
        return known.look_at if known is not None else None

    def fingerprint(self, path: DocumentPath) -> object:
        """What was last seen at *path*."""
        known = self._paths.get(path)
        return known.fingerprint if known is not None else None

    def quiet_for(self, path: DocumentPath, now: float) -> float:
        """Seconds since the last save of *path* that was seen; a long time if none was."""
        known = self._paths.get(path)
        return now - known.last if known else 1e9

    def is_autosaved(self, path: DocumentPath, now: float) -> bool:
        """Whether two saves came within ten seconds and the last of them less than ten seconds ago."""
        known = self._paths.get(path)
        if known is None or now - known.last >= self.times.autosave:
            return False
        return len([at for at in known.saves if known.last - at < self.times.autosave]) > 1

    def waiting(self) -> Sequence[DocumentPath]:
        """Paths not yet taken, or to be looked at again."""
        return list(self._waiting)

    def saved_before(self, moment: float) -> list[DocumentPath]:
        """Paths with saves that began before *moment* and were not acted on yet; a file that went is no save."""
        return [
            path
            for path in self._waiting
            if not (known := self._paths[path]).taken
            and known.first <= moment
            and known.fingerprint != ABSENT
        ]

    def is_waiting(self, path: DocumentPath) -> bool:
        """Whether *path* is not yet taken, or to be looked at again."""
        return path in self._waiting

    def resting(self) -> list[DocumentPath]:
        """Paths that were taken, and are to be looked at again when they have been quiet for longer."""
        return [path for path in self._waiting if self._paths[path].taken]

    def took(self, path: DocumentPath, *, look_again_at_quiet: float | None = None) -> None:
        """*path* was acted on; with *look_again_at_quiet* it is due again once it is that quiet."""
        known = self._paths.get(path)
        if known is None:
            return
        known.taken = True
        known.look_at = None if look_again_at_quiet is None else known.last + look_again_at_quiet + _HAIR
        self._sort(path, known)

    def look_at(self, path: DocumentPath, moment: float) -> None:
        """*path* is due again at *moment*, however quiet it has been."""
        known = self._paths.get(path)
        if known is not None:
            known.taken, known.look_at = True, moment
            self._sort(path, known)

    def forget(self, path: DocumentPath) -> None:
        """Nothing is known of *path*: whatever is seen there next is news, though it was seen before."""
        self._paths.pop(path, None)
        self._waiting.pop(path, None)

    def wrote(self, path: DocumentPath, fingerprint: object) -> None:
        """The daemon itself wrote *path*: that is no save."""
        known = self._paths.get(path)
        if known is not None:
            known.fingerprint, known.taken = fingerprint, True
            self._sort(path, known)

    def forget_before(self, moment: float) -> None:
        """Drop what was taken and has not changed since *moment*."""
        for path in [p for p, k in self._paths.items() if k.taken and k.look_at is None and k.last < moment]:
            del self._paths[path]

    def _sort(self, path: DocumentPath, known: _Path) -> None:
        if known.taken and known.look_at is None:
            self._waiting.pop(path, None)
        else:
            self._waiting[path] = None
