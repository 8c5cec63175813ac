"""The branches that people made for themselves."""

from dispatchd.composition.looking import Workspace


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
