"""Gates that ask somebody who cannot answer: the gate before stays in force, and the other stages go on.

Whether somebody can answer is the rules' to say (`domain/approvers`). A stage that is new has no gate before, so the
rules refuse the whole change then: a stage must not open because its gate was left out.
"""

from collections.abc import Sequence
from dataclasses import replace

from dispatchd.domain.approvers import approver_problem
from dispatchd.domain.board import Board
from dispatchd.domain.epic import Epic, StagePlan
from dispatchd.reconcile.epic_intents import Planned


def gates_in_force(board: Board, epic: Epic, plans: Sequence[StagePlan]) -> Planned:
    """*plans* with the gates that may come into force, and what is wrong with the others."""
    stages: list[StagePlan] = []
    in_vain: dict[str, str] = {}
    for plan in plans:
        old = epic.stage(plan.name)
        problem = approver_problem(board, plan) if old and old.plan.gate != plan.gate else ""
        if old is None or not problem:
            stages.append(plan)
            continue
        in_vain[plan.name] = problem
        stages.append(replace(old.plan, wanted=plan.wanted, unticked=plan.unticked))
    return Planned(tuple(stages), in_vain)
