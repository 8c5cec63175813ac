"""Answering what a reviewer found: by whoever works in the phase that it went to, or by a person, who waives it."""

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.authority import require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_command import AnswerFinding
from dispatchd.domain.flow_event import FindingAnswered
from dispatchd.domain.flow_rules import standing_flow
from dispatchd.domain.turn_of_phase import require_turn, turn_of


def decide_answer_finding(
    board: Board, command: AnswerFinding, circumstance: Circumstance
) -> tuple[Event, ...]:
    """Say what was done about a finding, or why nothing was; a person waives it."""
    issue, work, flow = standing_flow(board, command.issue)
    finding = next((each for each in flow.findings if each.number == command.number), None)
    if finding is None:
        raise Rejected(f"look at the numbers again; there is no finding {command.number}.", subject=issue.id)
    actor = circumstance.actor
    waived = actor.handle if actor.kind is ActorKind.HUMAN else ""
    if waived:
        require_person(board.rules, actor, "waiving a finding", subject=issue.id)
    if finding.answer == command.answer.strip() or (finding.waived and not waived):
        return ()
    require_turn(issue, flow, turn_of(board, issue, command.run, actor), actor)
    if actor.kind is ActorKind.AGENT and flow.state is not FlowState.WORKING:
        raise Rejected(f'end your turn; "{flow.phase}" has been handed in already.', subject=issue.id)
    if actor.kind is ActorKind.AGENT and (actor.handle != work.agent or finding.to != flow.phase):
        raise Rejected(
            f'leave it to "{finding.to}"; finding {finding.number} is for whoever works there.',
            subject=issue.id,
        )
    if not command.answer.strip():
        raise Rejected("say what you did about it, or why nothing.", subject=issue.id)
    answer = command.answer.strip()
    return (FindingAnswered(issue=issue.id, number=finding.number, answer=answer, waived=waived),)
