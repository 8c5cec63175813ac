"""The branches that people made for themselves."""

import re
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace
from dispatchd.documents.branch_of_work import INTO

if TYPE_CHECKING:
    from dispatchd.application.ports.branch_names import Behind


def branches_of(workspace: Workspace) -> tuple[str, ...]:
    """The user's own branches: neither the log's nor those of agents' work. Raises WorkspaceError where git fails."""
    from dispatchd.adapters.git.runner import GitFailedError, GitRunner
    from dispatchd.domain.errors import WorkspaceError

    try:
        listed = GitRunner(workspace.places.common_dir).feed(
            "for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/", stdin=b""
        )
    except GitFailedError as failed:
        raise WorkspaceError(str(failed)) from failed
    names = listed.stdout.decode("utf-8", "replace").split("\n")
    return tuple(name for name in names if name and name != "dispatch" and not name.startswith("dispatchd/"))


def behind(workspace: Workspace) -> "Behind | None":
    """What the branch that is checked out lacks of the one that agents' work comes together on; None where nothing."""
    from dispatchd.adapters.git.behind import how_far_apart, kept_count
    from dispatchd.application.ports.branch_names import Behind

    common_dir, kept, into = workspace.places.common_dir, workspace.private / "behind", _into(workspace)
    apart = how_far_apart(common_dir, into)
    if apart is None:
        return None
    count = kept_count(kept, apart)
    if count is None:
        from dispatchd.adapters.git.counted_behind import counted

        count = counted(common_dir, kept, apart)
    if count is None or not count.merges:
        return None
    return Behind(branch=apart.branch, into=into, merges=count.merges, forward=not count.own)


def _into(workspace: Workspace) -> str:
    """The branch's name; a config that does not set it is not read, for that takes as long as half of a look."""
    try:
        written = (workspace.tree / "config.toml").read_bytes()
    except OSError:
        return INTO
    if re.search(rb"(?m)^[^#\n]*into[\"']?\s*=", written) is None:
        return INTO
    from dispatchd.composition.looking import config_of

    return config_of(workspace).agents.into
