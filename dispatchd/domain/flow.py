"""Where the work on an issue stands in its workflow, and what has come of each phase so far.

It is made of events alone: what an agent says of its phase ends nothing. Which phase follows is decided in `flow_rules`.
"""

import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId


class FlowState(StrEnum):
    WORKING = "working"
    """An agent of the phase's role is at work in it, or is to be."""
    HANDED_IN = "handed_in"
    """What there is is looked at by the daemon."""
    GATE = "gate"
    """A person is asked whether it may go on."""
    ESCALATED = "escalated"
    """The next phase has begun as often as it may: a person is asked how to go on."""
    OVER = "over"
    """Every phase is done; the merge queue has the work."""


class Severity(StrEnum):
    BLOCKER = "blocker"
    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a check showed: the commit and the command, and how many tests did what, where its report says so."""

    commit: str
    """What the command was run on,"""
    command: str
    handed_in: str = ""
    """and what was handed in, where that is known; red is looked for on its tests alone."""
    exit_code: int | None = None
    """None: it took too long."""
    as_expected: bool = False
    why: str = ""
    """What it came to, as a clause."""
    passed: int = 0
    failed: int = 0
    fresh: int = 0
    """Tests that were not there before the work began,"""
    fresh_failed: int = 0
    """and how many of those failed,"""
    red: tuple[str, ...] = ()
    """by their names: they have to run and pass before it is green."""
    tail: str = ""
    page: str = ""
    """The file in the tree that keeps all of this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a reviewer wants answered. `number` counts from 1 in its issue; `to` is the phase that has to answer it."""

    number: int
    text: str
    path: str = ""
    line: int = 0
    severity: Severity = Severity.MAJOR
    by: str = ""
    to: str = ""
    answer: str = ""
    """What was done about it, or why nothing was; empty while it is open."""
    waived: str = ""
    """The person who said that nothing is to be done about it."""

    @property
    def place(self) -> str:
        """`path:line`, as far as it is known."""
        return f"{self.path}:{self.line}" if self.path and self.line else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRound:
    """One round of one phase: what a turn is begun for, and a person is asked about."""

    workflow: str
    phase: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRecord:
    """A phase that is over: `how` it ended and which phase that led to. `tests`: what the files of tests were then."""

    phase: str
    round: int
    how: str
    leads: str
    agent: str = ""
    commit: str = ""
    tests: str = ""
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """`start` is the commit the phase began at, `commit` the one last handed in."""

    workflow: str
    phase: str
    start: str
    round: int = 1
    state: FlowState = FlowState.WORKING
    reviews: str = ""
    """The phase that this one judges."""
    turns: int = 0
    """How many turns the work had had when the phase began."""
    commit: str = ""
    summary: str = ""
    verdict: str = ""
    judge: str = ""
    """What was said of what is judged, and by whom, until the phase is ended."""
    evidence: Evidence | None = None
    """What the phase's check showed, while its gate is asked."""
    tests: str = ""
    records: tuple[PhaseRecord, ...] = ()
    findings: tuple[Finding, ...] = ()
    allowed: tuple[str, ...] = ()
    """A phase for each round beyond its limit that a person has allowed."""
    avoid: str = ""
    """The agent that is not to take the phase: a person wants somebody else."""
    earlier: int = 0
    """How many phases of the issue were over before the work began afresh."""

    @property
    def now(self) -> PhaseRound:
        """Where it stands, or stood last."""
        return PhaseRound(workflow=self.workflow, phase=self.phase, round=self.round)

    @property
    def ordinal(self) -> int:
        """Which phase of the issue this is, over all that were ever gone through; counted from one."""
        return self.earlier + len(self.records) + 1

    def ended(self, place: PhaseRound) -> PhaseRecord | None:
        """How that round of that phase ended, if it is over."""
        if place.workflow != self.workflow:
            return None
        known = (each for each in self.records if (each.phase, each.round) == (place.phase, place.round))
        return next(known, None)

    def rounds(self, phase: str) -> int:
        """How often *phase* has begun."""
        ended = sum(record.phase == phase for record in self.records)
        return ended + (self.phase == phase and self.state not in {FlowState.ESCALATED, FlowState.OVER})

    def agents_of(self, phase: str) -> tuple[str, ...]:
        """Who has worked in *phase*, the last one last."""
        return tuple(record.agent for record in self.records if record.phase == phase and record.agent)

    def last(self, phase: str) -> PhaseRecord | None:
        """How *phase* ended the last time."""
        return next((each for each in reversed(self.records) if each.phase == phase), None)

    def open_findings(self, phase: str) -> Sequence[Finding]:
        """What *phase* has to answer still."""
        return [each for each in self.findings if each.to == phase and not each.answer]


class FlowQuestion(StrEnum):
    """What people are asked on the way, as the causes of the threads name it."""

    GATE = "flow-gate"
    LIMIT = "flow-limit"
    REVIEW = "flow-review"


QUESTIONS: Final = tuple(f"{each}:" for each in FlowQuestion)


def question_cause(question: FlowQuestion, issue: EntityId, flow: Flow, words: str) -> str:
    """What makes the thread unique that asks it: all that an answer is about.

    The same phase of another workflow, another commit and other *words* are another question; so is the same one when the
    work has begun afresh, of which the number of turns tells.
    """
    about = (flow.workflow, flow.phase, str(flow.round), flow.commit, str(flow.turns), str(len(flow.records)))
    digest = hashlib.sha256("\0".join((*about, words)).encode()).hexdigest()[:16]
    return f"{question}:{issue}:{flow.workflow}:{flow.phase}:{flow.round}:{flow.commit[:12]}:{digest}"
