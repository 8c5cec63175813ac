"""What agents' turns and their work came to: `event` gathers it with everything else. All of it is about an issue."""

from datetime import datetime

from dispatchd.domain.agent_run import NOTHING_SPENT, AgentRun, RunId, RunOutcome, Spent
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.flow_event import FlowEvent
from dispatchd.domain.identifiers import EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkBegun:
    """The issue has a branch now, and an agent whose it is; again, where another agent takes it over."""

    issue: EntityId
    agent: str
    branch: str
    base: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """From here on the turn exists; its process is started after this is written, and only once."""

    run: AgentRun


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    issue: EntityId
    run: RunId
    agent: str
    outcome: RunOutcome
    said: str = ""
    spent: Spent = NOTHING_SPENT
    session: str | None = None
    commit: str | None = None
    resets_at: datetime | None = None
    rescued: tuple[str, ...] = ()
    """Refs that keep what the turn left outside of its branch's commits."""
    trouble: str = ""
    """What could not be saved, was found wrong with its worktree, or was not handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStopAsked:
    """The turn is to stop, and will then have ended as `outcome`; the first who asks says how."""

    issue: EntityId
    run: RunId
    outcome: RunOutcome
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSubmitted:
    """`by`: the name of the person who handed it in, where it was not its agent."""

    issue: EntityId
    commit: str
    summary: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkBounced:
    """Submitted work came back. `number` of `most`; `findings` say what is to be mended, as Markdown."""

    issue: EntityId
    why: str
    findings: str
    number: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkHeld:
    """No turn begins on the issue and nothing of it is merged until a person lets it go on (`held` False)."""

    issue: EntityId
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchNoted:
    """What people did to the branch, as a clause. `commit`: what counts of the submitted work from here on, if that changed."""

    issue: EntityId
    told: str
    commit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMerged:
    """`commit` is the merge on the branch `into`."""

    issue: EntityId
    commit: str
    into: str


WorkEvent = (
    WorkBegun
    | RunStarted
    | RunStopAsked
    | RunEnded
    | WorkSubmitted
    | WorkBounced
    | WorkHeld
    | WorkMerged
    | BranchNoted
)
RunEvent = WorkEvent | FlowEvent


def stop_of(run: AgentRun | None, outcome: RunOutcome, *, at_once: bool = False) -> tuple[RunStopAsked, ...]:
    """That the turn *run* is to stop; nothing where there is none, or it stops already and no faster."""
    if run is None or (run.stopping is not None and (run.stops_at_once or not at_once)):
        return ()
    return (RunStopAsked(issue=run.issue, run=run.id, outcome=run.stopping or outcome, at_once=at_once),)


def issue_of(event: RunEvent) -> EntityId:
    """The issue that *event* is about."""
    return event.run.issue if isinstance(event, RunStarted) else event.issue
