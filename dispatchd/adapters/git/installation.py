"""What git is installed, and what kind of repository it is asked to work in: told, never changed."""

import re
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.git_state import head_ref
from dispatchd.adapters.git.layout import is_anothers, is_bare, registered_worktrees
from dispatchd.adapters.git.merge_driver import driver_command, register, this_installation
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.application.ports.branch_names import BRANCH, BRANCH_REF
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import WorkspaceError

OLDEST: Final = (2, 39)
_VERSION: Final = re.compile(r"git version (\d+)\.(\d+)\S*")
_GUARD: Final = re.compile(r"test -x (?:'([^']*)'|(\S+)) &&")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryKind:
    """What is particular about a repository."""

    is_bare: bool
    is_submodule: bool
    is_shallow: bool
    is_partial: bool
    objects: str
    """The names of its objects: `sha1`, or `sha256`."""
    references: str
    """How it keeps its references: `files`, or `reftable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverState:
    """How merges of the tree's files are registered."""

    command: str
    program: Path | None
    """The installation that it starts first."""

    @property
    def is_missing(self) -> bool:
        return not self.command

    @property
    def is_stale(self) -> bool:
        """Whether that installation is not there any more."""
        return self.program is not None and not self.program.is_file()


def git_version(common_dir: Path) -> tuple[tuple[int, int], str]:
    """The version of git that is found, for comparing and for showing."""
    answer = GitRunner(common_dir).feed("version", stdin=b"")
    found = _VERSION.match(answer.line)
    if found is None:
        return OLDEST, answer.line.removeprefix("git version ")
    return (int(found[1]), int(found[2])), found[0].removeprefix("git version ")


def kind_of(common_dir: Path) -> RepositoryKind:
    """What is particular about the repository."""
    runner = GitRunner(common_dir)
    answer = runner.feed("config", "-z", "--list", "--local", stdin=b"", accept=(0, 1, 128))
    lines = (entry.partition("\n") for entry in answer.stdout.decode("utf-8", "replace").split("\0"))
    settings = {key.lower(): value for key, _, value in lines}
    return RepositoryKind(
        is_bare=is_bare(common_dir),
        is_submodule="modules" in common_dir.parts and ".git" in common_dir.parts,
        is_shallow=(common_dir / "shallow").is_file(),
        is_partial="extensions.partialclone" in settings
        or any(key.startswith("remote.") and key.endswith(".promisor") for key in settings),
        objects=settings.get("extensions.objectformat", "sha1"),
        references=settings.get("extensions.refstorage", "files"),
    )


def checked_out_elsewhere(common_dir: Path, tree: Path) -> tuple[Path, ...]:
    """Other worktrees, the main one too, in which the tree's branch is checked out; those of a repository that this one
    was copied from are that one's.
    """
    found = [
        folder
        for record, folder in registered_worktrees(common_dir).items()
        if folder != tree and folder.is_dir() and not is_anothers(folder, common_dir)
        if head_ref(record) == BRANCH_REF
    ]
    if not is_bare(common_dir) and head_ref(common_dir) == BRANCH_REF:
        found.insert(0, common_dir.parent)
    return tuple(found)


def driver_of(common_dir: Path) -> DriverState:
    """How merges are registered now."""
    answer = GitRunner(common_dir).feed(
        "config", "--local", "--get", "merge.dispatchd.driver", stdin=b"", accept=(0, 1)
    )
    command = answer.line
    named = _GUARD.match(command)
    program = Path((named[1] or named[2]).replace("%%", "%")) if named else None
    return DriverState(command=command, program=program)


def is_this_driver(state: DriverState) -> bool:
    """Whether merges are done by the installation that asks."""
    return state.command == driver_command(this_installation())


def register_this(common_dir: Path) -> None:
    """Let merges be done by this installation."""
    try:
        register(GitRunner(common_dir), this_installation())
    except GitFailedError as error:
        raise WorkspaceError(str(error)) from error


def names_driver(tree: Path) -> bool:
    """Whether the tree's attributes ask for the driver."""
    try:
        return "merge=dispatchd" in (tree / ".gitattributes").read_text("utf-8", errors="replace")
    except OSError:
        return False


def branch_name() -> str:
    """The tree's branch, for words."""
    return BRANCH
