"""Moving a branch of the user's forward to what agents have made: only when a person says so, and only forward."""

from collections.abc import Sequence

from dispatchd.application.ports.integration import Integration
from dispatchd.documents.other_names import is_another_name, shown_ref, way_out
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.board import Board
from dispatchd.domain.epic import Epic
from dispatchd.domain.errors import Rejected
from dispatchd.domain.issue import IssueStatus

_SHOWN = 8
_MOST_NAMED = 5


def merges_of(board: Board, epic: Epic) -> Sequence[str]:
    """The merges of the epic's issues. Raises Rejected where one of them is still to come."""
    merges: list[str] = []
    missing: list[str] = []
    for issue in board.issues_of(epic.id):
        made = board.work(issue.id)
        if issue.removed or issue.status is IssueStatus.CANCELLED:
            continue
        if made is not None and made.phase is WorkPhase.MERGED and made.commit is not None:
            merges.append(made.commit)
        elif made is not None or not issue.status.is_final:
            missing.append(f"{issue.id} ({issue.status})")
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        named = ", ".join(missing[:_MOST_NAMED])
        raise Rejected(f"wait; not everything of {epic.id} is merged: {named}{more}", subject=epic.id)
    if not merges:
        raise Rejected(
            f"there is nothing to hand over; no agent's work for {epic.id} was merged", subject=epic.id
        )
    return merges


def newest_of(integration: Integration, merges: Sequence[str]) -> str:
    """The one of *merges*, all on one branch, that has the others."""
    newest = merges[0]
    for each in merges[1:]:
        if integration.is_ancestor(newest, each):
            newest = each
    return newest


def hand_over(
    integration: Integration, source: str, branch: str, *, merges: Sequence[str] | None = None
) -> str:
    """Move *branch* to the head of *source*, or as far as the newest of *merges*; what was done, in a sentence.

    Raises Rejected.
    """
    if not integration.exists(source):
        raise Rejected(f"there is no branch {source} yet: nothing has been merged")
    if not integration.exists(branch):
        raise Rejected(
            f"there is no branch {branch}; make it where you want it: git branch {branch} {source}"
        )
    target = integration.head(source, start="") if merges is None else newest_of(integration, merges)
    before = integration.head(branch, start="")
    if before == target or integration.is_ancestor(target, before):
        return f"{branch} has everything already"
    _require_own(integration, branch)
    _require_not_rebased(integration, branch)
    named = source if merges is None else target
    place = integration.checked_out_at(branch)
    if not integration.is_ancestor(before, target):
        there = (
            f"in {place}, where it is checked out: " if place is not None else f"git checkout {branch} && "
        )
        raise Rejected(
            f"{branch} has commits that {source} has not, so it cannot be moved forward; merge it yourself"
            f"{' ' if place is not None else ': '}{there}git merge {named}"
            f"; or bring them to the agents first: dispatchd merge from {branch}"
        )
    if place is not None:
        raise Rejected(
            f"{branch} is checked out in {place}, and nobody's checkout is touched; there run: "
            f"git merge --ff-only {named}"
        )
    if not integration.move(branch, to=target, expected=before):
        raise Rejected(f"{branch} moved just now; say it again")
    return f"{branch} moved forward to {target[:_SHOWN]}, from {before[:_SHOWN]}"


def _require_own(integration: Integration, branch: str) -> None:
    name = integration.leads_to(branch)
    if name is not None:
        alone = way_out(branch, name, stands=True)
        raise Rejected(
            f"{is_another_name(branch, name)}; say it of {shown_ref(name)}, or make {branch} a branch of its own: {alone}"
        )


def _require_not_rebased(integration: Integration, branch: str) -> None:
    place = integration.rebased_at(branch)
    if place is not None:
        raise Rejected(
            f"{branch} is being rebased in {place}, and a rebase cannot be finished once its branch was moved; finish "
            "it there (git rebase --continue, or --abort), then say it again"
        )
