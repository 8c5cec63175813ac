"""Leave for an agent to use a tool: what is asked, and what people may say to it. Which rule answers, `policy` says."""

from typing import Final

from dispatchd.domain.agent_run import RunId
from dispatchd.domain.dataclass import dataclass

ALLOW_ONCE: Final = "Allow once"
ALLOW_ALWAYS: Final = "Always allow"
DENY: Final = "Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What an agent asks leave for. `command` where it is one of the shell; `paths` where it is about files."""

    tool: str
    command: str = ""
    paths: tuple[str, ...] = ()
    about: str = ""

    @property
    def what(self) -> str:
        """What it is about, in the words of whoever asks."""
        return self.command or ", ".join(self.paths) or self.about


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveUse:
    """The turn that made use of leave, and its request: the same one, read again, is the same use."""

    run: RunId
    request: str
