"""What a rule's answer, or its putting a question to somebody, makes of the thread: who answers stands in it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.command import Circumstance
from dispatchd.domain.policy_event import QuestionPassed, RuleAnswered
from dispatchd.domain.thread import Passed, Thread, ThreadStatus, Turn

_SOON: Final = timedelta(minutes=10)


def thread_after_rule(
    thread: Thread, event: RuleAnswered | QuestionPassed, circumstance: Circumstance
) -> Thread:
    """*thread* as *event* leaves it."""
    if isinstance(event, RuleAnswered):
        said = "\n\n".join(part for part in (event.option, event.text) if part)
        told = Turn(by=DAEMON, at=circumstance.at, text=f"The rule at {event.rule.where} answers:")
        answer = Turn(by=circumstance.actor, at=circumstance.at, text=said)
        return replace(
            thread,
            status=ThreadStatus.ANSWERED,
            chosen=event.option,
            answered_at=circumstance.at,
            turns=(*thread.turns, told, answer),
        )
    passed = Passed(at=circumstance.at, rule=event.rule, to=event.to, until=event.until)
    line = Turn(by=DAEMON, at=circumstance.at, text=_told(thread, event, circumstance))
    return replace(thread, passed=(*thread.passed, passed), turns=(*thread.turns, line))


def _moment(until: datetime, now: datetime) -> str:
    """To the second where that is what counts."""
    return f"{until:%Y-%m-%d %H:%M:%SZ}" if until - now < _SOON else f"{until:%Y-%m-%d %H:%MZ}"


def _told(thread: Thread, event: QuestionPassed, circumstance: Circumstance) -> str:
    late = "There was no answer in time. " if thread.passed else ""
    whom = event.to or "a person"
    by = f"The rule at {event.rule.where} asks {whom}" if event.rule else f"No rule is left: {whom} is asked"
    until = f", until {_moment(event.until, circumstance.at)}" if event.until else ""
    return f"{late}{by}{until}."
