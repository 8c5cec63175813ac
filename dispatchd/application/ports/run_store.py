"""What the database keeps of agents' turns: the runs, the work on each issue, and how far each transcript was read.

Runs and works follow from events and are made again when the database is. Progress is of this machine alone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from dispatchd.domain.agent_run import NOTHING_SPENT, AgentRun, RunId, RunOutcome, Spent, Work, WorkPhase
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, EntityId
from dispatchd.domain.issue import IssueStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the agent itself ended its turn, as its engine reported it."""

    outcome: RunOutcome
    said: str = ""
    resets_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A request of the agent's engine, the thread that asks people about it, and since when."""

    request: str
    thread: EntityId
    since: datetime
    use: str = ""
    """What tells it from every other request of the turn, whatever the engine calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """`offset` bytes of the transcript have been read and acted on; `decoder` is the engine's memory between
    lines, as JSON.

    `queued` counts the lines ever put down for the agent to read; each has its number, so that none is given twice.
    """

    run: RunId
    offset: int = 0
    decoder: str = ""
    queued: int = 0
    session: str | None = None
    spent: Spent = NOTHING_SPENT
    said: str = ""
    verdict: Verdict | None = None
    in_tools: tuple[str, ...] = ()
    """Tool calls that have not returned."""
    skipping: bool = False
    """It is in the middle of a line too long to be one."""
    note: str = ""
    """What it does now, in a few words."""
    prompt: DocumentDigest | None = None
    """What it is given to begin with: written down in the same moment in which the turn was begun."""
    asked: tuple[Pending, ...] = ()
    """What it waits for an answer to, its process standing still meanwhile."""
    requests: int = 0
    """How many requests for leave were read so far."""
    ruled: tuple[str, ...] = ()
    """What rules have answered in it, so that the log tells each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedLine:
    """A line that the agent is still to be given."""

    run: RunId
    number: int
    line: bytes


class RunStore(Protocol):
    """Reads see the writes before them in the same unit of work."""

    def get(self, run_id: RunId) -> AgentRun | None: ...

    def live(self) -> Sequence[AgentRun]:
        """The turns that have not ended, oldest first."""
        ...

    def of_issue(self, issue_id: EntityId) -> Sequence[AgentRun]:
        """Every turn about the issue, oldest first."""
        ...

    def last_of_agent(self, agent: str, most: int) -> Sequence[AgentRun]:
        """The agent's newest turns, newest first, *most* of them."""
        ...

    def ended_since(self, since: datetime) -> Sequence[AgentRun]:
        """The turns that ended at or after *since*, oldest first."""
        ...

    def newest_ended(self, most: int) -> Sequence[AgentRun]:
        """The turns that ended last, newest first."""
        ...

    def spent_since(self, since: datetime) -> Spent:
        """What the turns that ended at or after *since* have used together."""
        ...

    def save(self, run: AgentRun) -> None: ...

    def work(self, issue_id: EntityId) -> Work | None: ...

    def works(self, phases: Iterable[WorkPhase]) -> Sequence[Work]:
        """The works in any of *phases*, by issue."""
        ...

    def works_of_issues_in(self, status: IssueStatus, phases: Iterable[WorkPhase]) -> Sequence[Work]:
        """The works in any of *phases* whose issue stands in *status*, by issue."""
        ...

    def save_work(self, work: Work) -> None: ...

    def progress(self, run_id: RunId) -> RunProgress:
        """How far it was read; the beginning for a run that has not been read."""
        ...

    def save_progress(self, progress: RunProgress) -> None: ...

    def owe(self, line: OwedLine) -> None:
        """Put down a line for the agent; a number put down before keeps its line."""
        ...

    def owed(self, run_id: RunId) -> Sequence[OwedLine]:
        """What the agent has not been given yet, in order."""
        ...

    def given(self, run_id: RunId, number: int) -> None:
        """The agent has the line with this number, and all before it."""
        ...

    def forget_progress(self, run_id: RunId) -> None:
        """The run is over: its place in the transcript and what it was owed go."""
        ...
