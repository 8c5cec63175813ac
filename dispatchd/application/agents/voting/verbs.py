"""What an agent's word means in a turn for a vote: that of its seat on its proposal, whatever else it names."""

from collections.abc import Mapping
from typing import Any

from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.errors import Rejected


def vote_of_turn(run: AgentRun, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The vote as the door takes it: the proposal and the seat are the turn's. Raises Rejected."""
    named = str(said.get("proposal") or run.issue).strip().casefold()
    if named != run.issue:
        raise Rejected(f"vote on {run.issue}; this turn is for that, and {named} is asked about in its own")
    reason = str(said.get("reason") or "").strip()
    if not reason:
        raise Rejected("say why as well, in a sentence; a vote that is asked for has a reason")
    return {"proposal": run.issue, "choice": said.get("choice"), "reason": reason, "seat": run.seat}
