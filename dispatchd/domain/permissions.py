"""Leave for an agent to use a tool: what is asked, which rule answers it, and what people may say.

The first rule that fits answers. A rule may also send the question to people, before a later rule would have allowed it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

ALLOW_ONCE: Final = "Allow once"
ALLOW_ALWAYS: Final = "Always allow"
DENY: Final = "Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What an agent asks leave for. `command` where it is one of the shell; `paths` where it is about files."""

    agent: str
    role: str
    issue: str
    type: str
    priority: str
    tool: str
    command: str = ""
    paths: tuple[str, ...] = ()
    about: str = ""


class PolicyAnswer(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    HUMAN = "human"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """What is written is to fit, with `*` and `?`; what is left out fits everything. `where` names it: path:line."""

    answer: PolicyAnswer
    where: str = ""
    agent: str = "*"
    role: str = "*"
    type: str = "*"
    priority: str = "*"
    tool: str = "*"
    command: str = "*"
    path: str = "*"
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """`by` is the rule, or the thread in which a person said so."""

    allowed: bool
    by: str
    why: str = ""


def ruling_of(rules: Sequence[PolicyRule], leave: Leave) -> Ruling | None:
    """What the rules say to *leave*; None where people are to be asked."""
    rule = rule_for(rules, leave)
    if rule is None or rule.answer is PolicyAnswer.HUMAN:
        return None
    allowed = rule.answer is PolicyAnswer.ALLOW
    why = rule.why or ("" if allowed else f"The rule at {rule.where} denies it.")
    return Ruling(allowed=allowed, by=rule.where, why=why)


def rule_for(rules: Sequence[PolicyRule], leave: Leave) -> PolicyRule | None:
    """The first rule that fits."""
    return next((rule for rule in rules if _fits(rule, leave)), None)


def _fits(rule: PolicyRule, leave: Leave) -> bool:
    words = (
        (rule.agent, leave.agent),
        (rule.role, leave.role),
        (rule.type, leave.type),
        (rule.priority, leave.priority),
        (rule.tool, leave.tool),
        (rule.command, leave.command),
    )
    if not all(fnmatchcase(said, pattern) for pattern, said in words):
        return False
    if rule.command != "*" and _is_compound(leave.command) and rule.answer is PolicyAnswer.ALLOW:
        return False
    return rule.path == "*" or (
        bool(leave.paths) and all(fnmatchcase(path, rule.path) for path in leave.paths)
    )


def _is_compound(command: str) -> bool:
    """Whether a shell would run more than one thing: `git status*` must not let `git status; rm -rf ~` through."""
    return any(each in command for each in (";", "&", "|", "`", "$(", "\n", ">", "<"))
