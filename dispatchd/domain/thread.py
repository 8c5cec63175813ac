"""A thread: turns between an agent or the daemon and people, and the answer it waits for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from dispatchd.domain.actors import Actor
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import StagePlan
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.permissions import Leave, LeaveUse
from dispatchd.domain.policy_event import RuleName


class ThreadKind(StrEnum):
    QUESTION = "question"
    PERMISSION = "permission"
    CONFLICT = "conflict"
    ESCALATION = "escalation"
    PROBLEM = "problem"
    NOTICE = "notice"
    MESSAGE = "message"


TOLD_ONLY: Final = frozenset({ThreadKind.NOTICE, ThreadKind.MESSAGE})
"""What only wants to be read: an answer may come, and whoever said it waits for none."""


class ThreadStatus(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class ThreadPurpose(StrEnum):
    """What an answer sets in motion besides telling whoever asked."""

    TALK = "talk"
    CONFIRM_DELETION = "confirm_deletion"
    CONFIRM_ACT = "confirm_act"
    CONFIRM_STAGES = "confirm_stages"
    SETTLE_CONTEST = "settle_contest"


class GateVerb(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    SKIP = "skip"
    CHOOSE = "choose"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAct:
    """What somebody without the right to it wants of a gate; `asked_by` is their handle."""

    epic: EntityId
    stage: str
    verb: GateVerb
    asked_by: str
    option: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageChange:
    """Stages as now written, of which it is not clear what became of the old ones."""

    epic: EntityId
    stages: tuple[StagePlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """Files that went, where somebody had better say that they meant it."""

    subjects: tuple[EntityId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """Changes of one thing that met. The other side's facts (an empty value: cleared), or the lines that the
    other side has in place of those that stand in the text of *subject*; `more` are those of further sides.

    `stood` is what the facts were when somebody was asked; `above` the line below which the lines stand.
    """

    subject: EntityId
    facts: tuple[tuple[str, str], ...] = ()
    stood: tuple[tuple[str, str], ...] = ()
    stands: str = ""
    other: str = ""
    above: str = ""
    more: tuple[str, ...] = ()
    more_facts: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines to choose from, in the order of the options."""
        return (self.other, *self.more)

    def with_texts(self, stands: str, others: Sequence[str]) -> "Contest":
        """The same about other lines."""
        return replace(self, stands=stands, other=others[0], more=tuple(others[1:]))

    @property
    def values(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The facts to choose from, in the order of the options."""
        return (self.facts, *self.more_facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Whom a question was put to, and by which rule: the agent `to`, or people (None). None for `rule`: none was left.

    `until`: when the next rule has its turn.
    """

    at: datetime
    rule: RuleName | None = None
    to: str | None = None
    until: datetime | None = None


PendingAct = GateAct | StageChange | Deletion | Contest


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Something said. `text` is Markdown without quote marks."""

    by: Actor
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """`options` are the boxes a person may tick; `sender` and `to` are handles (`to` empty: any person).

    `subject` is what it is about where that is not an issue; `cause` makes a thread the daemon opens unique
    (one per cause is open at a time, so the same trouble seen twice asks once). `act` is what the first options
    of a thread that confirms would do, by whoever answers.
    """

    id: EntityId
    title: str
    created: datetime
    kind: ThreadKind
    sender: str
    to: str | None = None
    issue: EntityId | None = None
    subject: EntityId | None = None
    purpose: ThreadPurpose = ThreadPurpose.TALK
    cause: str = ""
    status: ThreadStatus = ThreadStatus.OPEN
    options: tuple[str, ...] = ()
    accepts_text: bool = True
    needs_choice: bool = False
    """Whether text alone is no answer."""
    needs_words: tuple[str, ...] = ()
    """The options that are no answer without text."""
    turns: tuple[Turn, ...] = ()
    chosen: str | None = None
    answered_at: datetime | None = None
    delivered: bool = False
    act: PendingAct | None = None
    removed: bool = False
    before_removal: ThreadStatus | None = None
    leave: Leave | None = None
    """What an agent asks leave for, where it asks that."""
    use: LeaveUse | None = None
    """What has made use of the leave that was given; it is given once."""
    passed: tuple[Passed, ...] = ()
    """Whom rules have put it to, one after the other."""

    @property
    def awaits_answer(self) -> bool:
        """Whether whoever began it cannot go on until somebody answers."""
        return self.status is ThreadStatus.OPEN and not self.removed and self.kind not in TOLD_ONLY

    @property
    def asked_agent(self) -> str | None:
        """The agent that is to answer it now, because a rule says so."""
        return self.passed[-1].to if self.passed and self.status is ThreadStatus.OPEN else None
