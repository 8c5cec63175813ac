"""What rules have done, each in one line of plain words that names the rule."""

from collections.abc import Callable
from typing import assert_never

from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.policy_event import LeaveRuled, PolicyEvent, QuestionPassed, RuleAnswered, RulesTaken
from dispatchd.domain.wording import one_line


def told_of_policy(event: PolicyEvent, called: Callable[[EntityId], str]) -> str:
    """What was done, without who did it; *called* names a thread or an issue."""
    match event:
        case RulesTaken(path=path, word=word):
            return f"puts {path} in force{f' ({word})' if word else ''}"
        case LeaveRuled(agent=agent, leave=leave, allowed=allowed, rule=rule, run=run):
            what = f": {one_line(leave.what)}" if leave.what else ""
            does = "allows" if allowed else "denies"
            return f"{does} {agent} by the rule at {rule.where} {leave.tool}{what} ({run})"
        case RuleAnswered(thread=thread, rule=rule, option=option, text=text):
            return f"answers by the rule at {rule.where}: {one_line(option or text)} ({called(thread)})"
        case QuestionPassed(thread=thread, rule=rule, to=to):
            whom = to or "people"
            by = f" by the rule at {rule.where}" if rule is not None else ""
            return f"asks {whom}{by}: {called(thread)}"
        case _:
            assert_never(event)
