"""What rules have done: `event` gathers it with everything else. Each event names the rule, and the text it stands in."""

from datetime import datetime

from dispatchd.domain.agent_run import RunId
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId
from dispatchd.domain.permissions import Leave


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleName:
    """A rule: the place where it stood (path:line), the text that held it, and what it said, wherever it moves to."""

    where: str
    text: DocumentDigest
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesTaken:
    """From here on the text *blob* of the file is in force. `word`: the thread in which a person said so."""

    path: DocumentPath
    blob: DocumentDigest
    word: EntityId | None = None

    @property
    def subject(self) -> str:
        """The file."""
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRuled:
    """A rule has allowed or denied what a turn asked leave for; told once in a turn for each thing asked."""

    issue: EntityId
    run: RunId
    agent: str
    leave: Leave
    allowed: bool
    rule: RuleName

    @property
    def subject(self) -> str:
        """The issue."""
        return self.issue


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswered:
    """A rule has answered an agent's question."""

    thread: EntityId
    rule: RuleName
    option: str | None
    text: str

    @property
    def subject(self) -> str:
        """The thread."""
        return self.thread


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPassed:
    """A question was put to the agent `to`, or to people (None). `rule` is None where no rule is left that fits."""

    thread: EntityId
    rule: RuleName | None
    to: str | None
    until: datetime | None

    @property
    def subject(self) -> str:
        """The thread."""
        return self.thread


PolicyEvent = RulesTaken | LeaveRuled | RuleAnswered | QuestionPassed
