"""Bringing what people have committed on a branch of theirs to where agents begin: only when a person says so.

It is merged like agents' work: as objects, without a checkout, with the integration branch as the first parent, so that
the merges which were made here stay in the line of those, and the branch moves only from the head that was checked.
"""

from collections.abc import Callable
from typing import Final

from dispatchd.application.agents.checked_out import why_merging_waits
from dispatchd.application.ports.integration import CheckResult, Integration, Joined
from dispatchd.documents.config_values import Config
from dispatchd.documents.named_checks import why_none_is_merged
from dispatchd.documents.shown_text import legible
from dispatchd.domain.errors import Rejected
from dispatchd.domain.wording import listed

_SHOWN: Final = 8
_MOST_NAMED: Final = 5
_OF_AGENTS: Final = "dispatchd/"
RunCheck = Callable[[str, str, str, float], CheckResult]
"""Runs on a commit, called by a name, a command, so many seconds at most."""


def bring_branch(integration: Integration, config: Config, branch: str, check: RunCheck) -> str:
    """Merge *branch* into the integration branch, if the checks pass on the result; what was done, in a sentence.

    Raises Rejected where nothing was moved.
    """
    into = config.agents.into
    _require_branches(integration, into, branch)
    if integration.is_ancestor(f"refs/heads/{branch}", f"refs/heads/{into}"):
        return f"{into} has everything of {branch} already"
    slip = why_none_is_merged(config)
    waits = slip or why_merging_waits(integration, into)
    if waits:
        raise Rejected(waits)
    head = integration.head(branch, start="")
    said = f"Merge {legible(branch)}\n\nBrought in by: dispatchd merge from {legible(branch)}\n"
    joined = integration.join(into, head, said)
    commit = _require_joined(joined, into, branch)
    for name in config.agents.checks:
        within = config.agents.check_within.total_seconds()
        _require_green(name, check(commit, f"{head}-{name}", config.commands[name], within))
    if not integration.move(into, to=commit, expected=joined.onto):
        raise Rejected(f"{into} moved just now; say it again")
    return (
        f"{into} has what is on {branch} ({commit[:_SHOWN]}); agents that begin from now on see it. "
        f"To take what agents made as well: dispatchd merge --into {branch}"
    )


def _require_branches(integration: Integration, into: str, branch: str) -> None:
    if branch == into or branch.startswith(_OF_AGENTS):
        raise Rejected(
            f"name a branch of yours; {branch} is where agents' work is, and it is merged when they submit"
        )
    if not integration.exists(branch):
        raise Rejected(f"there is no branch {branch}")
    if not integration.exists(into):
        raise Rejected(
            f"there is no branch {into} yet: agents begin at what your worktree has checked out, or at `base`"
        )


def _require_joined(joined: Joined, into: str, branch: str) -> str:
    if joined.unrelated:
        raise Rejected(f"{branch} and {into} have no commit in common, and there is nothing to merge by")
    if joined.commit is None:
        more = len(joined.conflicts) - _MOST_NAMED
        named = [*joined.conflicts[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])]
        raise Rejected(
            f"{branch} and {into} conflict in {listed(named, 'and')}; nothing was moved. Mend it on your branch: "
            f"git checkout {branch} && git merge {into}; then say it again"
        )
    return joined.commit


def _require_green(name: str, result: CheckResult) -> None:
    if result.exit_code == 0:
        return
    how = "took too long" if result.exit_code is None else f"failed ({result.exit_code})"
    raise Rejected(
        f"{name} {how} on the merge, and nothing was moved; mend it on your branch, then say it again:\n\n"
        f"{result.tail.strip()}"
    )
