"""Which folder of worktrees is whose. A repository that is moved keeps its own; a copy of it never gets that too.

The folder says whose it is, in a mark, and the repository which folders it holds, in a list that is moved and copied with
it. The path of a repository would tell nothing that lasts, and an agent's session is found by where its worktree stands:
so the folder stays where it is, whatever becomes of the repository's name.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.borrowing import borrowed_objects, make_folder
from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.runner import GitFailedError
from dispatchd.adapters.processes.confined_files import NotConfinedError, read_confined, write_confined

LOG = logging.getLogger(__name__)
_MARK: Final = ".repository.json"
_HELD: Final = PurePath("dispatchd", "worktrees.json")
MADE: Final = ".made"
"""Ends the name of a mark beside each worktree, which tells its branch and the commit that it began at."""
BASES: Final = "refs/dispatchd/base/"
"""Keeps what the clones borrow: gc must not take it away."""
_LENT: Final = PurePath(".git", "objects", "info", "alternates")


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose a folder is."""

    path: str
    """The repository's git directory,"""
    inode: str
    """and which directory of this machine that is, `DEVICE:INODE`: it is the same after a move, and another's in a copy."""
    formerly: tuple[str, ...] = ()
    """Where it stood before, as long as worktrees may say so."""


@dataclass(frozen=True, slots=True)
class CloneFolders:
    """The folders below *base* that the repository at *common_dir* may hold its worktrees in.

    They are called *name*, or *name* and a number where another has that. *setting* is what its list calls the choice
    between them. *itself*: *base* is wanted, and those below it only where another has it.
    """

    common_dir: Path
    base: Path
    name: str
    setting: str = ""
    itself: bool = False

    def find(self) -> Path:
        """The folder that is held, or would be; nothing is changed."""
        return self.base / self._found()

    def hold(self, lock: Path) -> Path:
        """The folder, which from now on is held by this repository alone; its worktrees borrow from where that stands.

        What was begun, and ended by a kill, is done the next time. *lock* is a file of this user's that all who hold
        folders lock. Raises OSError, GitFailedError.
        """
        make_folder(lock.parent, self.common_dir)
        with _alone(lock):
            name = self._found()
            folder = self.base / name
            make_folder(folder, self.common_dir)
            before, own = read_mark(folder), self._own()
            if before != own:
                places = (_lender_of(folder),) if before is None else (*before.formerly, before.path)
                formerly = tuple(each for each in dict.fromkeys(places) if each not in {"", own.path})
                _write(folder, _MARK, replace(own, formerly=formerly))
            if self._held().get(self.setting) != name:
                held = {**self._held(), self.setting: name}
                write_confined(self.common_dir, _HELD, json.dumps(held).encode())
            if before != own:
                _lend_again(folder, formerly, self.common_dir)
                _write(folder, _MARK, own)
            return folder

    def _found(self) -> str:
        """The name below *base*."""
        held = self._held().get(self.setting)
        if held is not None and self._may_go_on_with(held):
            return held
        name = next(each for each in self._names() if self._may_begin_with(each))
        return (None if _holds_worktrees(self.base / name) else self._left_behind()) or name

    def _left_behind(self) -> str | None:
        """The folder of this repository's that its list does not name: from before there were any, or it was lost."""
        own = self._own().inode
        for folder, _ in orphaned(self.base):
            mark = read_mark(folder)
            if (mark is None or mark.inode == own) and self._began(folder):
                return folder.name
        return None

    def _names(self) -> Iterator[str]:
        if self.itself:
            yield "."
        yield self.name
        yield from (f"{self.name}-{number}" for number in count(2))

    def _may_go_on_with(self, name: str) -> bool:
        """Whether a folder that the list names is this repository's: the original's, where this one is a copy."""
        mark = read_mark(self.base / name)
        if mark is None or mark.inode == self._own().inode or mark.path == str(self.common_dir):
            return True
        return held_in(Path(mark.path)).get(self.setting) != name

    def _may_begin_with(self, name: str) -> bool:
        """Whether a folder that the list does not name is nobody's. One without a mark is from before there were any."""
        folder = self.base / name
        mark = read_mark(folder)
        if mark is None:
            return True
        # A repository that was made where another was deleted is often given the number of that one's inode.
        return mark.inode == self._own().inode and (not _holds_worktrees(folder) or self._began(folder))

    def _began(self, folder: Path) -> bool:
        with suppress(OSError, GitFailedError):  # then nothing is known of it
            return began_here(folder, self.common_dir)
        return False

    def _held(self) -> dict[str, str]:
        return held_in(self.common_dir)

    def _own(self) -> Mark:
        try:
            found = self.common_dir.stat()
        except OSError:  # it is moved away just now
            return Mark(path=str(self.common_dir), inode="")
        return Mark(path=str(self.common_dir), inode=f"{found.st_dev}:{found.st_ino}")


def held_in(common_dir: Path) -> dict[str, str]:
    """The names of the folders that the repository there holds, by setting; none where there is no such repository."""
    read = _read(common_dir / _HELD)
    return {key: value for key, value in read.items() if isinstance(value, str)}


def read_mark(folder: Path) -> Mark | None:
    """Whose the folder is; None where it does not say so, or is not there."""
    read = _read(folder / _MARK)
    formerly = read.get("formerly", [])
    if not isinstance(formerly, list) or "path" not in read:
        return None
    return Mark(str(read["path"]), str(read.get("inode", "")), tuple(map(str, formerly)))


def began_here(folder: Path, common_dir: Path) -> bool:
    """Whether the worktrees in the folder are of the repository's work: it keeps the commit that each began at."""
    known = BranchLookup(common_dir)
    marks = {each.name.removeprefix(".").removesuffix(MADE): each for each in folder.glob(f".*{MADE}")}
    lines = {issue: mark.read_text("utf-8", "replace").splitlines() for issue, mark in marks.items()}
    return bool(lines) and all(said[1:] == [known.commit(f"{BASES}{issue}")] for issue, said in lines.items())


def orphaned(base: Path) -> tuple[tuple[Path, str], ...]:
    """The folders right below *base* that hold worktrees and are no repository's any more, each with where that stood."""
    found = []
    with suppress(OSError):
        for folder in sorted(filter(_holds_worktrees, base.iterdir())):
            mark = read_mark(folder)
            lender = mark.path if mark is not None else _lender_of(folder)
            is_held = Path(lender).is_dir() and (
                mark is None or folder.name in held_in(Path(lender)).values()
            )
            if lender and not is_held:
                found.append((folder, lender))
    return tuple(found)


def _holds_worktrees(folder: Path) -> bool:
    return any(folder.glob(f".*{MADE}"))


def _lender_of(folder: Path) -> str:
    """The git directory that worktrees in a folder without a mark borrow from; empty where none says so."""
    for clone in sorted(folder.iterdir()):
        said = read_confined(clone, _LENT) if clone.is_dir() else None
        if said:
            return os.fsdecode(said).strip().removesuffix("/objects")
    return ""


def _lend_again(folder: Path, formerly: tuple[str, ...], common_dir: Path) -> None:
    """Have worktrees that borrow from where the repository stood borrow from where it stands.

    What says anything else its agent has written, and is left to whoever looks there.
    """
    now = borrowed_objects(common_dir).encode()
    stale = {borrowed_objects(Path(each)).encode() for each in formerly}
    for clone in folder.iterdir():
        if clone.is_symlink() or not clone.is_dir() or read_confined(clone, _LENT) not in stale:
            continue
        try:
            write_confined(clone, _LENT, now)
        except NotConfinedError as error:
            LOG.warning("a worktree still borrows from where the repository stood: %s", error)


def _read(path: Path) -> dict[str, object]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _write(folder: Path, name: str, mark: Mark) -> None:
    said = {"path": mark.path, "inode": mark.inode, "formerly": mark.formerly}
    write_confined(folder, PurePath(name), json.dumps(said).encode())


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two copies of a repository may begin at once, and the folder is one's."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
