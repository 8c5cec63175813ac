"""Whether a turn is the one for what stands. It is begun for one round of one phase, and what is said in it counts there.

Its process may outlive that round, or a person's word that it is to stop: a client tries again, or goes on after it was
told to end. Whatever it says then is refused, unless it has been done already.
"""

from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent_run import AgentRun, RunId, RunOutcome
from dispatchd.domain.board import Board
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import Flow, PhaseRound
from dispatchd.domain.issue import Issue

_STOPPED_BY_PEOPLE: Final = frozenset({RunOutcome.CANCELLED, RunOutcome.INTERRUPTED})
"""How turns end that people stop. One that is stopped for its silence, its length or its cost may hand in what it has."""


def turn_of(board: Board, issue: Issue, run_id: RunId | None, actor: Actor) -> AgentRun | None:
    """The turn on *issue* that *actor* speaks in; None for people, and where it is no turn of theirs."""
    run = board.run(run_id) if run_id is not None and actor.kind is ActorKind.AGENT else None
    return run if run is not None and (run.issue, run.agent) == (issue.id, actor.handle) else None


def require_turn(issue: Issue, flow: Flow | None, run: AgentRun | None, actor: Actor) -> None:
    """Refuse what an agent says in any turn but the one for where *flow* stands; None: *issue* is in no phase."""
    if actor.kind is not ActorKind.AGENT:
        return
    if run is None or not run.is_live:
        raise Rejected(f"end your turn; it is none of {actor.handle}'s on {issue.id}.", subject=issue.id)
    if flow is None:
        _require_no_phase(issue, run)
    elif run.number <= flow.turns or run.into not in {None, flow.now}:
        raise Rejected(f"end your turn; {_was_for(run, flow.now)}.", subject=issue.id)


STOPPED: Final = "end your turn, which was stopped: "
_LATER: Final = ". What you have committed stays on its branch; hand it in when you are asked to go on."
"""What stands around why a turn was stopped where its agent is told."""
_REFUSED: Final = "Refused: "
"""Before a refusal that the player of a script repeats."""


def for_people(said: str) -> str:
    """*said*, what a turn said last, for people: of our words to its agent that it was stopped, only why."""
    why = said.removeprefix(_REFUSED)
    return why.removeprefix(STOPPED).removesuffix(_LATER) if why.startswith(STOPPED) else said


def why_stopped(board: Board, run: AgentRun) -> str:
    """Why nothing more is taken from a turn that people have stopped, as a clause; empty where nobody has.

    That its agent rests, or all work, counts from when it was said: the process is told a moment later.
    """
    known = board.run(run.id) or run
    agent = board.agent(run.agent)
    if agent is not None and agent.paused:
        return f"{agent.name} is paused"
    brake = why_nothing_starts(board)
    if brake or known.stopping not in _STOPPED_BY_PEOPLE:
        return brake
    return "it was told to stop"


def require_unstopped(board: Board, issue: Issue, run: AgentRun | None) -> None:
    """Refuse what leads to a merge from a turn that people have stopped. Nothing of it is lost: the work goes on later."""
    why = why_stopped(board, run) if run is not None else ""
    if why:
        raise Rejected(
            f"{STOPPED}{why}{_LATER}",
            subject=issue.id,
        )


def _require_no_phase(issue: Issue, run: AgentRun) -> None:
    if run.into is not None:
        raise Rejected(f"end your turn; {_was_for(run, None)}.", subject=issue.id)
    if issue.workflow is not None:
        raise Rejected(
            f'end your turn; {issue.id} goes through the workflow "{issue.workflow}" by now, and your turn is not for it.',
            subject=issue.id,
        )


def _was_for(run: AgentRun, now: PhaseRound | None) -> str:
    place = run.into
    if place is None:
        return "it was not for what is to be done now"
    if now is not None and (place.workflow, place.phase) == (now.workflow, now.phase):
        return f'it was for round {place.round} of "{place.phase}", which is over'
    return f'it was for "{place.phase}", which is over'
