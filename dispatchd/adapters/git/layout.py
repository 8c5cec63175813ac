"""Reads how git laid a repository out, from its own small files: no process, so every command can afford it.

It knows `.git` as folder and as file, `commondir`, the `worktrees/` records and the two settings that tell
where the main worktree is. Anything deeper is asked of git itself.
"""

import os
import re
from pathlib import Path
from typing import Final

from dispatchd.domain.dataclass import dataclass

_SECTION: Final = re.compile(r"\s*\[\s*(?P<name>[\w.-]+)\s*(?P<sub>\"[^\"]*\")?\s*\](?P<rest>.*)")
_SETTING: Final = re.compile(r"\s*(?P<key>[A-Za-z][\w-]*)\s*(?:=\s*(?P<value>.*?))?\s*(?:[#;].*)?")
_TRUE: Final = frozenset({"true", "yes", "on", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What stands around a folder: a git directory, and the folder it was found from."""

    git_dir: Path
    """The git directory of this very worktree."""
    common_dir: Path
    top: Path | None
    """The folder that holds `.git`; None inside a git directory."""

    @property
    def is_linked(self) -> bool:
        """Whether it is a linked worktree."""
        return self.git_dir != self.common_dir


def find_checkout(start: Path) -> Checkout | None:
    """The repository that *start* lies in, searching upwards as git does; None outside of any."""
    folder = start.resolve()
    for place in (folder, *folder.parents):
        git_dir = follow_git_link(place / ".git")
        if git_dir is not None and is_git_dir(git_dir):
            return Checkout(git_dir=git_dir, common_dir=common_dir_of(git_dir), top=place)
        if is_git_dir(place):
            return Checkout(git_dir=place, common_dir=common_dir_of(place), top=None)
    return None


def follow_git_link(link: Path) -> Path | None:
    """The git directory that `.git` is, or names as a file; None if it does neither. It may not exist."""
    if link.is_dir():
        return link.resolve()
    text = first_line(link)
    if text is None or not text.startswith("gitdir:"):
        return None
    return _resolved(link.parent, text.removeprefix("gitdir:").strip())


def is_git_dir(folder: Path) -> bool:
    """Whether git would take *folder* for a git directory, of a repository or of a linked worktree."""
    if not os.path.lexists(folder / "HEAD"):
        return False
    if (folder / "commondir").is_file():
        folder = common_dir_of(folder)
    return (folder / "objects").is_dir() and (folder / "refs").is_dir()


def common_dir_of(git_dir: Path) -> Path:
    """The git directory that the worktrees of *git_dir* share."""
    text = first_line(git_dir / "commondir")
    return _resolved(git_dir, text) if text else git_dir


def registered_worktrees(common_dir: Path) -> dict[Path, Path]:
    """The records of linked worktrees: each with the folder it says it is for, existing or not."""
    found: dict[Path, Path] = {}
    for record in sorted((common_dir / "worktrees").glob("*")):
        text = first_line(record / "gitdir")
        if text:
            found[record] = Path(os.path.normpath(record / text)).parent
    return found


def main_worktree_of(checkout: Checkout) -> Path | None:
    """The main worktree of the repository; None if it is bare."""
    if not checkout.is_linked and checkout.top is not None and not is_bare(checkout.common_dir):
        return checkout.top
    if is_bare(checkout.common_dir):
        return None
    elsewhere = _core_setting(checkout.common_dir, "worktree")
    if elsewhere:
        return _resolved(checkout.common_dir, elsewhere)
    return checkout.common_dir.parent if checkout.common_dir.name == ".git" else None


def is_bare(common_dir: Path) -> bool:
    """Whether the repository has no main worktree."""
    return (_core_setting(common_dir, "bare") or "false").lower() in _TRUE


def first_line(path: Path) -> str | None:
    """The first line of one of git's small files; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return os.fsdecode(file.readline(8192)).rstrip("\r\n")
    except OSError:
        return None


def _resolved(base: Path, text: str) -> Path:
    return (base / text).resolve()


def _core_setting(common_dir: Path, key: str) -> str | None:
    # With extensions.worktreeConfig git keeps these two in config.worktree, which then wins.
    return _setting(common_dir / "config.worktree", key) or _setting(common_dir / "config", key)


def _setting(path: Path, wanted: str) -> str | None:
    try:
        lines = path.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    except OSError:
        return None
    in_core = False
    value: str | None = None
    for line in lines:
        rest = line
        if section := _SECTION.fullmatch(line):
            in_core = section["name"].lower() == "core" and section["sub"] is None
            rest = section["rest"]
        found = _SETTING.fullmatch(rest) if in_core else None
        if found and found["key"].lower() == wanted:
            value = "true" if found["value"] is None else found["value"].strip('"')
    return value


def is_anothers(folder: Path, common_dir: Path) -> bool:
    """Whether *folder* stands and hangs on another repository."""
    admin_dir = follow_git_link(folder / ".git")
    return admin_dir is not None and is_git_dir(admin_dir) and common_dir_of(admin_dir) != common_dir
