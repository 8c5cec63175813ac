"""Leave to merge work that changes protected paths: asked of people in a thread, for one commit and the paths it names.

A label is anybody's to set, so none is leave. What was allowed is allowed for that commit alone: work that is handed in
anew is asked about anew.
"""

import json
from collections.abc import Sequence
from enum import Enum
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, close, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.digest import digest
from dispatchd.domain.agent_run import Work
from dispatchd.domain.due_turns import PROTECTED
from dispatchd.domain.glob import fits
from dispatchd.domain.issue import Issue
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

ALLOW: Final = "Merge it with them"
TAKE_BACK: Final = "Have them taken back"
_OURS: Final = "/.dispatch/*"


class Leave(Enum):
    """What people say of the protected paths that a piece of work changes."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    ASKED = "asked"


def protected_among(paths: Sequence[str], patterns: Sequence[str]) -> tuple[str, ...]:
    """Those of *paths* that agents' work may not change.

    A pattern is meant in every folder, because programs read their settings in any; one that begins with `/` at the top
    alone. Case is none, as on file systems that have none. One for what is in a folder (`.claude/*`, `.claude/`) is for
    the folder too: a link in its place brings another one's files.
    """
    meant = [wording for each in (_OURS, *patterns) for wording in _wordings(each.casefold())]
    return tuple(path for path in paths if any(_is_meant(path.casefold(), each) for each in meant))


def _wordings(pattern: str) -> tuple[str, ...]:
    folder = pattern.removesuffix("*")
    return (f"{folder}*", folder[:-1]) if folder.endswith("/") else (pattern,)


def _is_meant(path: str, pattern: str) -> bool:
    if pattern.startswith("/"):
        return fits(path, pattern[1:])
    names = path.split("/")
    return any(fits("/".join(names[start:]), pattern) for start in range(len(names)))


def waits_for_leave(work: UnitOfWork, made: Work) -> bool:
    """Whether people are asked about the commit that was handed in, and have not answered."""
    return bool(threads_for_leave(work, made))


def threads_for_leave(work: UnitOfWork, made: Work) -> Sequence[Thread]:
    """The open threads that ask people about the commit that was handed in."""
    about = _about(made)
    return [
        each
        for each in work.threads_of(made.issue)
        if each.cause.startswith(about) and each.status is ThreadStatus.OPEN
    ]


async def leave_for(desk: Desk, issue: Issue, made: Work, paths: Sequence[str]) -> tuple[Leave, str]:
    """What was said of these *paths* at this commit, with the words to it; if nothing was, people are asked."""
    named = json.dumps(sorted(paths))
    cause = f"{_about(made)}{digest(named.encode())[:16]}"
    answer = await desk.session.ports.store.transact(lambda work: _answered(work, made, cause))
    if answer is not None:
        said = answer.turns[-1].text.removeprefix(answer.chosen or "").strip()
        return (Leave.ALLOWED if answer.chosen == ALLOW else Leave.REFUSED), said
    at = desk.session.ports.clock.now()

    def ask(door: Door) -> Plan:
        for each in door.work.threads_of(issue.id):
            if each.cause.startswith(PROTECTED) and each.cause != cause:
                close(door, each.cause, at)
        open_once(door, _notice(issue, made, paths, cause), at)
        return Plan(commands=[], subject=issue.id)

    await desk.plan(ask)
    return Leave.ASKED, ""


def refusal(work: UnitOfWork, made: Work) -> str | None:
    """What people said who do not want what the commit that was handed in changes; None where nobody said so."""
    for each in reversed(list(work.threads_of(made.issue))):
        if each.cause.startswith(_about(made)) and each.chosen == TAKE_BACK:
            return each.turns[-1].text.removeprefix(TAKE_BACK).strip()
    return None


def _answered(work: UnitOfWork, made: Work, cause: str) -> Thread | None:
    threads = (each for each in reversed(list(work.threads_of(made.issue))) if each.cause == cause)
    return next((each for each in threads if each.status is ThreadStatus.ANSWERED), None)


def _about(made: Work) -> str:
    return f"{PROTECTED}{made.issue}:{made.commit}:"


def shown_path(path: str) -> str:
    """*path* as it is told: what would end its line or its quotation is spelled, so that no other path can be read."""
    return path if path.isprintable() and "`" not in path else json.dumps(path).replace("`", "\\u0060")


def _notice(issue: Issue, made: Work, paths: Sequence[str], cause: str) -> Notice:
    listed = "\n".join(f"- `{shown_path(path)}`" for path in paths)
    commit = made.commit or ""
    return Notice(
        cause=cause,
        title=f"{issue.title}: may protected paths be changed?",
        text=f"The work of {made.agent} on {issue.id} changes paths that agents' work may not change:\n\n{listed}\n\n"
        f"`git diff {made.base[:12]} {commit[:12]}` shows it. *{ALLOW}* lets this commit be merged, and no other. "
        f"*{TAKE_BACK}* gives it back to the agent, with what you write below.",
        kind=ThreadKind.ESCALATION,
        subject=issue.id,
        options=(ALLOW, TAKE_BACK),
        accepts_text=True,
    )
