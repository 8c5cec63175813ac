"""Events that were committed here and that a database has not heard of: then it is older than the history.

Whoever would act asks this before anything else, whoever only looks may ask it too; what follows is theirs to decide.
"""

import json
from collections.abc import Callable, Collection, Sequence

from dispatchd.application.ports.audit_log import AuditLog, CommitId, ForeignCommit
from dispatchd.application.ports.store_failures import DatabaseOutdated
from dispatchd.application.wire import WireError, decode_event
from dispatchd.domain.event import RecordedEvent

Told = tuple[ForeignCommit, RecordedEvent]


def told_since(log: AuditLog, known: str | None) -> Sequence[Told]:
    """The events of the commits that were made here after *known*, the commit a database saw last."""
    last = log.last_made()
    if known is None or last is None or last == known:
        return ()
    commits = log.commits_between(CommitId(known), last)
    made = log.made_here(commits)
    own = (commit for commit in commits if commit.oid in made and commit.is_own)
    return [(commit, event) for commit in own for event in _events(commit)]


def outdated(
    told: Sequence[Told], held: Callable[[Sequence[str]], Collection[str]]
) -> DatabaseOutdated | None:
    """What is wrong with a database that has not heard of all that was *told*; *held* says of which ids it has."""
    if not told:
        return None
    here = held([event.id for _, event in told])
    missing = [(commit, event) for commit, event in told if event.id not in here]
    if not missing:
        return None
    last, event = missing[-1]
    commits = {commit.oid for commit, _ in missing}
    return DatabaseOutdated(
        commit=last.oid, at=event.circumstance.at, events=len(missing), commits=len(commits)
    )


def _events(commit: ForeignCommit) -> list[RecordedEvent]:
    found = []
    for line in commit.events:
        try:
            found.append(decode_event(json.loads(line)))
        except (ValueError, WireError):
            continue
    return found
