"""Whether the database is older than the history, for those who only look: the doctor, and `status` without a daemon.

A daemon that runs has asked this when it started, and its commits are ahead of what it has noted for a moment: while
there is one, nobody else asks.
"""

from contextlib import closing
from typing import TYPE_CHECKING

from dispatchd.composition.looking import Workspace, database_of, decides

if TYPE_CHECKING:
    from dispatchd.application.ports.store_failures import DatabaseOutdated


def may_be_older(workspace: Workspace, known: str | None) -> bool:
    """Whether the branch stands elsewhere than where the database saw it last; read from one small file, so that a look
    loads nothing for it. Where git keeps it otherwise, nobody can tell so cheaply.
    """
    from dispatchd.adapters.git.layout import first_line
    from dispatchd.application.ports.branch_names import BRANCH_REF

    stands = first_line(workspace.places.common_dir / BRANCH_REF)
    return known is not None and stands is not None and stands != known


def rolled_back(workspace: Workspace) -> "DatabaseOutdated | None":
    """What the database lacks of what this clone itself committed; None where it lacks nothing. Opens it read only."""
    from dispatchd.adapters.git.audit_branch import GitAuditLog
    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.adapters.sqlite.soundness import events_among
    from dispatchd.application.ports.branch_names import HEAD_NOTE
    from dispatchd.application.unheard import outdated, told_since

    if not decides(workspace):
        return None
    path = database_of(workspace)
    with closing(open_read_only(path)) as model:
        known = model.note(HEAD_NOTE)
    return outdated(told_since(GitAuditLog(workspace.places), known), lambda ids: events_among(path, ids))
