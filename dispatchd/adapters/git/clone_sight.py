"""What stands in an agent's clone, read from outside: git in there would obey the agent's settings and hooks.

The branch is read from the clone's small files, its work tree with the repository's git directory and an index of ours;
its objects are never read where they stand, but copied first.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

from dispatchd.adapters.git.borrowing import borrowed_objects, make_borrower
from dispatchd.adapters.git.clone_indexes import KeptIndex, OwnIndex
from dispatchd.adapters.git.clone_objects import copy_objects
from dispatchd.adapters.git.nested import strange_in
from dispatchd.adapters.git.runner import GitFailedError, GitRunner, bounded
from dispatchd.adapters.processes.confined_files import read_confined, strange_entry
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from dispatchd.documents.tree_paths import shown_name

AUTHOR: Final = {
    "GIT_AUTHOR_NAME": "dispatchd",
    "GIT_AUTHOR_EMAIL": "dispatchd@local",
    "GIT_COMMITTER_NAME": "dispatchd",
    "GIT_COMMITTER_EMAIL": "dispatchd@local",
}

_LEARNS: Final = {"GIT_OPTIONAL_LOCKS": "1"}
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def has_git_folder(clone: WorkClone) -> bool:
    """Whether the clone's git directory is there, and no link to another."""
    place = clone.path / ".git"
    return place.is_dir() and not place.is_symlink()


def branch_head(clone: WorkClone) -> str | None:
    """The commit its branch names in the clone; None where that cannot be read, or is no commit's name."""
    return _named(clone, f"refs/heads/{clone.branch}")


def _named(clone: WorkClone, reference: str) -> str | None:
    loose = _said(clone, reference)
    name = _packed(clone, reference) if loose is None else loose.strip()
    return name if name is not None and _COMMIT.fullmatch(name) else None


def _packed(clone: WorkClone, reference: str) -> str | None:
    for line in (_said(clone, "packed-refs") or "").splitlines():
        commit, _, name = line.partition(" ")
        if name == reference:
            return commit
    return None


def commit_checked_out(clone: WorkClone) -> str | None:
    """The commit that is checked out in the clone, on a branch or on none; None where that cannot be read."""
    said = (_said(clone, "HEAD") or "").strip()
    if said.startswith("ref: "):
        return _named(clone, said.removeprefix("ref: "))
    return said if _COMMIT.fullmatch(said) else None


def checked_out(clone: WorkClone) -> str | None:
    """The branch that is checked out in the clone."""
    said = (_said(clone, "HEAD") or "").strip()
    return said.removeprefix("ref: refs/heads/") if said.startswith("ref: refs/heads/") else None


def _said(clone: WorkClone, name: str) -> str | None:
    """What a file of its git directory says: the agent's words, whatever they are."""
    found = read_confined(clone.path, PurePath(".git", name))
    return None if found is None else found.decode("utf-8", errors="replace")


def _require_plain(common_dir: Path, clone: WorkClone) -> None:
    """Raise CloneFailed where what stands among its objects is none, or leads elsewhere: in words that say what to do."""
    _refuse(strange_entry(clone.path, PurePath(".git")))
    lent = PurePath(".git", "objects", "info", "alternates")
    said = read_confined(clone.path, lent)
    if said != borrowed_objects(common_dir).encode() and os.path.lexists(clone.path / lent):
        raise CloneFailed(
            f"{clone.path / lent} leads elsewhere; remove it, then the worktree can be read again"
        )


def _refuse(strange: Path | None) -> None:
    if strange is not None:
        shown = shown_name(str(strange))
        raise CloneFailed(
            f"{bounded(shown)} is no plain file; remove it, then the worktree can be read again"
        )


@contextmanager
def seen_from_outside(common_dir: Path, clone: WorkClone, index: Path, at: str) -> Iterator["Outside"]:
    """Git with the clone's files, an index of ours and a git directory of ours whose HEAD is the commit *at*, which the
    repository has; what it writes goes to the repository's objects. Raises CloneFailed.
    """
    _refuse(strange_in(clone.path))
    variables = {"GIT_INDEX_FILE": str(index), "GIT_OBJECT_DIRECTORY": str(common_dir / "objects"), **AUTHOR}
    with TemporaryDirectory(prefix=f".sight-{clone.issue}-", dir=index.parent) as made:
        make_borrower(Path(made), common_dir)
        git_dir = Path(made, ".git")
        (git_dir / "HEAD").write_text(f"{at}\n", encoding="ascii")
        ignored = common_dir / "info" / "exclude"
        if ignored.is_file():
            (git_dir / "info" / "exclude").write_bytes(ignored.read_bytes())
        yield Outside(git_dir, clone.path, variables)


@contextmanager
def lent_by(common_dir: Path, scratch: Path, clone: WorkClone, commit: str) -> Iterator[Path]:
    """A repository of ours with copies of the clone's objects, whose HEAD is the *commit*: git reads the settings of the
    one that it fetches from, and what they include, wherever that stands. Raises CloneFailed.
    """
    _require_plain(common_dir, clone)
    scratch.mkdir(mode=0o700, exist_ok=True)
    with TemporaryDirectory(prefix=f".lent-{clone.issue}-", dir=scratch) as made:
        make_borrower(Path(made), common_dir)
        git_dir = Path(made, ".git")
        (git_dir / "HEAD").write_text(f"{commit}\n", encoding="ascii")
        copy_objects(clone, GitRunner(common_dir), git_dir / "objects")
        yield Path(made)


class Outside:
    """Commands on a clone's files with nothing of the clone's own settings, and of the user's none that names a program.

    Repositories within the clone are never entered: git would start another git there, which obeys their settings.
    """

    def __init__(self, git_dir: Path, root: Path, variables: Mapping[str, str]) -> None:
        self._git = GitRunner(git_dir, root, root)
        self._git_dir, self._root = git_dir, root
        self._variables = variables

    def __call__(
        self,
        verb: str,
        *arguments: str,
        stdin: bytes = b"",
        accept: Collection[int] = (0,),
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> str:
        # Of a file's times the one is looked at that whoever writes it cannot set.
        settings = (
            "core.attributesFile=/dev/null",
            "core.autocrlf=false",
            "core.fileMode=true",
            "core.trustctime=true",
            "core.checkStat=default",
        )
        answer = self._git.feed(
            verb,
            *arguments,
            stdin=stdin,
            variables={**self._variables, **variables},
            settings=settings,
            accept=accept,
        )
        return os.fsdecode(answer.stdout)

    def changed(self, *, learns: bool = False) -> Iterator[str]:
        """The files that differ from the index, and those that git does not know.

        *learns*: the index is ours to write, and git notes in it of each file that it had to read how it found it.
        """
        options = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all")
        # In the second column stands what differs from the index; the first compares it with HEAD.
        said = self("status", *options, variables=_LEARNS if learns else {}).split("\0")
        yield from (shown_name(line[3:]) for line in said if line[1:2].strip())

    def add(self, links: Collection[str], *options: str) -> None:
        """Put every file into the index but those at *links*, for `add` has no option that keeps it out of them.

        Of repositories that the index does not know the files are put there: `add` refuses all where one of them has no
        commit, and of one that has it keeps the commit's name alone, which is nowhere else.
        """
        within = [each for each in self._others() if each.endswith("/")]
        beside = [
            f":(top,exclude,literal){link}" for link in (*links, *(each.rstrip("/") for each in within))
        ]
        paths = "\0".join((":(top)", *beside))
        options = ("--all", *options, "--pathspec-from-file=-", "--pathspec-file-nul")
        self("add", *options, stdin=os.fsencode(paths))
        # By this git takes no name that leads through a link, whoever has swapped a folder meanwhile.
        names = "".join(f"{name}\0" for each in within for name in self._files_within(each))
        if names:
            self("update-index", "--add", "-z", "--stdin", stdin=os.fsencode(names))

    def _others(self) -> list[str]:
        """The files that the index does not know, and the repositories, with a slash at their end."""
        return self("ls-files", "--others", "--exclude-standard", "-z").split("\0")[:-1]

    def _files_within(self, repository: str) -> Iterator[str]:
        """The files in the *repository* and in those within it, but what git holds there for itself."""
        place = self._root / repository
        inside = Outside(
            self._git_dir,
            place,
            {**self._variables, "GIT_INDEX_FILE": f"{self._variables['GIT_INDEX_FILE']}-none"},
        )
        for name in inside._others():
            yield from (
                self._files_within(f"{repository}{name}") if name.endswith("/") else (f"{repository}{name}",)
            )

    def links(self) -> tuple[str, ...]:
        """The paths that are repositories of their own in the index."""
        listed = self("ls-files", "--stage", "-z").split("\0")
        return tuple(entry.partition("\t")[2] for entry in listed if entry.startswith("160000 "))


def changed_in(common_dir: Path, scratch: Path, clone: WorkClone, head: str) -> tuple[str, ...]:
    """The files in the clone that differ from the commit *head*, which the repository has, and those that git does not
    know, as they can be written down. Raises CloneFailed.
    """
    kept = KeptIndex(scratch, clone.issue)
    try:
        return _changed(common_dir, scratch, clone, head, kept)
    except GitFailedError:
        if not kept.forget():
            raise
        return _changed(common_dir, scratch, clone, head, kept)


def _changed(
    common_dir: Path, scratch: Path, clone: WorkClone, head: str, kept: KeptIndex
) -> tuple[str, ...]:
    settled = kept.settled(head)
    if settled is not None:
        with seen_from_outside(common_dir, clone, settled, head) as outside:
            return tuple(outside.changed())
    with (
        OwnIndex(scratch, clone.issue) as index,
        seen_from_outside(common_dir, clone, index, head) as outside,
    ):
        laid = kept.lay(index)
        if laid is None:
            outside("read-tree", head)
        elif laid != head:
            # Into the index alone: what it knows of files that are the same in both commits stays.
            outside("read-tree", "-i", "-m", head)
        found = tuple(outside.changed(learns=True))
        kept.settle(index, head, lambda: outside("ls-files", "--debug"))
        return found


def tree_of(common_dir: Path, scratch: Path, clone: WorkClone, parent: str) -> str:
    """The tree that the clone's files make, as they stand above the commit *parent*. Raises CloneFailed."""
    with (
        OwnIndex(scratch, clone.issue) as index,
        seen_from_outside(common_dir, clone, index, parent) as outside,
    ):
        outside("read-tree", parent)
        # Files that stand in the place of a repository which is gone are work as all others.
        outside.add([link for link in outside.links() if os.path.lexists(clone.path / link / ".git")])
        return outside("write-tree").strip()


def patch_of(common_dir: Path, scratch: Path, clone: WorkClone, head: str) -> str:
    """What the commit *head* and the files in the clone change against the base. Raises CloneFailed."""
    # A repository within is told by its commit alone: the words of another would be its own git's.
    plain = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--submodule=short")
    with (
        OwnIndex(scratch, f"{clone.issue}-diff") as index,
        seen_from_outside(common_dir, clone, index, head) as outside,
    ):
        outside("read-tree", head)
        outside.add(outside.links(), "--intent-to-add")
        patch = outside("diff", *plain, clone.base, "--")
    return os.fsencode(patch).decode("utf-8", errors="replace")
