"""The brake: while it is on, nothing starts. What people do goes on working, and so does finishing what has begun.

Anybody may pull it, also somebody who is not in `[people]`: standing still too long harms less than going on. Only
people let it go. Whether one issue may begin is asked in `starting`.
"""

from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.authority import require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import Event
from dispatchd.domain.pause import Pause
from dispatchd.domain.steering_command import PauseWork, ResumeWork
from dispatchd.domain.steering_event import BrakeEvent, WorkPaused, WorkResumed
from dispatchd.domain.wording import one_line

LONGEST_REASON: Final = 300


def decide_pause(board: Board, command: PauseWork, _circumstance: Circumstance) -> tuple[Event, ...]:
    """Stop; where it stands still already, take another reason, if one is given."""
    reason = one_line(command.reason)[:LONGEST_REASON]
    standing = board.pause
    if standing is not None and reason in ("", standing.reason):
        return ()
    return (WorkPaused(reason=reason),)


def decide_resume(board: Board, _command: ResumeWork, circumstance: Circumstance) -> tuple[Event, ...]:
    """Go on, which is for people to say; the daemon notes it where the file is found gone."""
    if board.pause is None:
        return ()
    if circumstance.actor.kind is not ActorKind.DAEMON:
        require_person(board.rules, circumstance.actor, "letting the brake go")
    return (WorkResumed(),)


def pause_after(standing: Pause | None, event: BrakeEvent, circumstance: Circumstance) -> Pause | None:
    """What *event* makes of the brake: it is pulled by whoever pulled it first."""
    if isinstance(event, WorkResumed):
        return None
    if standing is not None:
        return Pause(by=standing.by, since=standing.since, reason=event.reason)
    return Pause(by=circumstance.actor, since=circumstance.at, reason=event.reason)


def why_nothing_starts(board: Board) -> str:
    """Who has stopped everything, since when and why, in a clause; empty where nobody has."""
    pause = board.pause
    if pause is None:
        return ""
    reason = f": {pause.reason}" if pause.reason else ""
    return f"{pause.by.name} has paused all work since {pause.since:%Y-%m-%d %H:%M}Z{reason}"
