"""What agents do, for looks: the issues an agent is busy with, and what its work waits for while no turn of it runs."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from dispatchd.application.engines_at_rest import why_agent_rests
from dispatchd.application.ports.read_rows import IssueFilter

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import AgentRow, WorkRow

STOPPING: Final = "stopping"
_HOLDS_UP: Final = ("question", "permission", "escalation")
UNDER_REVIEW: Final = ("awaiting_review", "in_review")
"""The states in which what was submitted for an issue is merged."""
_IN_HAND: Final = ("in_progress", *UNDER_REVIEW, "blocked")


class Doing(NamedTuple):
    """What one agent does: the `issues` in its hands, and its `state` in words."""

    issues: tuple[str, ...]
    state: str


def doings(model: "ReadModel", agents: "Collection[AgentRow]") -> dict[str, Doing]:
    """What each of *agents* does, by name."""
    asked = issues_asked_about(model)
    in_hand = {row.id: row.status for row in model.issues(IssueFilter(status=_IN_HAND))}
    works = [work for work in model.works() if work.issue in in_hand]
    return {
        row.name: _doing(
            row,
            [work for work in works if work.agent == row.name],
            in_hand,
            asked,
            why_agent_rests(model.note, row),
        )
        for row in agents
    }


def _doing(
    row: "AgentRow",
    works: "Collection[WorkRow]",
    states: "Mapping[str, str]",
    asked: Collection[str | None],
    rests: str,
) -> Doing:
    """A turn that runs says more than a work that waits; who has neither is free, unless it *rests* for a reason. *states*
    are those of issues, by id.
    """
    waits = [work for work in works if work.issue not in row.working_on]
    if row.working_on:
        said = [_at_work(row)]
    else:
        said = list(dict.fromkeys(at_rest(work, states[work.issue], asked, rests) for work in waits)) or (
            [] if row.paused or not row.engine else [rests or "free"]
        )
    marks = (
        ["paused"] * row.paused
        + ["no engine that is known"] * (not row.engine)
        + ["uncontained"] * row.uncontained
    )
    return Doing((*row.working_on, *(work.issue for work in waits)), ", ".join((*marks, *said)))


def _at_work(row: "AgentRow") -> str:
    """What an agent does in its turn; one that is to rest is told to end it, a moment later at the most."""
    if row.stopping or row.paused:
        return STOPPING
    return "asked for its vote" if is_vote(row.working_on[0]) else "at work"


def is_vote(about: str) -> bool:
    """Whether a turn about *about* is for a vote: then it is a proposal's id."""
    return about.startswith("p-")


def issues_asked_about(model: "ReadModel") -> frozenset[str | None]:
    """The issues whose work stands still until an open thread is answered."""
    return frozenset(thread.issue for thread in model.threads(("open",)) if thread.kind in _HOLDS_UP)


def why_held(work: "WorkRow | None") -> str:
    """That people hold the work, and how it goes on; empty where nobody does. `why` says the same by the same mark."""
    return f"held; to go on: dispatchd agent start {work.issue}" if work is not None and work.held else ""


def at_rest(work: "WorkRow", state: str, asked: Collection[str | None], why_not: str = "") -> str:
    """What work waits for on which no turn runs, and whose issue is in *state*; *why_not* says why its agent begins none,
    if that is known.
    """
    held = why_held(work)
    if held:
        return held
    if work.phase == "submitted":
        return "waits to be merged" if state in UNDER_REVIEW else "taken out of the merge queue"
    if work.issue in asked:
        return "waits for an answer"
    stands = f"came back ({work.bounces})" if work.phase == "bounced" else "between turns"
    return f"{stands}; {why_not}" if why_not else stands
