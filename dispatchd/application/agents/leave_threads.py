"""The thread that asks people for leave: what makes it the only one about a request, and what it says."""

import json
from datetime import datetime
from typing import Final

from dispatchd.application.agents.permitting import shown_path
from dispatchd.application.command_handler import Door
from dispatchd.application.people import agent_actor
from dispatchd.documents.digest import digest
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.permissions import ALLOW_ALWAYS, ALLOW_ONCE, DENY, Leave
from dispatchd.domain.standing_leave import why_only_once
from dispatchd.domain.thread import Thread, ThreadKind, Turn

_MOST_TITLE: Final = 80


def cause_of(issue: EntityId, leave: Leave) -> str:
    """What makes the thread about a request the only one: the same request on the same issue asks once.

    Each part stands apart: a line of the command is no path, and what is said about it is neither.
    """
    is_named = bool(leave.command or leave.paths)
    parts = [leave.tool, leave.command, list(leave.paths), "" if is_named else leave.about]
    return f"permission:{issue}:{digest(json.dumps(parts).encode())[:16]}"


def thread_for_leave(door: Door, run: AgentRun, leave: Leave, at: datetime) -> Thread:
    """The thread that asks people for *leave*, not opened yet."""
    what = leave.what
    lines = [f"May I use {leave.tool}?"]
    if what:
        lines += ["", "```", what, "```"]
    if leave.command and leave.paths:
        lines += ["", "It names these paths:", "", *(f"- `{shown_path(each)}`" for each in leave.paths)]
    if leave.about and leave.about != what:
        lines += ["", leave.about]
    once = why_only_once(leave)
    if once:
        lines += ["", f"It is asked each time, because no rule would allow it: {once}."]
    first = what.strip().partition("\n")[0]
    return Thread(
        id=door.draw(EntityKind.THREAD),
        title=title_of(f"{leave.tool}: {first}" if first else leave.tool),
        created=at,
        kind=ThreadKind.PERMISSION,
        sender=run.agent,
        issue=None if run.is_for_vote else run.issue,
        subject=run.issue if run.is_for_vote else None,
        options=(ALLOW_ONCE, DENY) if once else (ALLOW_ONCE, ALLOW_ALWAYS, DENY),
        cause=cause_of(run.issue, leave),
        leave=leave,
        turns=(Turn(by=agent_actor(run.agent), at=at, text="\n".join(lines)),),
    )


def title_of(text: str) -> str:
    """The first line of *text*, as long as a title may be."""
    first = text.strip().partition("\n")[0] or "A question"
    return first if len(first) <= _MOST_TITLE else f"{first[: _MOST_TITLE - 1]}…"
