"""What an agent does, as its engine's lines tell it, in words that all engines share."""

from datetime import datetime

from dispatchd.domain.agent_run import RunOutcome, Spent
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStarted:
    """The engine's name for the conversation, by which it is resumed."""

    session: str
    model: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Text meant for people."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled:
    """`call` is the engine's id of the call; `about` says what it does in a line: the command, the file."""

    call: str
    tool: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReturned:
    call: str
    failed: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionAsked:
    """The agent waits for leave to use a tool. `request` is what the answer must name."""

    request: str
    tool: str
    about: str = ""
    command: str = ""
    """The shell command, where it is one."""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAsked:
    """The agent asks by its engine's own means, and its process waits for the answer."""

    request: str
    text: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Tokens and money. `total`: since the session began, not since the last such line."""

    spent: Spent
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimited:
    """The account takes no more until it resets. `resets_at` where the engine says when."""

    text: str = ""
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded:
    """The agent is through with its turn; its process may still live. `said` are its last words, or the error."""

    outcome: RunOutcome
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A line that is not in the engine's language at all; `beginning` of it, at most 200 characters."""

    beginning: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A line in the engine's language that says nothing known here."""

    name: str


AgentEvent = (
    SessionStarted
    | Said
    | Thought
    | ToolCalled
    | ToolReturned
    | PermissionAsked
    | QuestionAsked
    | Used
    | RateLimited
    | TurnEnded
    | Malformed
    | Unknown
)
