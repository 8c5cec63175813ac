"""What the lines of an agent come to: how far it was read, what it has used and said, what it asks and how it ended."""

from dataclasses import replace
from typing import Final, assert_never

from dispatchd.application.agents.keepable import keepable
from dispatchd.application.ports.agent_engine import Decoded
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    Malformed,
    PermissionAsked,
    QuestionAsked,
    RateLimited,
    Said,
    SessionStarted,
    Thought,
    ToolCalled,
    ToolReturned,
    TurnEnded,
    Unknown,
    Used,
)
from dispatchd.application.ports.run_store import RunProgress, Verdict
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.wording import one_line

_MOST_NOTED: Final = 100
_MOST_SAID: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard so far, and what of it asks for something."""

    progress: RunProgress
    replies: tuple[bytes, ...] = ()
    permissions: tuple[PermissionAsked, ...] = ()
    questions: tuple[QuestionAsked, ...] = ()

    def then(self, more: "Heard") -> "Heard":
        """Both, *more* coming after."""
        return Heard(
            progress=more.progress,
            replies=(*self.replies, *more.replies),
            permissions=(*self.permissions, *more.permissions),
            questions=(*self.questions, *more.questions),
        )


def hear(progress: RunProgress, decoded: Decoded) -> Heard:
    """What one decoded line adds."""
    after = progress if decoded.memory == progress.decoder else replace(progress, decoder=decoded.memory)
    events = tuple(keepable(event) for event in decoded.events)
    for event in events:
        after = _after(after, event)
    return Heard(
        progress=after,
        replies=decoded.replies,
        permissions=tuple(each for each in events if isinstance(each, PermissionAsked)),
        questions=tuple(each for each in events if isinstance(each, QuestionAsked)),
    )


def _after(progress: RunProgress, event: AgentEvent) -> RunProgress:
    match event:
        case SessionStarted(session=session):
            return replace(progress, session=session)
        case Said(text=text):
            return replace(progress, said=text[-_MOST_SAID:], note=_brief(text))
        case ToolCalled(call=call, tool=tool, about=about):
            doing = _brief(f"{tool}: {about}" if about else tool)
            return replace(progress, in_tools=(*progress.in_tools, call), note=doing)
        case ToolReturned(call=call):
            return replace(progress, in_tools=tuple(each for each in progress.in_tools if each != call))
        case Used(spent=spent, total=total):
            # Whatever runs beside the engine can print a smaller total after its own.
            return replace(
                progress, spent=progress.spent.at_least(spent) if total else progress.spent + spent
            )
        case RateLimited(text=text, resets_at=resets_at):
            limited = Verdict(outcome=RunOutcome.RATE_LIMITED, said=text, resets_at=resets_at)
            return replace(progress, verdict=limited)
        case TurnEnded():
            return _ended(progress, event)
        case Thought() | PermissionAsked() | QuestionAsked() | Malformed() | Unknown():
            return progress
        case _:
            assert_never(event)


def _ended(progress: RunProgress, event: TurnEnded) -> RunProgress:
    """A rate limit that was told of before stays what ended the turn, unless the turn went well after all."""
    before = progress.verdict
    limited = before is not None and before.outcome is RunOutcome.RATE_LIMITED
    if limited and before is not None and event.outcome is not RunOutcome.OK:
        return replace(progress, verdict=replace(before, said=event.said or before.said))
    return replace(progress, verdict=Verdict(outcome=event.outcome, said=event.said or progress.said))


def _brief(text: str) -> str:
    line = one_line(text.strip().partition("\n")[0])
    return line if len(line) <= _MOST_NOTED else f"{line[: _MOST_NOTED - 1]}…"
