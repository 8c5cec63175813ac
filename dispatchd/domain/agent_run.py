"""A turn of an agent: one process, from its start to its end, and what came of it.

Whether its process lives right now is derived by whoever can look (application), never stored here.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.flow import Flow, PhaseRound
from dispatchd.domain.identifiers import DocumentDigest, EntityId

RunId = NewType("RunId", str)
"""What the turn is about, a dot and its number there: `i-7k2m.3`. Counted, so that no turn can be started twice."""


class Occasion(StrEnum):
    """Why a turn begins."""

    BEGIN = "begin"
    ANSWER = "answer"
    """What was asked has been answered."""
    MESSAGE = "message"
    BOUNCE = "bounce"
    """What was submitted came back: a conflict, a red check, a review's findings."""
    GO_ON = "go_on"
    """The turn before ended with nothing asked and nothing submitted."""
    RETRY = "retry"
    """The turn before broke off through no fault of the work."""
    QUESTION = "question"
    """A rule puts another agent's question to it, and it does nothing else."""
    VOTE = "vote"
    """It is asked for its vote, and for nothing else."""


class RunOutcome(StrEnum):
    """How a turn ended. Judged by what the agent did and said, never by its exit code alone."""

    OK = "ok"
    AGENT_ERROR = "agent_error"
    API_ERROR = "api_error"
    RATE_LIMITED = "rate_limited"
    OVER_BUDGET = "over_budget"
    STALLED = "stalled"
    TIMED_OUT = "timed_out"
    FAILED_TO_START = "failed_to_start"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """By the brake or a pause: the session goes on when that is over."""
    CRASHED = "crashed"
    LOST = "lost"
    """Its process is gone and left no word of its end: the machine stopped, or somebody killed all of it."""

    @property
    def may_be_tried_again(self) -> bool:
        """Whether trying again by itself can help."""
        return self in _TRANSIENT

    @property
    def uses_an_attempt(self) -> bool:
        """Whether it counts against the attempts at this turn."""
        return self in _TRANSIENT and self not in {RunOutcome.RATE_LIMITED, RunOutcome.INTERRUPTED}


_TRANSIENT: Final = frozenset(
    {
        RunOutcome.AGENT_ERROR,
        RunOutcome.API_ERROR,
        RunOutcome.RATE_LIMITED,
        RunOutcome.STALLED,
        RunOutcome.TIMED_OUT,
        RunOutcome.INTERRUPTED,
        RunOutcome.CRASHED,
        RunOutcome.LOST,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a turn has used. Tokens; `micros` are millionths of a US dollar, None where the engine does not say."""

    read: int = 0
    """Tokens in, cached ones left out."""
    cached: int = 0
    written: int = 0
    micros: int | None = None

    def __add__(self, other: "Spent") -> "Spent":
        known = [each for each in (self.micros, other.micros) if each is not None]
        return Spent(
            read=self.read + other.read,
            cached=self.cached + other.cached,
            written=self.written + other.written,
            micros=sum(known) if known else None,
        )

    def at_least(self, other: "Spent") -> "Spent":
        """The larger of each number of both, as totals are: what was used once stays used."""
        known = [each for each in (self.micros, other.micros) if each is not None]
        return Spent(
            read=max(self.read, other.read),
            cached=max(self.cached, other.cached),
            written=max(self.written, other.written),
            micros=max(known) if known else None,
        )


NOTHING_SPENT: Final = Spent()


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRun:
    """`attempt` counts the tries at this turn. `base` is the branch's commit it began on, `commit` where it left it.

    `contained`: its process could write neither the tree nor the repository's own git directory. `issue`: what the turn
    is about; of a turn for a vote, the proposal.
    """

    id: RunId
    issue: EntityId
    agent: str
    engine: str
    occasion: Occasion
    started: datetime
    attempt: int = 1
    contained: bool = False
    base: str | None = None
    session: str | None = None
    """The engine's name for the conversation that this turn goes on with."""
    ended: datetime | None = None
    outcome: RunOutcome | None = None
    said: str = ""
    """Its last words, or what went wrong."""
    spent: Spent = NOTHING_SPENT
    commit: str | None = None
    stopping: RunOutcome | None = None
    """Somebody wants it to stop, and this is how it will have ended."""
    stops_at_once: bool = False
    resets_at: datetime | None = None
    """When the account takes requests again, where a rate limit ended it."""
    trouble: str = ""
    """What went wrong with what it left: it could not be saved, or was not handed in."""
    seat: str = ""
    """Of a turn for a vote: whose vote is asked for, as the proposal names its voters. Empty for work on an issue."""

    into: PhaseRound | None = None
    """The round of a phase that it was begun for, where its issue goes through a workflow: its word counts there alone."""
    told: DocumentDigest | None = None
    """What its issue said when it began, besides what its agent had said itself."""
    seen: str | None = None
    """The commit at which its branch stood in the repository then: what people had put there its agent was told."""

    @property
    def number(self) -> int:
        """Which one it is of those about the same thing, from 1."""
        return int(self.id.rpartition(".")[2])

    @property
    def is_for_vote(self) -> bool:
        """Whether it is asked for a vote, and works on nothing."""
        return self.occasion is Occasion.VOTE

    @property
    def is_for_answer(self) -> bool:
        """Whether it is asked another agent's question, and works on nothing; `issue` is then the question's thread."""
        return self.occasion is Occasion.QUESTION

    @property
    def works(self) -> bool:
        """Whether it works on an issue, on a branch; else it is asked for something, and what it writes is thrown away."""
        return not (self.is_for_vote or self.is_for_answer)

    @property
    def is_live(self) -> bool:
        """Whether it has begun and not ended, as far as anybody has noticed."""
        return self.ended is None


class WorkPhase(StrEnum):
    """Where the work on an issue stands, between its agent and the integration branch."""

    WORKING = "working"
    SUBMITTED = "submitted"
    BOUNCED = "bounced"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of an issue's story: what its Activity tells of the work."""

    at: datetime
    text: str
    link: str = ""
    """A file in the tree that says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who had a turn, in which phase of which workflow (both empty: in none). `run` is the last of such turns.

    `judges`: the phase was a review. `committed`: the branch stood elsewhere after one of the turns.
    """

    run: RunId
    agent: str
    workflow: str = ""
    phase: str = ""
    judges: bool = False
    committed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What agents have made of one issue so far. It lives as long as its branch does."""

    issue: EntityId
    agent: str
    branch: str
    base: str
    """The commit its branch began at; pinned by a ref of its own."""
    phase: WorkPhase = WorkPhase.WORKING
    turns: int = 0
    session: str | None = None
    commit: str | None = None
    """The head of its branch after the last turn, or as submitted, or as merged."""
    summary: str = ""
    """What the agent said of it when it submitted it."""
    bounces: int = 0
    findings: str = ""
    """Why it came back the last time, as Markdown."""
    idle: int = 0
    """Turns in a row that ended with nothing asked and nothing submitted."""
    held: bool = False
    """A person wants it to wait: no turn begins, nothing is merged."""
    let_go: bool = False
    """It was held, and is not any more, since its last turn began: how that turn ended keeps the next from nothing."""
    story: tuple[Happening, ...] = ()
    flow: Flow | None = None
    """Where it stands in its workflow, if it goes through one."""
    makers: tuple[Maker, ...] = ()
    """Who has worked on its branch so far."""

    @property
    def has_branch(self) -> bool:
        """Whether something stands on its branch; a turn that could not start leaves it as it began, or none."""
        return self.commit is not None and self.commit != self.base


def run_id(issue: EntityId, number: int) -> RunId:
    """The name of the turn *number* (from 1) about *issue*."""
    return RunId(f"{issue}.{number}")
