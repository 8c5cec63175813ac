"""Leave for always: the rules that it becomes, and whether those would ever allow what was asked.

A rule allows less than a person may, on purpose: no line that a shell would run as several, nothing beside the worktree
that it does not name. What no rule would allow is asked each time, and nobody is offered more.
"""

from dataclasses import replace

from dispatchd.domain.glob import literally
from dispatchd.domain.permissions import Leave
from dispatchd.domain.policy import Answerer, Asked, AskedKind, PolicyRule, explain


def rules_of(leave: Leave) -> tuple[PolicyRule, ...]:
    """What was asked, to the letter: a rule for the command, or for each path."""
    rule = PolicyRule(answer=Answerer.ALLOW, tool=literally(leave.tool))
    if leave.command:
        return (replace(rule, command=literally(leave.command)),)
    if leave.paths:
        return tuple(replace(rule, path=literally(path)) for path in leave.paths)
    return (replace(rule, text=literally(leave.about)) if leave.about else rule,)


def why_only_once(leave: Leave) -> str:
    """Why none of its own rules would allow *leave* when it is asked for again; empty where one would."""
    asked = Asked(
        kind=AskedKind.PERMISSION,
        agent="",
        role="",
        tool=leave.tool,
        command=leave.command,
        paths=leave.paths,
        text="\n".join(filter(None, (leave.about, leave.command))),
    )
    looks = explain(rules_of(leave), asked)
    return "" if any(look.fits for look in looks) else looks[0].why_not[0]
