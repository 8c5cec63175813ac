"""What stands in an agent's clone, read from outside: git in there would obey the agent's settings and hooks.

The branch is read from the clone's small files, its work tree with the repository's git directory and an index of ours.
"""

import os
import re
import shutil
import stat
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.processes.confined_files import read_confined, strange_entry
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone

AUTHOR: Final = {
    "GIT_AUTHOR_NAME": "dispatchd",
    "GIT_AUTHOR_EMAIL": "dispatchd@local",
    "GIT_COMMITTER_NAME": "dispatchd",
    "GIT_COMMITTER_EMAIL": "dispatchd@local",
}

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_READ_BY_GIT: Final = frozenset({".gitattributes", ".gitignore", ".gitmodules"})


def has_git_folder(clone: WorkClone) -> bool:
    """Whether the clone's git directory is there, and no link to another."""
    place = clone.path / ".git"
    return place.is_dir() and not place.is_symlink()


def branch_head(clone: WorkClone) -> str | None:
    """The commit its branch names in the clone; None where that cannot be read, or is no commit's name."""
    loose = _said(clone, "refs/heads/" + clone.branch)
    name = _packed(clone) if loose is None else loose.strip()
    return name if name is not None and _COMMIT.fullmatch(name) else None


def _packed(clone: WorkClone) -> str | None:
    for line in (_said(clone, "packed-refs") or "").splitlines():
        commit, _, name = line.partition(" ")
        if name == f"refs/heads/{clone.branch}":
            return commit
    return None


def checked_out(clone: WorkClone) -> str | None:
    """The branch that is checked out in the clone."""
    said = (_said(clone, "HEAD") or "").strip()
    return said.removeprefix("ref: refs/heads/") if said.startswith("ref: refs/heads/") else None


def _said(clone: WorkClone, name: str) -> str | None:
    """What a file of its git directory says: the agent's words, whatever they are."""
    found = read_confined(clone.path, PurePath(".git", name))
    return None if found is None else found.decode("utf-8", errors="replace")


def require_plain(clone: WorkClone) -> None:
    """Raise CloneFailed where git, which is to read its git directory, would wait for ever or be led elsewhere."""
    _refuse(strange_entry(clone.path, PurePath(".git")))


def _refuse(strange: Path | None) -> None:
    if strange is not None:
        raise CloneFailed(f"{strange} is no plain file; remove it, then the worktree can be read again")


def _strange_rules(clone: WorkClone) -> Path | None:
    """What git would open in the work tree itself, and cannot."""
    for folder, folders, names in os.walk(clone.path):
        if ".git" in folders:
            folders.remove(".git")
        for name in _READ_BY_GIT.intersection(names):
            place = Path(folder, name)
            if not stat.S_ISREG(place.lstat().st_mode):
                return place
    return None


def seen_from_outside(common_dir: Path, clone: WorkClone, index: Path, *, borrow: bool) -> "Outside":
    """Git with the repository's own directory, the clone's files and an index of ours. With *borrow* it sees the
    clone's objects too; what is then written may refer to them, and be lost with the clone. Raises CloneFailed.
    """
    _refuse(_strange_rules(clone))
    if borrow:
        require_plain(clone)
    objects = clone.path / ".git" / "objects"
    variables = {"GIT_INDEX_FILE": str(index), **AUTHOR}
    if borrow and objects.is_dir():
        variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = _quoted(objects)
    return Outside(GitRunner(common_dir, clone.path, clone.path), variables)


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


class BegunIndex:
    """The index of a clone as it was when the clone was made, before anybody could write there.

    While the branch stands where it began, git need not read a single file that was left alone, whose size and times
    say so; an index made of a commit knows of none, and each file is read.
    """

    def __init__(self, scratch: Path, issue: str) -> None:
        self._scratch = scratch
        self._begins = f"begun-{issue}-"

    def keep(self, index: Path, commit: str) -> None:
        """Keep *index*, which was made for *commit*; its own time says which files may have changed since unseen."""
        self.forget()
        if index.is_file():
            self._scratch.mkdir(mode=0o700, exist_ok=True)
            kept = self._scratch / f"{self._begins}{commit}"
            unfinished = kept.with_name(f"{kept.name}.new")
            shutil.copy2(index, unfinished)
            unfinished.rename(kept)

    def of(self, commit: str) -> Path | None:
        """The index, if it was made for *commit*. It is to be read alone."""
        kept = self._scratch / f"{self._begins}{commit}"
        return kept if kept.is_file() else None

    def forget(self) -> None:
        """Let go of what was kept."""
        for kept in self._scratch.glob(f"{self._begins}*"):
            kept.unlink(missing_ok=True)


class Outside:
    """Commands on a clone's files with nothing of the clone's own settings."""

    def __init__(self, git: GitRunner, variables: dict[str, str]) -> None:
        self._git = git
        self._variables = variables

    def __call__(self, verb: str, *arguments: str, accept: Collection[int] = (0,)) -> str:
        # Filters, hooks and attributes of the user's repository would run programs on what an agent wrote.
        # And of a file's times the one is looked at that whoever writes it cannot set.
        settings = (
            "core.attributesFile=/dev/null",
            "core.autocrlf=false",
            "core.fileMode=true",
            "core.trustctime=true",
            "core.checkStat=default",
        )
        answer = self._git.feed(
            verb, *arguments, stdin=b"", variables=self._variables, settings=settings, accept=accept
        )
        return os.fsdecode(answer.stdout)


def changed_in(common_dir: Path, scratch: Path, clone: WorkClone, head: str) -> Iterator[str]:
    """The files in the clone that differ from the commit *head*, and those that git does not know. Raises CloneFailed."""
    said = _changed_since_it_began(common_dir, scratch, clone, head)
    if said is None:
        with OwnIndex(scratch, clone.issue) as index:
            outside = seen_from_outside(common_dir, clone, index, borrow=True)
            outside("read-tree", head)
            said = _status(outside)
    # In the second column stands what differs from the index; the first compares with a HEAD that is not the clone's.
    yield from (line[3:] for line in said.split("\0") if line[1:2].strip())


def _changed_since_it_began(common_dir: Path, scratch: Path, clone: WorkClone, head: str) -> str | None:
    """What git says by the index that was kept; None where that is of another commit, or cannot be read."""
    begun = BegunIndex(scratch, clone.issue)
    kept = begun.of(head)
    if kept is None:
        return None
    try:
        return _status(seen_from_outside(common_dir, clone, kept, borrow=True))
    except GitFailedError:
        begun.forget()
        return None


def _status(outside: Outside) -> str:
    return outside("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")


def _quoted(path: Path) -> str:
    """As git reads a list of object directories: a colon parts them, a quote begins an escaped one."""
    text = str(path)
    if ":" not in text and '"' not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
