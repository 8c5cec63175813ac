"""What git would open while it reads a work tree that somebody else fills: rules of the tree, and repositories within it.

Git looks into each folder that holds a `.git`, to see where that stands. A pipe there keeps it for ever, and a word there
leads it elsewhere; so whatever is no plain file is found before git is let in.
"""

import os
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.processes.confined_files import read_confined, strange_entry

_READ_BY_GIT: Final = frozenset({".gitattributes", ".gitignore", ".gitmodules"})
_REPOSITORY: Final = ".git"
_LEADS: Final = b"gitdir:"


def strange_in(root: Path) -> Path | None:
    """The first thing below *root*, its own git directory left out, that git would open and must not; None if none."""
    for place in _opened_by_git(root):
        if place.name == _REPOSITORY:
            strange = _strange_repository(root, place)
            if strange is not None:
                return strange
        elif place.is_symlink() or not place.is_file():
            return place
    return None


def _opened_by_git(root: Path) -> Iterator[Path]:
    pending = [root]
    while pending:  # however deep the folders lie
        folder = pending.pop()
        try:
            with os.scandir(folder) as entries:
                found = list(entries)
        except OSError:  # git cannot read it either, and says so
            continue
        for entry in found:
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == _REPOSITORY:
                if folder != root:
                    yield Path(entry.path)
            elif is_folder:
                pending.append(Path(entry.path))
            elif entry.name in _READ_BY_GIT:
                yield Path(entry.path)


def _strange_repository(root: Path, place: Path) -> Path | None:
    """What is strange about the `.git` at *place*: a folder, or a file that says where the folder is."""
    git_dir: Path | None = place
    if place.is_symlink() or not place.is_dir():
        said = read_confined(root, place.relative_to(root))
        if said is None:
            return place
        if not said.startswith(_LEADS):
            return None  # a file that only has the name
        git_dir = _led_to(root, place.parent, said.removeprefix(_LEADS))
    if git_dir is None:
        return place
    strange = _strange_below(root, git_dir)
    shared = read_confined(root, git_dir.relative_to(root) / "commondir")
    if strange is not None or shared is None:
        return strange
    common = _led_to(root, git_dir, shared)
    return git_dir / "commondir" if common is None else _strange_below(root, common)


def _led_to(root: Path, begin: Path, said: bytes) -> Path | None:
    """Where the words in a file lead, beginning in the folder *begin*; None where that is not below *root*."""
    try:
        return root / (begin / os.fsdecode(said.strip())).resolve().relative_to(root.resolve())
    except (ValueError, OSError, RuntimeError):  # outside; no path at all; links without end
        return None


def _strange_below(root: Path, folder: Path) -> Path | None:
    return strange_entry(root, PurePath(folder.relative_to(root))) if folder.exists() else None
