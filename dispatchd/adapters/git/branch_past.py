"""Where the tree's branch stood before, and whether what it held is still there.

Told from git's own logs and from commits that the caller remembers. What is done about it is the caller's to say;
`keep` only takes care that git collects nothing meanwhile.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.foreign_commits import SET_ASIDE
from dispatchd.adapters.git.git_state import branch_head
from dispatchd.adapters.git.layout import first_line
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.domain.errors import WorkspaceError

_NOTHING: Final = "0"
_MOST: Final = 1 << 20


def last_known(common_dir: Path, admin_dir: Path) -> CommitId | None:
    """Where git's logs last saw the branch: its own log, else the log of the tree's HEAD, which outlives it."""
    for log in (common_dir / "logs" / BRANCH_REF, admin_dir / "logs" / "HEAD"):
        try:
            lines = log.read_bytes()[-_MOST:].decode("utf-8", "replace").splitlines()
        except OSError:
            continue
        for line in reversed(lines):
            ends = line.partition("\t")[0].split(" ")
            if len(ends) > 1 and ends[1].strip(_NOTHING):
                return CommitId(ends[1])
    pending = first_line(admin_dir / "ORIG_HEAD")
    return CommitId(pending) if pending else None


def is_here(common_dir: Path, commit: CommitId) -> bool:
    """Whether *commit* and everything before it can be read."""
    runner = GitRunner(common_dir)
    if runner.feed("cat-file", "-e", f"{commit}^{{commit}}", stdin=b"", accept=(0, 1, 128)).exit_code:
        return False
    return not runner.feed("rev-list", "--objects", "--quiet", commit, stdin=b"", accept=(0, 128)).exit_code


def not_on_branch(common_dir: Path, commits: Iterable[CommitId]) -> tuple[CommitId, ...]:
    """Those of *commits* that the branch does not hold, in the order given."""
    head = branch_head(common_dir)
    if head is None:
        return tuple(commits)
    held = set(GitRunner(common_dir).feed("rev-list", head, stdin=b"").stdout.decode("ascii").split())
    return tuple(each for each in commits if each not in held)


def tips_of(common_dir: Path, commits: Iterable[CommitId]) -> tuple[CommitId, ...]:
    """Of *commits*, those that are here and in no other's past."""
    known = [each for each in commits if is_here(common_dir, each)]
    if len(known) < 2:
        return tuple(known)
    answer = GitRunner(common_dir).feed("merge-base", "--independent", *known, stdin=b"")
    return tuple(CommitId(line) for line in answer.stdout.decode("ascii").split())


def is_kept(common_dir: Path, commit: CommitId) -> bool:
    """Whether *commit* stands under a reference of ours, so that git does not collect it."""
    answer = GitRunner(common_dir).feed(
        "for-each-ref", "--format=%(refname)", "--contains", commit, SET_ASIDE, stdin=b"", accept=(0, 129)
    )
    return bool(answer.stdout.strip())


def keep(common_dir: Path, commit: CommitId) -> str:
    """Keep *commit* where git collects no garbage; the name it has there."""
    name = f"{SET_ASIDE}moved-{commit[:12]}"
    try:
        GitRunner(common_dir).feed("update-ref", name, commit, stdin=b"")
    except GitFailedError as error:
        raise WorkspaceError(str(error)) from error
    return name
