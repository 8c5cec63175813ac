"""Where the branch of a new workspace comes from: it stands here, a remote has it, or it begins here.

It refuses a branch of that name that is somebody's own, and a second root where a remote is known to have the
branch already. It asks no remote over a network.
"""

from pathlib import Path

from dispatchd.adapters.git.objects import root_commit, root_id
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.branch_names import BRANCH, BRANCH_REF
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import WorkspaceError


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchOrigin:
    """What the branch of the workspace begins with."""

    commit: CommitId | None
    """Where it stands here or at the remote; None where it must begin with the common root."""
    remote: str | None
    stands_here: bool
    notes: tuple[str, ...]


def find_origin(runner: GitRunner) -> BranchOrigin:
    """Where the branch comes from; raises WorkspaceError where only a person can say."""
    remotes = runner.ask("remote").stdout.decode("utf-8", "replace").split()
    tracked = _tracked(runner, remotes)
    remote, notes = _chosen_remote(tracked)
    here = _resolve(runner, BRANCH_REF)
    if here is not None:
        _refuse_if_not_ours(runner, here, f"the branch `{BRANCH}` of this repository")
        return BranchOrigin(commit=here, remote=remote, stands_here=True, notes=notes)
    if remote is not None:
        commit = tracked[remote]
        _refuse_if_not_ours(runner, commit, f"the branch `{BRANCH}` of the remote `{remote}`")
        return BranchOrigin(commit=commit, remote=remote, stands_here=False, notes=notes)
    return BranchOrigin(commit=None, remote=None, stands_here=False, notes=_ask_remotes(runner, remotes))


def make_branch(runner: GitRunner, origin: BranchOrigin) -> CommitId:
    """Make the branch where *origin* says, unless it stands; returns where it is."""
    commit = origin.commit or write_root(runner)
    if not origin.stands_here:
        nothing = "0" * len(commit)
        runner.ask("update-ref", "--create-reflog", "-m", "dispatchd: init", BRANCH_REF, commit, nothing)
    return commit


def write_root(runner: GitRunner) -> CommitId:
    """Put the common root commit into the repository."""
    empty_tree = runner.feed("hash-object", "-t", "tree", "-w", "--stdin", stdin=b"").line
    content = root_commit(len(empty_tree))
    return CommitId(runner.feed("hash-object", "-t", "commit", "-w", "--stdin", stdin=content).line)


def follow(runner: GitRunner, remote: str) -> bool:
    """Let the branch follow *remote*'s, unless it follows something already."""
    standing = runner.ask("config", "--local", "--get", f"branch.{BRANCH}.remote", accept=(0, 1))
    if standing.exit_code == 0:
        return False
    runner.ask("config", "--local", f"branch.{BRANCH}.remote", remote)
    runner.ask("config", "--local", f"branch.{BRANCH}.merge", BRANCH_REF)
    return True


def _resolve(runner: GitRunner, ref: str) -> CommitId | None:
    answer = runner.ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", accept=(0, 1, 128))
    return CommitId(answer.line) if answer.exit_code == 0 else None


def _tracked(runner: GitRunner, remotes: list[str]) -> dict[str, CommitId]:
    answer = runner.ask("for-each-ref", "--format=%(refname)%00%(objectname)", "refs/remotes/")
    refs = dict(line.split("\0", 1) for line in answer.stdout.decode("utf-8", "replace").split("\n") if line)
    named = {remote: refs.get(f"refs/remotes/{remote}/{BRANCH}") for remote in remotes}
    return {remote: CommitId(commit) for remote, commit in named.items() if commit}


def _chosen_remote(tracked: dict[str, CommitId]) -> tuple[str | None, tuple[str, ...]]:
    if not tracked:
        return None, ()
    chosen = "origin" if "origin" in tracked else min(tracked)
    others = sorted(set(tracked) - {chosen})
    if not others:
        return chosen, ()
    note = f"Of {', '.join(sorted(tracked))}, which all have the branch, this clone follows {chosen}."
    return chosen, (note,)


def _refuse_if_not_ours(runner: GitRunner, commit: CommitId, whose: str) -> None:
    root = root_id(len(commit))
    answer = runner.ask("merge-base", "--is-ancestor", root, commit, accept=(0, 1, 128))
    if answer.exit_code == 0:
        return
    shallow = runner.ask("rev-parse", "--is-shallow-repository").line == "true"
    laid = runner.ask("cat-file", "-e", f"{commit}:config.toml", accept=(0, 1, 128))
    if not (shallow and laid.exit_code == 0):
        raise WorkspaceError(
            f"{whose} was not begun by dispatchd, which needs that name for its record;"
            f" rename it (`git branch -m {BRANCH} NEW-NAME`), then run `dispatchd init`"
        )


def _ask_remotes(runner: GitRunner, remotes: list[str]) -> tuple[str, ...]:
    notes: list[str] = []
    for remote in remotes:
        fetch = f"git fetch {remote} {BRANCH}:refs/remotes/{remote}/{BRANCH}"
        url = runner.ask("remote", "get-url", remote, accept=(0, 2, 128)).line
        if _is_local(url):
            answer = runner.ask("ls-remote", "--heads", remote, BRANCH_REF, accept=(0, 128))
            if answer.exit_code == 0 and answer.stdout.strip():
                raise WorkspaceError(
                    f"the remote `{remote}` has the branch `{BRANCH}`, but it was not fetched;"
                    f" run `{fetch}`, then `dispatchd init`"
                )
        elif not _fetches_every_branch(runner, remote):
            notes.append(
                f"This clone does not fetch every branch of {remote}. If others share a workspace there, run"
                f" `{fetch}` and then `git -C .dispatch merge {remote}/{BRANCH}`."
            )
    return tuple(notes)


def _is_local(url: str) -> bool:
    return url.startswith("file://") or Path(url).is_dir()


def _fetches_every_branch(runner: GitRunner, remote: str) -> bool:
    answer = runner.ask("config", "--get-all", f"remote.{remote}.fetch", accept=(0, 1))
    return "refs/heads/*" in answer.stdout.decode("utf-8", "replace")
