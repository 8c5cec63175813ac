"""The rules that are in force, and what they look at when an agent asks."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from functools import lru_cache
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.documents.policy_document import read_policies
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.permissions import Leave
from dispatchd.domain.policy import Asked, AskedKind, PolicyRule
from dispatchd.domain.policy_event import RuleName
from dispatchd.domain.thread import Thread, ThreadKind

MICROS: Final = 1_000_000
MOST_TURNS: Final = 500
"""Of an agent in a day; more than these are not counted."""
_MUTE: Final = "command"
"""The engine of programs that know nothing of us, and so of no answer."""
IN_FORCE: Final = "policies.in_force"
"""The note that holds the digest of the text whose rules count."""


def in_force_note(path: DocumentPath) -> str:
    """The note that holds the digest of the text of *path* that counts."""
    return IN_FORCE if path == POLICIES else f"in_force:{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """The rules in their order, and the digest of the text they stand in."""

    rules: tuple[PolicyRule, ...] = ()
    text: DocumentDigest = field(default=DocumentDigest(""))

    def name_of(self, rule: PolicyRule) -> RuleName:
        """How an event names *rule*."""
        return RuleName(where=rule.where, text=self.text, key=rule.key)


def text_in_force(work: UnitOfWork) -> str | None:
    """The text whose rules count; None where none was ever put in force, or it is not known here any more."""
    digest = work.note(IN_FORCE)
    if digest is None:
        return None
    try:
        return work.blobs.get(DocumentDigest(digest)).decode("utf-8", errors="replace")
    except KeyError:
        return None


def policies_of(work: UnitOfWork) -> RulesInForce:
    """The rules that count; none where no person's word has put any in force."""
    text = text_in_force(work)
    if text is None:
        return RulesInForce()
    return RulesInForce(rules=rules_in(text), text=DocumentDigest(work.note(IN_FORCE) or ""))


@lru_cache(maxsize=4)
def rules_in(text: str) -> tuple[PolicyRule, ...]:
    """The rules of a text that reads; none of one with anything wrong in it."""
    reading = read_policies(text)
    return () if reading.problems else reading.rules


def who_may_be_asked(work: UnitOfWork, asker: str) -> tuple[Agent, ...]:
    """The agents to whom a rule may put what *asker* asks: others, not resting, who have a way to answer."""
    return tuple(
        each
        for each in work.agents()
        if each.name != asker and not each.paused and each.engine.partition(":")[0] != _MUTE
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighing:
    """What rules may look at besides the question: who could be asked, and what was spent."""

    work: UnitOfWork
    budget: BudgetSettings
    at: datetime

    def asked_for(self, run: AgentRun, leave: Leave) -> Asked:
        """A request for leave, made in a turn."""
        text = "\n".join(filter(None, (leave.about, leave.command)))
        return self.asked(AskedKind.PERMISSION, run.agent, run.issue, text, leave)

    def asked_in(self, thread: Thread) -> Asked:
        """What an agent's thread asks."""
        permission = thread.kind is ThreadKind.PERMISSION
        kind = AskedKind.PERMISSION if permission else AskedKind.QUESTION
        said = thread.turns[0].text if thread.turns else ""
        text = said if said.startswith(thread.title) else f"{thread.title}\n{said}"
        leave = thread.leave or Leave(tool="")
        if permission and thread.leave is not None:
            text = "\n".join(filter(None, (leave.about, leave.command)))
        return self.asked(kind, thread.sender, thread.issue, text.strip(), leave)

    def asked(self, kind: AskedKind, agent: str, about: EntityId | None, text: str, leave: Leave) -> Asked:
        """A question as rules see it."""
        card, issue = self.work.agent(agent), self.work.issue(about) if about is not None else None
        runs = tuple(self.work.runs.of_issue(issue.id)) if issue is not None else ()
        return Asked(
            kind=kind,
            agent=agent,
            role=card.role if card is not None else "",
            type=issue.type if issue is not None else "",
            priority=issue.priority if issue is not None else "",
            tool=leave.tool,
            command=leave.command,
            paths=leave.paths,
            text=text,
            spent=_dollars(runs),
            used=self._used(agent, issue, runs),
            roles=frozenset(each.role for each in who_may_be_asked(self.work, agent)),
        )

    def _used(self, agent: str, issue: Issue | None, runs: Sequence[AgentRun]) -> float | None:
        """The part that is used of the cap nearest to its end."""
        budget, today = self.budget, self.at.replace(hour=0, minute=0, second=0, microsecond=0)
        used: list[tuple[float, float]] = []
        if budget.issue_usd is not None:
            used.append((budget.issue_usd, _dollars(runs)))
        if budget.agent_usd is not None:
            newest = self.work.runs.last_of_agent(agent, MOST_TURNS)
            used.append((budget.agent_usd, _dollars([run for run in newest if run.started >= today])))
        if budget.day_usd is not None:
            used.append((budget.day_usd, (self.work.runs.spent_since(today).micros or 0) / MICROS))
        if budget.epic_usd is not None and issue is not None and issue.epic is not None:
            used.append((budget.epic_usd, self._of_epic(issue)))
        return max((spent / cap if cap else 1.0 for cap, spent in used), default=None)

    def _of_epic(self, issue: Issue) -> float:
        if issue.epic is None:
            return 0.0
        return sum(_dollars(self.work.runs.of_issue(each.id)) for each in self.work.issues_of(issue.epic))


def _dollars(runs: Sequence[AgentRun]) -> float:
    return sum(run.spent.micros or 0 for run in runs) / MICROS
