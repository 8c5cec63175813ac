"""Makes a workspace: the branch, its worktree at `.dispatch`, and the three things of the user's it may touch.

Those are two lines in `info/exclude`, `merge.dispatchd.*`, and `branch.dispatch.*` where a remote has the branch.
Every step looks first whether it is done, so that a killed `init` is finished by the next, and a second one changes
nothing. Which files are laid is left to the caller; the first commit is the audit log's.
"""

import itertools
import os
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.branch_origin import BranchOrigin, find_origin, follow, make_branch
from dispatchd.adapters.git.git_state import head_ref
from dispatchd.adapters.git.identity import identity_in
from dispatchd.adapters.git.layout import Checkout, first_line, main_worktree_of
from dispatchd.adapters.git.merge_driver import register, this_installation
from dispatchd.adapters.git.objects import root_id
from dispatchd.adapters.git.open_operations import named_operation
from dispatchd.adapters.git.repository import checkout_around, find_tree, locate, record_name
from dispatchd.adapters.git.runner import GitFailedError, GitRunner, missing
from dispatchd.application.ports.audit_log import AuditCommit, AuditError, Signature
from dispatchd.application.ports.branch_names import BRANCH, BRANCH_REF
from dispatchd.application.ports.repository import PRIVATE_NAME, TREE_NAME, RepositoryPlaces
from dispatchd.application.ports.workspace_setup import InitOutcome, WorkspaceSetup
from dispatchd.domain.errors import WorkspaceError
from dispatchd.domain.identifiers import DocumentPath

_EXCLUDED: Final = f"/{TREE_NAME}/"
# In the tree the daemon drops a file for an instant, to see whether the watcher lives; nobody's `git add` is to meet it.
_EXCLUSIONS: Final = (_EXCLUDED, "/.dispatchd-*")
_TRIES: Final = 5
_PAUSE: Final = 0.2
LOCK_REASON: Final = "dispatchd keeps its documents here"


class GitWorkspaceSetup:
    """Makes workspaces whose merges are done by *program*, this installation's command unless told otherwise."""

    def __init__(self, program: tuple[str, ...] | None = None) -> None:
        self._program = program or this_installation()

    def init(self, start: Path, files: Mapping[DocumentPath, bytes], at: datetime) -> InitOutcome:
        """Make the workspace around *start*, finish a begun one, or find it whole."""
        checkout = checkout_around(start)
        try:
            return self._init(checkout, start, files, at)
        except (GitFailedError, AuditError) as error:
            raise WorkspaceError(str(error)) from error
        except OSError as error:
            raise WorkspaceError(
                f"the workspace could not be made: {error}; then run `dispatchd init` again"
            ) from error

    def _init(
        self, checkout: Checkout, start: Path, files: Mapping[DocumentPath, bytes], at: datetime
    ) -> InitOutcome:
        runner = _thin_runner(checkout.common_dir)
        tree = tree_place(checkout)
        origin: BranchOrigin | None = None
        if os.path.lexists(tree):
            _refuse_if_not_ours(start)
        else:
            origin = _new_origin(runner, tree)
        exclude(checkout.common_dir)
        register(runner, self._program)
        if origin is not None:
            make_branch(runner, origin)
            add_worktree(runner, checkout.common_dir, tree)
        places = locate(tree)
        follows = origin is not None and origin.remote is not None and follow(runner, origin.remote)
        laid = _lay(places, files, at)
        return InitOutcome(
            created=origin is not None or laid,
            places=places,
            followed_remote=origin.remote if origin is not None and follows else None,
            notes=(*(origin.notes if origin is not None else ()), *_notes(places)),
        )


def tree_place(checkout: Checkout) -> Path:
    """Where the tree stands or belongs: at the main worktree's root; with none, in the worktree around us."""
    main = main_worktree_of(checkout)
    if main is not None and main.is_dir():
        return main / TREE_NAME
    standing = find_tree(checkout)
    if standing is not None and standing.is_dir():
        return standing
    if checkout.top is None:
        raise WorkspaceError(
            f"{checkout.common_dir} is a bare repository; make a worktree of it (`git worktree add ../NAME BRANCH`)"
            " and run `dispatchd init` there"
        )
    return checkout.top / TREE_NAME


def add_worktree(runner: GitRunner, common_dir: Path, tree: Path) -> None:
    """Add the tree as a locked worktree of the branch, also where one is recorded whose folder is gone.

    Git takes the old record away first, file by file; where another git writes into it, that fails half-way.
    """
    for tries_left in reversed(range(_TRIES)):
        _put_remains_aside(common_dir, tree)
        try:
            runner.ask("worktree", "add", "-f", "-f", "--lock", "--reason", LOCK_REASON, tree, BRANCH)
            break
        except GitFailedError:
            if not tries_left or os.path.lexists(tree):
                raise
            time.sleep(_PAUSE)
    admin_dir = locate(tree).admin_dir
    if (admin_dir / "config.worktree").exists():
        # Git copies the user's sparse settings into a new worktree; the tree is always whole.
        for key in ("core.sparseCheckout", "core.sparseCheckoutCone"):
            GitRunner(admin_dir, tree).ask("config", "--worktree", "--unset-all", key, accept=(0, 5))


def _put_remains_aside(common_dir: Path, tree: Path) -> None:
    """Put away what is left of a record that names no folder any more: the new one is to have its name."""
    record, aside = common_dir / "worktrees" / record_name(tree), common_dir / PRIVATE_NAME / "set-aside"
    if not record.is_dir() or first_line(record / "gitdir") or not aside.parent.is_dir():
        return
    aside.mkdir(mode=0o700, exist_ok=True)
    numbers = itertools.count(1)
    free = next(place for number in numbers if not (place := aside / f"worktree-{number}").exists())
    record.rename(free)


def not_excluded(common_dir: Path) -> tuple[str, ...]:
    """The lines that are missing, of those that keep the tree out of the user's branches and what is ours out of the tree's."""
    path = common_dir / "info" / "exclude"
    try:
        standing = {line.strip() for line in path.read_bytes().split(b"\n")}
    except OSError:
        standing = set()
    return tuple(line for line in _EXCLUSIONS if line.encode() not in standing)


def exclude(common_dir: Path) -> None:
    """Write the lines that are missing below what stands there."""
    missing = not_excluded(common_dir)
    if not missing:
        return
    path = common_dir / "info" / "exclude"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            file.write(b"" if file.read() == b"\n" else b"\n")
        file.write("".join(f"{line}\n" for line in missing).encode())


def _refuse_if_not_ours(start: Path) -> None:
    """Refuse a `.dispatch` that is not a workspace of this repository."""
    places = locate(start)
    ref = head_ref(places.admin_dir)
    if ref != BRANCH_REF and named_operation(places.admin_dir) is None:
        raise WorkspaceError(
            f"{places.tree} stands on {ref or 'no branch'}; run `git -C {places.tree} switch {BRANCH}`,"
            " then `dispatchd init`"
        )


def _thin_runner(common_dir: Path) -> GitRunner:
    # GitPython fails to load where there is no git, and what mends a tree asks this module as well.
    try:
        from dispatchd.adapters.git.thin_runner import ThinRunner  # noqa: PLC0415
    except ImportError as error:
        raise missing("worktree", common_dir) from error
    return ThinRunner(common_dir)


def _new_origin(runner: GitRunner, tree: Path) -> BranchOrigin:
    listed = runner.ask("worktree", "list", "--porcelain", "-z").stdout.decode("utf-8", "surrogateescape")
    for record in listed.split("\0\0"):
        lines = record.strip("\0").split("\0")
        folder = lines[0].removeprefix("worktree ")
        if folder == str(tree):
            raise WorkspaceError(
                f"{tree} is gone, its branch is not; `dispatchd restore --all` brings it back"
            )
        if f"branch {BRANCH_REF}" in lines:
            raise WorkspaceError(
                f"the branch `{BRANCH}` is checked out in {folder}; switch that to another branch,"
                " then run `dispatchd init`"
            )
    return find_origin(runner)


def _lay(places: RepositoryPlaces, files: Mapping[DocumentPath, bytes], at: datetime) -> bool:
    audit = GitAuditLog(places)
    head = audit.head()
    if not files or head != root_id(len(head)):
        return False
    for path, content in files.items():
        target = places.tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # A file that stands is a person's, or a killed init's; either way it is not ours to replace.
        if not os.path.lexists(target):
            target.write_bytes(content)
    person = identity_in(places.common_dir)
    author = Signature(name=person.name, email=person.email, at=at)
    audit.record([AuditCommit(author=author, subject="Lay out the workspace", changes=files)], head)
    return True


def _notes(places: RepositoryPlaces) -> tuple[str, ...]:
    if places.main_worktree is None:
        return ()
    seen = GitRunner(places.common_dir, places.main_worktree).ask(
        "check-ignore", "--quiet", places.main_worktree / TREE_NAME, accept=(0, 1, 128)
    )
    if seen.exit_code == 1:
        return (f"A .gitignore of yours takes {TREE_NAME}/ in again; add the line `{_EXCLUDED}` at its end.",)
    return ()


_port: type[WorkspaceSetup] = GitWorkspaceSetup
