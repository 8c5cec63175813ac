"""What `policy list|check|test` show: the rules that count, those that wait, and how a question would be answered."""

from datetime import datetime

from dispatchd.application.policies import Weighing, policies_of, rules_in
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.documents.policy_document import read_policies
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import POLICIES
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.permissions import Leave
from dispatchd.domain.policy import Answerer, Asked, AskedKind, Look, PolicyRule, explain, rule_for
from dispatchd.domain.thread import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRules:
    """`in_force` are in the order in which they are asked; `waiting` stand in the file and do not count (yet)."""

    in_force: tuple[PolicyRule, ...]
    waiting: tuple[PolicyRule, ...] = ()
    gone: tuple[PolicyRule, ...] = ()
    """In force, and not in the file any more."""
    problems: tuple[DocumentProblem, ...] = ()


def known_rules(work: UnitOfWork, file: str) -> KnownRules:
    """The rules in force beside what *file* says; a rule is shown with its line in the file, if it stands there."""
    reading, in_force = read_policies(file), policies_of(work).rules
    written = {rule.key: rule for rule in reading.rules}
    counts = {rule.key for rule in in_force}
    return KnownRules(
        in_force=tuple(written.get(rule.key, rule) for rule in in_force),
        waiting=tuple(rule for rule in reading.rules if rule.key not in counts),
        gone=tuple(rule for rule in in_force if rule.key not in written and not reading.problems),
        problems=tuple(problem.at(POLICIES) for problem in reading.problems),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What `policy test` is asked about; where `thread` is given, that is what was asked."""

    text: str = ""
    kind: AskedKind | None = None
    agent: str = ""
    issue: EntityId | None = None
    leave: Leave | None = None
    thread: Thread | None = None

    def asked(self, weighing: Weighing) -> Asked:
        """What rules would look at."""
        if self.thread is not None:
            return weighing.asked_in(self.thread)
        leave = self.leave or Leave(tool="")
        permission = bool(leave.tool or leave.command or leave.paths)
        kind = self.kind or (AskedKind.PERMISSION if permission else AskedKind.QUESTION)
        return weighing.asked(kind, self.agent, self.issue, self.text or leave.command, leave)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Every rule against a question, and the ones that would have their turn, one when the other's time is over."""

    asked: Asked
    looks: tuple[Look, ...]
    course: tuple[PolicyRule, ...]

    @property
    def ends_with_people(self) -> bool:
        """Whether no rule answers in the end."""
        return not self.course or self.course[-1].answer in {Answerer.ASK, Answerer.HUMAN}


def explained(
    work: UnitOfWork, budget: BudgetSettings, at: datetime, question: Question, draft: str | None = None
) -> Explained:
    """Which rule would answer *question* at *at*: of those in force, or of the text *draft*."""
    rules = policies_of(work).rules if draft is None else rules_in(draft)
    asked = question.asked(Weighing(work=work, budget=budget, at=at))
    course: list[PolicyRule] = []
    while (rule := rule_for(rules, asked, [each.key for each in course])) is not None:
        course.append(rule)
        if rule.limit is None:
            break
    return Explained(asked=asked, looks=explain(rules, asked), course=tuple(course))
