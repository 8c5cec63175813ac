"""STATUS.md from the same rows as the screen: `workspace_status` decides what is on it, the document how it reads."""

from dispatchd.application.workspace_status import Running, Status
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.status_document import (
    BrakeItem,
    DocumentLink,
    HeldItem,
    NextItem,
    RunningItem,
    StatusView,
    WaitingItem,
)
from dispatchd.documents.tree_paths import PAUSE
from dispatchd.domain.identifiers import DocumentPath


def view_of(status: Status, daemon: str) -> "StatusView":
    """*status* as STATUS.md takes it; *daemon* is a sentence about the daemon."""
    return StatusView(
        daemon=daemon,
        brake=None
        if status.brake is None
        else BrakeItem(
            who=status.brake.name,
            since=status.brake.since,
            reason=status.brake.reason,
            file=DocumentPath(status.brake_file or PAUSE),
        ),
        waiting=tuple(
            WaitingItem(document=_link(each.title, each.path), what=each.what, since=each.since)
            for each in status.waiting
        ),
        running=tuple(map(_running, status.running)),
        next=tuple(
            NextItem(document=_link(each.title, each.path), priority=each.priority, remark=each.remark)
            for each in status.next
        ),
        held=tuple(
            HeldItem(
                document=_link(each.title, each.path),
                waits_on=tuple(_link(other.title, other.path) for other in each.waits_on),
                why=each.why,
            )
            for each in status.held
        ),
        problems=tuple(
            DocumentProblem(path=DocumentPath(each.path), line=each.line, what=each.what, hint=each.hint)
            for each in status.problems
        ),
        idle=status.idle,
        is_new=status.is_new,
        counts=tuple(f"{count} {state.replace('_', ' ')}" for state, count in status.counts),
    )


def _running(item: Running) -> RunningItem:
    return RunningItem(
        document=_link(item.title, item.path),
        who=item.who,
        since=item.since,
        doing=item.doing,
        uncontained=item.uncontained,
    )


def _link(title: str, path: str) -> DocumentLink:
    return DocumentLink(title=title, path=DocumentPath(path))
