"""Events whose commits are not on the branch any more: what was decided stays decided, so a new commit tells it again.

Other clones know of it from the branch alone. What the branch still tells is not repeated.
"""

import json
from collections.abc import Iterable

from dispatchd.application.ports.audit_log import AuditError, AuditLog, CommitId, ForeignCommit
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.wire import WireError, decode_event


def told_off_branch(log: AuditLog, old: CommitId, new: CommitId) -> frozenset[str]:
    """The ids of events that daemons' commits up to *old* tell and those up to *new* do not."""
    try:
        left, there = log.commits_between(new, old), log.commits_between(old, new)
    except AuditError:
        return frozenset()  # the old end is gone from the repository: nobody can say what it held
    here = log.made_here(left)
    return _ids(each for each in left if each.oid in here) - _ids(there)


def tell_again(work: UnitOfWork, ids: Iterable[str]) -> None:
    """Let the next commits hold the events called *ids*, in the order in which they happened."""
    waiting = {row.event for row in work.audit.waiting()}
    for position in sorted(work.audit.committed(ids).values()):
        if position not in waiting:
            work.audit.add_event(position)


def _ids(commits: Iterable[ForeignCommit]) -> frozenset[str]:
    found = set()
    for line in (line for each in commits if each.is_own for line in each.events):
        try:
            found.add(str(decode_event(json.loads(line)).id))
        except (ValueError, WireError):
            continue
    return frozenset(found)
