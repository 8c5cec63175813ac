"""Moving a branch of the user's forward to what agents have made: only when a person says so, and only forward."""

from dispatchd.application.ports.integration import Integration
from dispatchd.domain.errors import Rejected

_SHOWN = 8


def hand_over(integration: Integration, source: str, branch: str) -> str:
    """Move *branch* to the head of *source*; what was done, in a sentence. Raises Rejected."""
    place = integration.checked_out_at(branch)
    if place is not None:
        raise Rejected(
            f"{branch} is checked out in {place}, and nobody's checkout is touched; there run: "
            f"git merge --ff-only {source}"
        )
    if not integration.exists(source):
        raise Rejected(f"there is no branch {source} yet: nothing has been merged")
    if not integration.exists(branch):
        raise Rejected(
            f"there is no branch {branch}; make it where you want it: git branch {branch} {source}"
        )
    target = integration.head(source, start="")
    before = integration.head(branch, start="")
    if before == target:
        return f"{branch} has everything already"
    if not integration.is_ancestor(before, target):
        raise Rejected(
            f"{branch} has commits that {source} has not, so it cannot be moved forward; merge it yourself: "
            f"git checkout {branch} && git merge {source}"
        )
    if not integration.move(branch, to=target, expected=before):
        raise Rejected(f"{branch} moved just now; say it again")
    return f"{branch} moved forward to {target[:_SHOWN]}, from {before[:_SHOWN]}"
