"""Agents' turns and what became of their work, each in one line of plain words."""

from typing import Final, assert_never

from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome
from dispatchd.domain.board import Board
from dispatchd.domain.flow_event import FlowEvent
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_event import (
    BranchNoted,
    RunEnded,
    RunEvent,
    RunStarted,
    RunStopAsked,
    WorkBegun,
    WorkBounced,
    WorkHeld,
    WorkMerged,
    WorkSubmitted,
)
from dispatchd.domain.telling_flow import told_of_flow
from dispatchd.domain.turn_of_phase import for_people
from dispatchd.domain.wording import in_words, times_of

_SHOWN: Final = 8
_BECAUSE: Final = {
    Occasion.BEGIN: "",
    Occasion.ANSWER: ", with the answer",
    Occasion.MESSAGE: ", with a message",
    Occasion.BOUNCE: ", because it came back",
    Occasion.GO_ON: ", to go on",
    Occasion.RETRY: ", again",
    Occasion.QUESTION: "",
    Occasion.VOTE: "",
}


def told_of_runs(event: RunEvent, board: Board) -> str:
    """What was done, without who did it."""
    if isinstance(event, FlowEvent):
        return told_of_flow(event, _called(board, event.issue))
    match event:
        case WorkBegun(issue=issue, agent=agent, branch=branch):
            return f"gives {agent} the branch {branch} for {_called(board, issue)}"
        case RunStarted(run=run):
            return (
                f"{_begins(run)} {_called(board, run.issue)} ({run.id}{_BECAUSE[run.occasion]}{_loose(run)})"
            )
        case RunStopAsked(issue=issue, run=run_id):
            return f"stops the turn {run_id} on {_called(board, issue)}"
        case RunEnded(run=run_id, agent=agent, outcome=outcome, said=said, trouble=trouble):
            how = "" if outcome is RunOutcome.OK else f": {in_words(outcome)}"
            why = f" ({for_people(said)})" if said and outcome is not RunOutcome.OK else ""
            return f"sees {agent}'s turn {run_id} end{how}{why}{f'; {trouble}' if trouble else ''}"
        case _:
            return _told_of_work(event, board)


def _told_of_work(
    event: WorkSubmitted | WorkBounced | WorkHeld | WorkMerged | BranchNoted, board: Board
) -> str:
    match event:
        case WorkSubmitted(issue=issue, commit=commit, summary=summary):
            said = f": {summary}" if summary else ""
            return f"submits {commit[:_SHOWN]} for {_called(board, issue)}{said}"
        case WorkBounced(issue=issue, why=why, number=number, most=most):
            return f"sends {_called(board, issue)} back ({times_of(number, most)}): {why}"
        case WorkHeld(issue=issue, held=held):
            about = f"the work on {_called(board, issue)}"
            return f"holds {about}" if held else f"lets {about} go on"
        case BranchNoted(issue=issue, told=told):
            return f"notes of {_called(board, issue)} that {told}"
        case WorkMerged(issue=issue, commit=commit, into=into):
            return f"merges {_called(board, issue)} into {into} as {commit[:_SHOWN]}"
        case _:
            assert_never(event)


def _begins(run: AgentRun) -> str:
    if run.works:
        return f"starts {run.agent} on"
    return f"asks {run.agent} for its vote on" if run.is_for_vote else f"asks {run.agent} in a turn:"


def _loose(run: AgentRun) -> str:
    return "" if run.contained else ", uncontained"


def _called(board: Board, issue_id: EntityId) -> str:
    about = board.issue(issue_id) or board.proposal(issue_id) or board.thread(issue_id)
    return f"{issue_id} ({about.title})" if about else issue_id
