"""What is asked about rules: that they count, and that one of them answers an agent, or says who does."""

from datetime import datetime

from dispatchd.domain.agent_run import RunId
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId
from dispatchd.domain.permissions import Leave
from dispatchd.domain.policy_event import RuleName


@dataclass(frozen=True, slots=True, kw_only=True)
class PutRulesInForce:
    """Let the text *blob* of *path* count from now on. `word`: the thread in which a person said so."""

    path: DocumentPath
    blob: DocumentDigest
    word: EntityId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerByRule:
    """Answer an agent's question as a rule says. `number` counts whom it was passed to before."""

    thread: EntityId
    number: int
    rule: RuleName
    option: str | None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassQuestionOn:
    """Put an agent's question to the agent `to`, or to people (None), until then or for as long as they like."""

    thread: EntityId
    number: int
    rule: RuleName | None
    to: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRuling:
    """Note that a rule has allowed or denied what a turn asked leave for."""

    issue: EntityId
    run: RunId
    agent: str
    leave: Leave
    allowed: bool
    rule: RuleName


PolicyCommand = PutRulesInForce | AnswerByRule | PassQuestionOn | NoteRuling
