"""Rules that answer what agents ask: which of them fits a question, and why each of the others does not.

The first rule that fits answers. A rule may also send the question to people, or to an agent of a role, before a later
rule would have answered it; when their time is over, the next rule that fits has its turn. What no rule answers is for
people. Nothing is answered here: a rule says who does.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from dispatchd.domain.asked_paths import may_be_allowed, path_fits
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.glob import fits as fits_pattern

DEFAULT_WITHIN: Final = timedelta(minutes=10)
"""How long an agent is given to answer where its rule does not say."""
_COMPOUND: Final = (";", "&", "|", "`", "$(", "\n", ">", "<")
_PERCENT: Final = 100.0
_MOST_SHOWN: Final = 60


class AskedKind(StrEnum):
    """What an agent may ask that a rule may answer. Gates, votes and conflicts are no such thing."""

    PERMISSION = "permission"
    QUESTION = "question"


class Answerer(StrEnum):
    """What a rule does with a question that it fits."""

    ALLOW = "allow"
    DENY = "deny"
    SAY = "say"
    """A fixed text."""
    ASK = "ask"
    """An agent of a role, in a turn of its own."""
    HUMAN = "human"


ANSWERS_ONLY: Final = {
    Answerer.ALLOW: AskedKind.PERMISSION,
    Answerer.DENY: AskedKind.PERMISSION,
    Answerer.SAY: AskedKind.QUESTION,
}
"""What kind of question an answer is one to; the others are to both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and all that a rule may look at. `spent` is in US dollars, on its issue."""

    kind: AskedKind
    agent: str
    role: str
    type: str = ""
    priority: str = ""
    tool: str = ""
    command: str = ""
    paths: tuple[str, ...] = ()
    text: str = ""
    spent: float = 0.0
    used: float | None = None
    """The part, from 0 to 1, that is used of the cap nearest to its end; None where nothing is capped."""
    roles: frozenset[str] = frozenset()
    """The roles in which there is an agent who could be asked: not the one who asks, and not resting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetTest:
    """How much has been spent: at least, or less than, `amount`: dollars on the issue, or percent of the nearest cap."""

    at_least: bool
    amount: float
    percent: bool

    def __str__(self) -> str:
        amount = f"{self.amount:g}%" if self.percent else f"${self.amount:g}"
        return f"{'>=' if self.at_least else '<'} {amount}"

    def holds(self, asked: Asked) -> bool:
        """Whether so much is spent; of nothing capped, nothing is used."""
        value = (asked.used or 0.0) * _PERCENT if self.percent else asked.spent
        return (value >= self.amount) is self.at_least


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """Patterns are to fit, with `*` and `?`; what is left out fits everything. `where` names the rule: path:line."""

    answer: Answerer
    where: str = ""
    kind: str = "*"
    agent: str = "*"
    role: str = "*"
    type: str = "*"
    priority: str = "*"
    tool: str = "*"
    command: str = "*"
    path: str = "*"
    text: str = "*"
    budget: BudgetTest | None = None
    say: str = ""
    ask: str = ""
    """The role that is asked."""
    within: timedelta | None = None
    """How long whoever is asked has; then the next rule has its turn."""
    why: str = ""

    @property
    def key(self) -> str:
        """What it says, wherever it stands: the same rule after another was put above it."""
        return hashlib.sha256(repr(replace(self, where="")).encode()).hexdigest()[:16]

    @property
    def limit(self) -> timedelta | None:
        """How long whoever it asks has; None: as long as they like."""
        return self.within or (DEFAULT_WITHIN if self.answer is Answerer.ASK else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What came of holding a question against one rule. `why_not` is empty where it fits."""

    rule: PolicyRule
    why_not: tuple[str, ...] = ()
    tried: bool = False

    @property
    def fits(self) -> bool:
        """Whether it would answer, were it the first."""
        return not self.why_not and not self.tried


def explain(rules: Sequence[PolicyRule], asked: Asked, tried: Collection[str] = ()) -> tuple[Look, ...]:
    """Every rule against *asked*; *tried* are the keys of those whose time is over."""
    return tuple(
        Look(rule=rule, why_not=tuple(_misses(rule, asked)), tried=rule.key in tried) for rule in rules
    )


def rule_for(rules: Sequence[PolicyRule], asked: Asked, tried: Sequence[str] = ()) -> PolicyRule | None:
    """The first rule that fits, below the one that was tried last; None where people are to be asked."""
    places = [place for place, rule in enumerate(rules) if tried and rule.key == tried[-1]]
    below = rules[places[-1] + 1 :] if places else rules
    return next((look.rule for look in explain(below, asked, tried) if look.fits), None)


def _misses(rule: PolicyRule, asked: Asked) -> Iterator[str]:
    only = ANSWERS_ONLY.get(rule.answer)
    if only is not None and only is not asked.kind:
        yield f'"{rule.answer}" answers a {only}, and this is a {asked.kind}'
        return
    if not fits_pattern(asked.kind, rule.kind):
        yield f"it is a {asked.kind}, and the rule is for a {rule.kind}"
    yield from _misses_in_words(rule, asked)
    yield from _misses_in_paths(rule, asked)
    if rule.budget is not None and not rule.budget.holds(asked):
        yield f"the budget is {spent_in_words(asked)}, and the rule wants {rule.budget}"
    if rule.answer is Answerer.ASK and rule.ask not in asked.roles:
        yield f"there is no {rule.ask} who could be asked"


def _misses_in_words(rule: PolicyRule, asked: Asked) -> Iterator[str]:
    words = (
        ("agent", asked.agent, rule.agent),
        ("role", asked.role, rule.role),
        ("type", asked.type, rule.type),
        ("priority", asked.priority, rule.priority),
        ("tool", asked.tool, rule.tool),
        ("command", asked.command, rule.command),
    )
    for name, said, pattern in words:
        if not fits_pattern(said, pattern):
            yield f'{name} is "{_short(said)}", and the rule wants "{_short(pattern)}"'
    if not fits_pattern(asked.text.casefold(), rule.text.casefold()):
        yield f'the text does not fit "{_short(rule.text)}"'
    if rule.command != "*" and rule.answer is Answerer.ALLOW and is_compound(asked.command):
        yield "a shell would run that line as several commands, which a pattern cannot tell apart"


def _misses_in_paths(rule: PolicyRule, asked: Asked) -> Iterator[str]:
    """A rule that allows is to fit all paths, none outside of the worktree; one that denies or asks, any of them."""
    outside = next((each for each in asked.paths if not may_be_allowed(each, rule.path)), None)
    if rule.answer is Answerer.ALLOW and outside is not None:
        yield f'path "{_short(outside)}" leads out of the worktree, and the rule names no place there'
        return
    if rule.path == "*":
        return
    fits = [path_fits(path, rule.path) for path in asked.paths]
    allows = rule.answer in {Answerer.ALLOW, Answerer.SAY}
    if not fits or not (all(fits) if allows else any(fits)):
        said = ", ".join(asked.paths) or "none"
        yield f'path is "{_short(said)}", and the rule wants "{_short(rule.path)}"'


def is_compound(command: str) -> bool:
    """Whether a shell would run more than one thing: `git status*` must not let `git status; rm -rf ~` through."""
    return any(each in command for each in _COMPOUND)


def spent_in_words(asked: Asked) -> str:
    """What was spent, as a person reads it."""
    part = (
        f", {asked.used * _PERCENT:.0f}% of the nearest cap" if asked.used is not None else ", nothing capped"
    )
    return f"${asked.spent:.2f} on the issue{part}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[: _MOST_SHOWN - 1]}…"
