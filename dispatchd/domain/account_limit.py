"""Until when an account is taken to be at its limit after a turn that met that.

What an engine says of it is read from what its process printed, and whatever runs beside that can print there too. So
it is believed within bounds: nobody stops an engine for longer than a limit of a week may last.
"""

from datetime import datetime, timedelta
from typing import Final

from dispatchd.domain.agent_run import AgentRun

LONGEST_BELIEVED: Final = timedelta(days=8)
"""Limits of a week are the longest that there are, and clocks differ."""
UNBELIEVED: Final = timedelta(hours=1)
"""How long to wait where a later moment was told."""
UNTOLD: Final = timedelta(minutes=5)
"""How long to wait where no moment was told, or one that was over already."""


def limit_ends(run: AgentRun) -> datetime:
    """When to try again on the account of *run*, a turn that met its limit."""
    ended = run.ended or run.started
    if run.resets_at is None or run.resets_at <= ended:
        return ended + UNTOLD
    return run.resets_at if run.resets_at - ended <= LONGEST_BELIEVED else ended + UNBELIEVED
