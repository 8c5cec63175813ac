"""What is asked about agents' turns and their work: by the daemon, by the agent itself, by people."""

from datetime import datetime

from dispatchd.domain.agent_run import NOTHING_SPENT, Occasion, RunId, RunOutcome, Spent
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.flow import PhaseRound
from dispatchd.domain.identifiers import DocumentDigest, EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRun:
    """Begin the next turn on an issue. `branch` and `base` are of the work, where this is its first turn.

    `into` is the phase that begins with it; of one that has begun already, the rules know by themselves. `told` is what
    the issue says now, `seen` where the branch stands.
    """

    issue: EntityId
    run: RunId
    agent: str
    occasion: Occasion
    attempt: int = 1
    contained: bool = False
    branch: str
    base: str
    session: str | None = None
    into: PhaseRound | None = None
    told: DocumentDigest | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForAnswer:
    """Begin a turn in which an agent answers another's question. It has no branch and is no work on an issue."""

    thread: EntityId
    run: RunId
    agent: str
    attempt: int = 1
    contained: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForVote:
    """Begin a turn in which an agent is asked for the vote of a seat. It has no branch and is no work on an issue."""

    proposal: EntityId
    run: RunId
    seat: str
    agent: str
    attempt: int = 1
    contained: bool = False
    session: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRun:
    """Note how a turn ended, once."""

    run: RunId
    outcome: RunOutcome
    said: str = ""
    spent: Spent = NOTHING_SPENT
    session: str | None = None
    commit: str | None = None
    resets_at: datetime | None = None
    rescued: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRun:
    """Stop the turn that runs on an issue now; it will have ended as `outcome`. `at_once`: without asking it first.

    `run` names it where several run about the same thing, as when agents are asked for their votes.
    """

    issue: EntityId
    run: RunId | None = None
    outcome: RunOutcome = RunOutcome.CANCELLED
    at_once: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitWork:
    """The agent says in its turn *run* that its work on the issue is done, at *commit* of its branch."""

    issue: EntityId
    commit: str
    summary: str
    run: RunId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceWork:
    """Give submitted work back to the agent that did it."""

    issue: EntityId
    why: str
    findings: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldWork:
    """Let the work on an issue wait, or go on."""

    issue: EntityId
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteMerged:
    """The submitted *commit* stands on the branch `into` by the merge *merge*."""

    issue: EntityId
    commit: str
    merge: str
    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteBranch:
    """Note what people did to the branch of the work, in the clause `told`. Where it is submitted as `was`, `commit`
    counts instead from here on.
    """

    issue: EntityId
    told: str
    was: str | None = None
    commit: str | None = None


RunCommand = (
    StartRun
    | AskForAnswer
    | AskForVote
    | StopRun
    | EndRun
    | SubmitWork
    | BounceWork
    | HoldWork
    | NoteMerged
    | NoteBranch
)
