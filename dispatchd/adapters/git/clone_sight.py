"""What stands in an agent's clone, read from outside: git in there would obey the agent's settings and hooks.

The branch is read from the clone's small files, its work tree with the repository's git directory and an index of ours.
"""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.work_clones import WorkClone

AUTHOR: Final = {
    "GIT_AUTHOR_NAME": "dispatchd",
    "GIT_AUTHOR_EMAIL": "dispatchd@local",
    "GIT_COMMITTER_NAME": "dispatchd",
    "GIT_COMMITTER_EMAIL": "dispatchd@local",
}


def branch_head(clone: WorkClone) -> str | None:
    """Its branch as the clone has it; None where that cannot be read."""
    loose = clone.path / ".git" / "refs" / "heads" / clone.branch
    if loose.is_symlink():
        return None
    try:
        return loose.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return _packed(clone)


def _packed(clone: WorkClone) -> str | None:
    packed = clone.path / ".git" / "packed-refs"
    if packed.is_symlink() or not packed.is_file():
        return None
    for line in packed.read_text(encoding="utf-8", errors="replace").splitlines():
        commit, _, name = line.partition(" ")
        if name == f"refs/heads/{clone.branch}":
            return commit
    return None


def checked_out(clone: WorkClone) -> str | None:
    """The branch that is checked out in the clone."""
    head = clone.path / ".git" / "HEAD"
    if head.is_symlink() or not head.is_file():
        return None
    said = head.read_text(encoding="utf-8", errors="replace").strip()
    return said.removeprefix("ref: refs/heads/") if said.startswith("ref: refs/heads/") else None


def seen_from_outside(common_dir: Path, clone: WorkClone, index: Path, *, borrow: bool) -> "Outside":
    """Git with the repository's own directory, the clone's files and an index of ours. With *borrow* it sees the
    clone's objects too; what is then written may refer to them, and be lost with the clone.
    """
    objects = clone.path / ".git" / "objects"
    variables = {"GIT_INDEX_FILE": str(index), **AUTHOR}
    if borrow and objects.is_dir() and not objects.is_symlink():
        variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = _quoted(objects)
    return Outside(GitRunner(common_dir, clone.path, clone.path), variables)


class OwnIndex:
    """An index file of our own, gone afterwards."""

    def __init__(self, scratch: Path, name: str) -> None:
        self._path = scratch / f"index-{name}-{os.getpid()}"

    def __enter__(self) -> Path:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        return self._path

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        self._path.with_name(f"{self._path.name}.lock").unlink(missing_ok=True)


class Outside:
    """Commands on a clone's files with nothing of the clone's own settings."""

    def __init__(self, git: GitRunner, variables: dict[str, str]) -> None:
        self._git = git
        self._variables = variables

    def __call__(self, verb: str, *arguments: str, accept: Collection[int] = (0,)) -> str:
        # Filters, hooks and attributes of the user's repository would run programs on what an agent wrote.
        settings = ("core.attributesFile=/dev/null", "core.autocrlf=false", "core.fileMode=true")
        answer = self._git.feed(
            verb, *arguments, stdin=b"", variables=self._variables, settings=settings, accept=accept
        )
        return os.fsdecode(answer.stdout)


def _quoted(path: Path) -> str:
    """As git reads a list of object directories: a colon parts them, a quote begins an escaped one."""
    text = str(path)
    if ":" not in text and '"' not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
