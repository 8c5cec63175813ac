"""Indexes of ours for agents' clones, where no agent can write: git reads no file again that one says is as it was."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

_SURELY_LATER: Final = 2
"""Seconds from a file's times to an index in which they cannot be met again: git compares whole ones."""
_WORTH_IT: Final = 1 << 16
"""Bytes of an index, of some 700 files, from which on it is settled."""
_BEGUN: Final = "begun-"
_SETTLED: Final = "settled-"
_TIMES: Final = re.compile(r"^  [cm]time: (\d+):", re.MULTILINE)


class OwnIndex:
    """An index file of our own, gone afterwards."""

    def __init__(self, scratch: Path, name: str) -> None:
        self._path = scratch / f"index-{name}-{os.getpid()}"

    def __enter__(self) -> Path:
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._path.unlink(missing_ok=True)
        return self._path

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self._path.with_name(f"{self._path.name}.lock").unlink(missing_ok=True)


class KeptIndex:
    """What is known of a clone's files: at first the index that its checkout wrote, before anybody could write there.

    Git need not read a file whose size and times an index has; one made of a commit knows of none, and each file is
    read. So is each that bears the second in which its index was written, because it may have changed in the rest of
    it: of a checkout that is many or all, at every look. An index is therefore *settled* once: written anew when that
    second is over, and kept if none of its files bears a time at which it can still be changed and look the same. What
    it then says of a file is as true for each later commit with the same content.
    """

    def __init__(self, scratch: Path, issue: str) -> None:
        self._folder = scratch / f"indexes-{issue}"

    def keep(self, index: Path, commit: str) -> None:
        """Keep *index*, which the checkout of *commit* wrote; its own time says which files may have changed since unseen."""
        self.forget()
        if index.is_file():
            self._make_folder()
            kept = self._folder / f"{_BEGUN}{commit}"
            unfinished = self._folder / f".{kept.name}.new"
            shutil.copy2(index, unfinished)
            unfinished.rename(kept)

    def settled(self, commit: str) -> Path | None:
        """The index, if it is settled and for *commit*. It is to be read alone."""
        kept = self._folder / f"{_SETTLED}{commit}"
        return kept if kept.is_file() else None

    def settle(self, index: Path, commit: str, entries: Callable[[], str]) -> None:
        """Keep *index*, for *commit*, in the place of all others, if its *entries* allow that: `git ls-files --debug`.

        A small one is left: its files are read sooner than git is asked about them.
        """
        if index.stat().st_size < _WORTH_IT:
            return
        latest = max(map(int, _TIMES.findall(entries())), default=0)
        if latest + _SURELY_LATER > index.stat().st_mtime:
            return
        self._make_folder()
        settled = self._folder / f"{_SETTLED}{commit}"
        index.rename(settled)
        for kept in self._all():
            if kept != settled:
                kept.unlink(missing_ok=True)

    def lay(self, index: Path) -> str | None:
        """Copy what is kept to *index*, its own time included, and say for which commit; None where nothing is kept."""
        for kept in self._all():
            try:
                shutil.copy2(kept, index)
            except FileNotFoundError:  # another look has just settled it
                continue
            return kept.name.rpartition("-")[2]
        return None

    def _make_folder(self) -> None:
        for folder in (self._folder.parent, self._folder):
            folder.mkdir(mode=0o700, exist_ok=True)

    def forget(self) -> bool:
        """Let go of what was kept; whether there was anything."""
        found = bool(self._all())
        shutil.rmtree(self._folder, ignore_errors=True)
        return found

    def _all(self) -> list[Path]:
        """What is kept, the settled one first."""
        try:
            found = list(self._folder.iterdir())
        except FileNotFoundError:
            return []
        kept = (each for each in found if each.name.startswith((_BEGUN, _SETTLED)))
        return sorted(kept, reverse=True)
