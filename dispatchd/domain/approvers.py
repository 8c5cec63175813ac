"""Whether those whom a gate names can answer it, in words for whoever wrote the gate."""

from dispatchd.domain.board import Board
from dispatchd.domain.epic import StagePlan
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.wording import listed


def approvers_cause(epic_id: EntityId) -> str:
    """What makes the trouble with an epic's approvers one trouble."""
    return f"approvers:{epic_id}"


def approver_problem(board: Board, plan: StagePlan) -> str:
    """What is wrong with the first approver who is no person; empty if all can answer."""
    people = board.rules.people
    known = {each.casefold() for each in people}
    for handle in plan.gate.approvers if plan.gate else ():
        agent = board.agent(handle)
        if handle.casefold() in known or (not people and agent is None):
            continue
        who = f"{handle} is an agent, and a gate is for people" if agent else f'nobody is called "{handle}"'
        somebody = listed(f"@{each}" for each in people) if people else "a person"
        return f'{somebody} can approve the gate of "{plan.name}"; {who}.'
    return ""
