"""What kind of end an engine's own words for a trouble stand for. Words of programs, so only the plain ones count."""

import re
from typing import Final

from dispatchd.domain.agent_run import RunOutcome

_NOT_LET_IN: Final = re.compile(
    r"\b40[13]\b|unauthori[sz]ed|authentication|not logged in|invalid api key|api key not", re.IGNORECASE
)
_LIMITED: Final = re.compile(r"\b429\b|rate.?limit|usage limit|too many requests|quota", re.IGNORECASE)
_SERVICE: Final = re.compile(
    r"\b5\d\d\b|overloaded|api error|stream (?:error|disconnected)|timed? ?out|connection|unable to connect",
    re.IGNORECASE,
)


def outcome_of(words: str) -> RunOutcome:
    """How a turn ended that its engine says failed with *words*."""
    if _NOT_LET_IN.search(words):
        return RunOutcome.FAILED_TO_START
    if _LIMITED.search(words):
        return RunOutcome.RATE_LIMITED
    if _SERVICE.search(words):
        return RunOutcome.API_ERROR
    return RunOutcome.AGENT_ERROR
