"""What keeps an agent from beginning a turn that the rules would allow: no cell that holds, or no money left.

An agent that nothing contains could tick a person's box in a file, and nobody could tell. So none is started then.
"""

from datetime import datetime
from typing import Final

from dispatchd.application.agents.money import why_no_money
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.agent import Agent
from dispatchd.domain.issue import Issue

NO_CELL: Final = "agents.no_cell"
"""The note that says why agents cannot be kept in their cells on this machine; it is set when the daemon has tried."""


def why_held_back(
    work: UnitOfWork, budget: BudgetSettings, issue: Issue, agent: Agent, at: datetime
) -> str | None:
    """Why *agent* begins no turn on *issue* at *at*; None where it may."""
    no_cell = work.note(NO_CELL)
    if no_cell:
        return f"agents run in cells only, and none holds here: {no_cell}"
    return why_no_money(work, budget, issue, agent, at)
