"""What has happened on the way through a workflow: `run_event` gathers it with the turns and the work."""

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.flow import Evidence, Finding
from dispatchd.domain.identifiers import EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseBegan:
    """`worked`: an agent is to work in it. `taken`: its turn has begun already. `afresh`: what was before is over."""

    issue: EntityId
    workflow: str
    phase: str
    round: int
    start: str
    worked: bool = True
    reviews: str = ""
    taken: bool = False
    afresh: bool = False
    avoid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseHandedIn:
    issue: EntityId
    phase: str
    round: int
    agent: str
    commit: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseChecked:
    """What the daemon looked at is as it has to be; a person has the last word."""

    issue: EntityId
    phase: str
    round: int
    evidence: Evidence | None = None
    tests: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictGiven:
    issue: EntityId
    phase: str
    round: int
    by: str
    verdict: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingAnswered:
    """`waived`: the person who said that nothing is to be done about it; empty for who has to answer it."""

    issue: EntityId
    number: int
    answer: str
    waived: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseEnded:
    """`how` is a verdict, or one of the ways that every phase may end; `leads` the phase that follows from it."""

    issue: EntityId
    phase: str
    round: int
    how: str
    leads: str
    agent: str = ""
    commit: str = ""
    tests: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IterationLimitReached:
    """`phase` is to begin once more, and has begun `limit` times."""

    issue: EntityId
    phase: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundAllowed:
    """A person lets the phase begin once more."""

    issue: EntityId
    phase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEnded:
    """Every phase is done. `commit` is what the merge queue gets."""

    issue: EntityId
    commit: str


FlowEvent = (
    PhaseBegan
    | PhaseHandedIn
    | PhaseChecked
    | VerdictGiven
    | FindingAnswered
    | PhaseEnded
    | IterationLimitReached
    | RoundAllowed
    | FlowEnded
)
