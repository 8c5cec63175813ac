"""What is asked about the way of work through its workflow. Each says which round of which phase it means, so that
what comes twice, or too late, changes nothing; what an agent says names its turn, which knows what it was begun for.

The workflow itself comes along: what is decided is decided by the file as it stands at that moment.
"""

from dispatchd.domain.agent_run import RunId
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.flow import Evidence, Finding, PhaseRound
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.workflow import Workflow


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginFlow:
    """Go to the first phase, or to *phase*, where the work comes back when everything was done already."""

    issue: EntityId
    workflow: Workflow
    start: str
    phase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCheckOfPhase:
    """What the daemon looked at is as it has to be, and a person is to be asked."""

    issue: EntityId
    phase: str
    round: int
    evidence: Evidence | None = None
    tests: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPhase:
    """The phase ends as *how* says, by what the daemon found or a person said."""

    issue: EntityId
    workflow: Workflow
    phase: str
    round: int
    how: str
    evidence: Evidence | None = None
    tests: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveVerdict:
    """A reviewer judges, in its turn *run*; or a person, of what was *asked*.

    Of *findings* number, author and addressee are filled in by the rules.
    """

    issue: EntityId
    workflow: Workflow
    verdict: str
    findings: tuple[Finding, ...] = ()
    run: RunId | None = None
    asked: PhaseRound | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFinding:
    """Said by a person, it is waived. `word`: the thread in which they said it."""

    issue: EntityId
    number: int
    answer: str
    run: RunId | None = None
    word: EntityId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRound:
    """Let the phase that is past its limit begin once more; by somebody else than *avoid*."""

    issue: EntityId
    workflow: Workflow
    phase: str
    avoid: str = ""


FlowCommand = BeginFlow | PassCheckOfPhase | EndPhase | GiveVerdict | AnswerFinding | AllowRound
