"""What is said of work that cannot be merged by its agent's own doing: each is why it came back, and what to do."""

from typing import Final

from dispatchd.application.agents.outside import quoted
from dispatchd.domain.agent_run import Work

_SHOWN: Final = 12


def unrelated(made: Work, into: str) -> tuple[str, str]:
    """Its branch has no commit in common with the one that it is merged into."""
    commit, base = (made.commit or "")[:_SHOWN], made.base
    findings = (
        f"Your branch shares no commit with {into}, so nothing of it can be merged.\n\n"
        f"Bring your work onto the commit at which the issue began: `git branch kept`, "
        f"`git reset --hard {base}`, `git checkout {commit} -- FILES` for each file of yours, commit, and submit again."
    )
    return f"its branch shares no commit with {into}", findings


def empty(made: Work, into: str, refused: str | None) -> tuple[str, str]:
    """Merging it would change nothing. *refused* is what a person said who does not want what it changes, if one did."""
    commit = (made.commit or "")[:_SHOWN]
    findings = (
        f"Merging `{commit}` would change nothing on {into}: its commits are in its history already, but it is not by "
        "work of this issue, or not with what they changed. Where something of yours is missing there although another "
        "branch has merged it, commit it anew on top of what is there; else do what the issue wants, and submit again."
    )
    if refused is not None:
        said = f"\n\n{quoted(refused)}" if refused else ""
        findings += f"\n\nLeave what a person does not want as it is; they said so of this commit.{said}"
    return f"merging it would change nothing on {into}", findings
