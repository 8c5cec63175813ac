"""What `status` says about other clones: who decides, what waits for it, and what is in the way of sharing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dispatchd.application.clone_status import is_nobody, those_of
from dispatchd.cli.terminal import visible
from dispatchd.cli.times import clock

if TYPE_CHECKING:
    from dispatchd.application.clone_status import CloneStatus


def clone_lines(status: "CloneStatus", *, is_running: bool) -> Iterator[str]:
    """A line for each thing worth saying; none where this clone decides and all is well."""
    if not status.is_home:
        yield _about_home(status)
    if status.trouble:
        yield visible(f"Not shared since {clock(status.since)}: {status.words}.")
    if status.behind:
        yield f"{_commits(status.behind)} of others came and wait until git has finished in .dispatch."
    if not status.is_home and not is_running:
        yield "No daemon runs: what you save is not committed, and nothing is fetched. dispatchd up"


def _about_home(status: "CloneStatus") -> str:
    if is_nobody(status.home):
        return visible(
            f"Nobody decides: {those_of(status.home)} did at the same time. Run dispatchd home --here in the one that shall."
        )
    seen = (
        f"its last commit is of {clock(status.home_seen)}"
        if status.home_seen
        else "it has committed nothing yet"
    )
    waits = "nothing waits for it" if not status.uncommitted else ""
    if status.unanswered:
        verb = "waits" if status.unanswered == 1 else "wait"
        waits = f"{_commits(status.unanswered)} {verb} for it"
    saved = "what was saved last is not committed yet" if status.uncommitted else ""
    return visible(f"{status.home} decides; {', '.join(filter(None, (seen, waits, saved)))}.")


def _commits(count: int) -> str:
    return "1 commit" if count == 1 else f"{count} commits"
