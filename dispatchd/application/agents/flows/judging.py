"""A review for which there is no agent: a person judges, by a file in the inbox.

The option is the verdict. What is written besides is findings, one a line: `path:12: blocker: what is wrong`, of which
only the last part has to be.
"""

import re
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.standing import Standing
from dispatchd.application.agents.stuck import where_it_stands
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.command import DeliverAnswer
from dispatchd.domain.flow import Finding, FlowQuestion, Severity, question_cause
from dispatchd.domain.flow_authors import authors_of
from dispatchd.domain.flow_command import GiveVerdict
from dispatchd.domain.thread import Thread, ThreadKind

_MOST_TOLD: Final = 12
_MARK: Final = re.compile(r"^\s*(?:[-*+]\s+|\d+[.)]\s+)?")
_PLACE: Final = re.compile(r"^`?(?P<path>[^\s:`]+)(?::(?P<line>\d{1,7}))?`?:?\s+(?=\S)")
_SEVERITY: Final = re.compile(rf"^(?P<severity>{'|'.join(Severity)})\s*:\s*", re.IGNORECASE)


def nobody_judges(work: UnitOfWork, at: Standing) -> bool:
    """Whether no agent of the role may judge: there is none, or each has worked on what is to be judged."""
    if not at.phase.is_review or work.live_run(at.issue.id) is not None or at.work.turns > at.flow.turns:
        return False
    barred = {*authors_of(at.work, at.flow, at.flow.reviews), at.flow.avoid}
    return not any(each.role == at.phase.role and each.name not in barred for each in work.agents())


def judging_cause(at: Standing) -> str:
    """What makes the thread unique that asks for a verdict."""
    words = repr((at.phase.reviews, at.phase.verdicts, at.phase.instruction))
    return question_cause(FlowQuestion.REVIEW, at.issue.id, at.flow, words)


def asks_to_judge(at: Standing, cause: str) -> Notice:
    """The thread."""
    lines = [
        f"There is no {at.phase.role} who could judge “{at.flow.reviews}” of {at.issue.id}: judge it yourself."
    ]
    if at.phase.instruction:
        lines += ["", at.phase.instruction]
    lines += [
        *what_there_is(at),
        "",
        (
            f"`git diff {at.work.base[:12]} {at.flow.commit[:12]}` shows the work. A verdict other than "
            f"*{at.phase.verdicts[0][0]}* wants findings: write them below, one a line, as `path:12: blocker: what is wrong`, "
            "path and severity (blocker, major, minor) where they are known."
        ),
    ]
    return Notice(
        cause=cause,
        title=f"{at.issue.title}: what do you say to “{at.flow.reviews}”?",
        text="\n".join(lines),
        kind=ThreadKind.QUESTION,
        subject=at.issue.id,
        options=tuple(verdict for verdict, _ in at.phase.verdicts),
        accepts_text=True,
        needs_choice=True,
        needs_words=tuple(verdict for verdict, _ in at.phase.verdicts[1:]),
    )


async def give_for(desk: Desk, at: Standing, answer: Thread) -> None:
    """Give the verdict of whoever answered, in their name. Raises Rejected."""
    said = answer.turns[-1]
    text = said.text.strip()
    if answer.chosen is not None and text.startswith(answer.chosen):
        text = text.removeprefix(answer.chosen)
    findings = findings_in(text) if answer.chosen != at.phase.verdicts[0][0] else ()
    if not findings and answer.chosen != at.phase.verdicts[0][0]:
        findings = (Finding(number=0, text=f"{said.by.name} says {answer.chosen}, and no more."),)
    give = GiveVerdict(
        issue=at.issue.id,
        workflow=at.workflow,
        verdict=answer.chosen or "",
        findings=findings,
        asked=at.flow.now,
    )
    await desk.act_for(said.by, Plan(commands=[give], subject=at.issue.id))
    await desk.act(DeliverAnswer(thread=answer.id))


def findings_in(text: str) -> tuple[Finding, ...]:
    """One finding for each line that says something."""
    return tuple(_finding(line) for line in text.splitlines() if line.strip())


def _finding(line: str) -> Finding:
    rest = _MARK.sub("", line, count=1).strip()
    place = _PLACE.match(rest)
    is_place = place is not None and (
        "/" in place["path"] or "." in place["path"] or place["line"] is not None
    )
    if place is not None and is_place:
        rest = rest[place.end() :]
    grave = _SEVERITY.match(rest)
    if grave is not None and rest[grave.end() :].strip():
        rest = rest[grave.end() :]
    else:
        grave = None
    return Finding(
        number=0,
        text=rest.strip(),
        path=place["path"] if place is not None and is_place else "",
        line=int(place["line"] or 0) if place is not None and is_place else 0,
        severity=Severity(grave["severity"].lower()) if grave is not None else Severity.MAJOR,
    )


def what_there_is(at: Standing) -> list[str]:
    """Where the work stands, and its last lines."""
    return where_it_stands(at.work, _MOST_TOLD)
