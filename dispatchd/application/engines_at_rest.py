"""Which engines begin nothing just now, as looks know it: by the notes that whoever starts turns leaves.

`starters_of` says of an issue that is next why nobody begins it all the same. It asks the cards and these notes alone,
because the status screen shows many issues and is to come at once; `why` has the whole answer.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from dispatchd.domain.agent import is_free

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import AgentRow, IssueRow

MISSING: Final = "engine.missing."
"""Begins the note of an engine whose program is not there: the program, a blank, and the issue whose turn found that."""
ASKED: Final = "circuit.asked."
"""Begins the note of an engine that rests after crashes: the thread about it, a blank, and until when."""
AGAIN_AT: Final = "circuit.again."
"""Begins the note of an engine that rested: when a person said that it is to be tried again, or its rest was over."""
AGAIN: Final = "Try again now"
WAIT: Final = "Wait"
_AGENT: Final = "agent:"
"""Stands in it before the name of an agent that rests alone, in the place of an engine's."""
MONEY_SPENT: Final = "money.spent"
"""The note that the day's money is spent."""
_CODER: Final = "coder"


def own_rest(agent: str) -> str:
    """How the rest of *agent* alone is called, beside those of engines."""
    return f"{_AGENT}{agent}"


def account_of(engine: str) -> str:
    """How the rest of *engine* is called for which its account is at its limit."""
    return f"account:{engine}"


def agent_at_rest(who: str) -> str | None:
    """The agent whose rest is called *who*; None where that is an engine's."""
    return who.removeprefix(_AGENT) if who.startswith(_AGENT) else None


def parts_of_missing(note: str) -> tuple[str, str]:
    """The program that a note says is missing, and the issue whose turn found that; empty where it was no issue's."""
    program, blank, issue = note.rpartition(" ")
    return (program, issue) if blank else (issue, "")


def why_at_rest(note: Callable[[str], str | None], engine: str) -> str:
    """Why *engine* begins nothing, in a few words; empty where nothing is known against it."""
    missing = note(MISSING + engine)
    if missing is not None:
        return f"{parts_of_missing(missing)[0]} is not installed"
    if note(ASKED + engine) is not None:
        return f"{engine} rests"
    if note(ASKED + account_of(engine)) is not None:
        return f"the account of {engine} is at its limit"
    return "the day's money is spent" if not is_free(engine) and note(MONEY_SPENT) is not None else ""


def why_agent_rests(note: Callable[[str], str | None], agent: "AgentRow") -> str:
    """Why *agent* begins nothing, in a few words; empty where nothing is known against it or its engine."""
    alone = f"{agent.name} rests" if note(ASKED + own_rest(agent.name)) is not None else ""
    return why_at_rest(note, agent.engine) or alone


def starters_of(model: "ReadModel") -> "Callable[[IssueRow], str]":
    """Says of an issue that could begin why no agent begins it, in a few words; empty where one may, or no agents are."""
    agents = [each for each in model.agents() if not each.removed]
    resting = {each.name: why_agent_rests(model.note, each) for each in agents}

    def why(row: "IssueRow") -> str:
        if row.assignee is not None:
            named = next((each for each in agents if each.name == row.assignee), None)
            return _why_not(named, resting) if named is not None else ""
        if row.workflow is not None or not agents:
            return ""  # its phase says which role it asks for
        role = row.role or _CODER
        of_role = [_why_not(each, resting) for each in agents if each.role == role]
        awake = [each for each in of_role if each != _PAUSED]
        if not of_role:
            return f"there is no {role}"
        if not awake:
            return f"every {role} is paused"
        return min(awake, key=bool)

    return why


_PAUSED: Final = "paused"


def _why_not(agent: "AgentRow", resting: dict[str, str]) -> str:
    return _PAUSED if agent.paused else resting[agent.name]
