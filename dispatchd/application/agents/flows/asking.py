"""What only a person says on the way: yes or no at a gate, and how to go on where a phase began as often as it may."""

from collections.abc import Sequence
from typing import Final

from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.flows.answered_early import say_what_waits
from dispatchd.application.agents.flows.gates import APPROVE, REJECT
from dispatchd.application.agents.flows.judging import (
    asks_to_judge,
    give_for,
    judging_cause,
    nobody_judges,
    what_there_is,
)
from dispatchd.application.agents.flows.leftovers import close_what_is_not_asked
from dispatchd.application.agents.flows.standing import Standing, standing, standings
from dispatchd.application.command_handler import Door
from dispatchd.application.evidence_kept import as_written
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.command import Command, DeliverAnswer, MoveIssue
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowQuestion, FlowState, question_cause
from dispatchd.domain.flow_command import AllowRound, EndPhase
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.run_command import HoldWork
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from dispatchd.domain.wording import counted
from dispatchd.domain.workflow import Way

MORE: Final = "One more round"
REASSIGN: Final = "Reassign"
TAKE_OVER: Final = "Take over"
CANCEL: Final = "Cancel"
_PEOPLES: Final = (FlowState.GATE, FlowState.ESCALATED, FlowState.WORKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    at: Standing
    cause: str
    answer: Thread | None
    """The thread, once it has been answered and nothing was done about that yet."""


async def ask_people_on_the_way(desk: Desk) -> None:
    """Open the threads that gates and limits ask for, and do as the answers say; what is not asked any more is closed."""
    await close_what_is_not_asked(desk, _cause)
    await say_what_waits(desk, _cause, _answered)
    for asked in await desk.session.ports.store.transact(lambda work: _asked(work, desk)):
        if asked.answer is None:
            await desk.plan(lambda door: _ask(door, desk, asked))  # noqa: B023 -- awaited here
            continue
        try:
            if asked.at.phase.is_review and asked.at.flow.state is FlowState.WORKING:
                await give_for(desk, asked.at, asked.answer)
            else:
                await desk.plan(lambda door: _do(door, desk, asked))  # noqa: B023 -- awaited here
        except Rejected:
            continue  # what it was about has changed meanwhile; the next look sees how


def _asked(work: UnitOfWork, desk: Desk) -> list[_Asked]:
    found: list[_Asked] = []
    for at in standings(work, desk.ports.assets, *_PEOPLES):
        if at.flow.state is FlowState.WORKING and not nobody_judges(work, at):
            continue
        cause = _cause(at)
        if cause is not None and work.open_thread_about(cause) is None:
            threads = [each for each in work.threads_of(at.issue.id) if each.cause == cause]
            found.append(_Asked(at=at, cause=cause, answer=_answered(threads)))
    return found


def _cause(at: Standing) -> str | None:
    """That of the thread that asks what is to be asked where it stands: its answer is the only one that counts there."""
    match at.flow.state:
        case FlowState.WORKING if at.phase.is_review:
            return judging_cause(at)
        case FlowState.GATE:
            return question_cause(FlowQuestion.GATE, at.issue.id, at.flow, at.phase.gate)
        case FlowState.ESCALATED:
            return question_cause(FlowQuestion.LIMIT, at.issue.id, at.flow, "")
        case _:
            return None


def _do(door: Door, desk: Desk, asked: _Asked) -> Plan:
    """What the answer says, by the workflow as it is at this moment; nothing where that asks something else."""
    issue = door.work.issue(asked.at.issue.id)
    at = standing(door.work, desk.ports.assets, issue) if issue is not None else None
    is_asked = (
        isinstance(at, Standing) and at.issue.status is IssueStatus.IN_PROGRESS and _cause(at) == asked.cause
    )
    if asked.answer is None or not isinstance(at, Standing) or not is_asked:
        return Plan(commands=[], subject=asked.at.issue.id)
    told = [*_as_told(at, asked.answer), DeliverAnswer(thread=asked.answer.id)]
    return Plan(commands=told, subject=asked.at.issue.id)


def _answered(threads: Sequence[Thread]) -> Thread | None:
    answered = (
        each
        for each in reversed(threads)
        if each.status is ThreadStatus.ANSWERED and not each.delivered and each.chosen is not None
    )
    return next(answered, None)


def _ask(door: Door, desk: Desk, asked: _Asked) -> Plan:
    at = desk.session.ports.clock.now()
    state = asked.at.flow.state
    if state is FlowState.WORKING:
        notice = asks_to_judge(asked.at, asked.cause)
    else:
        notice = _gate(asked, _evidence(door.work, asked)) if state is FlowState.GATE else _limit(asked)
    open_once(door, notice, at)
    return Plan(commands=[], subject=asked.at.issue.id)


def _evidence(work: UnitOfWork, asked: _Asked) -> list[str]:
    """The page that keeps what the phase's check showed, and what it was when people were asked."""
    evidence = asked.at.flow.evidence
    written = as_written(work, DocumentPath(evidence.page)) if evidence is not None else None
    if evidence is None or written is None:
        return []
    return ["", f"What its check showed stands in `{evidence.page}`, whose SHA-256 is `{written}`."]


def _gate(asked: _Asked, evidence: list[str]) -> Notice:
    at = asked.at
    lines = [f"{at.issue.id} stands in “{at.flow.phase}”, and goes on when somebody says yes."]
    lines += [*what_there_is(at), *evidence, "", "With *Reject*, write below what has to be different."]
    return Notice(
        cause=asked.cause,
        title=f"{at.issue.title}: {at.phase.gate}",
        text="\n".join(lines),
        kind=ThreadKind.QUESTION,
        subject=at.issue.id,
        options=(APPROVE, REJECT),
        accepts_text=True,
        needs_choice=True,
        needs_words=(REJECT,),
    )


def _limit(asked: _Asked) -> Notice:
    at = asked.at
    had = counted(at.flow.rounds(at.flow.phase), "round")
    lines = [f"“{at.flow.phase}” of {at.issue.id} has had {had}, and would begin again."]
    lines += [
        *what_there_is(at),
        "",
        (
            f"*{MORE}* lets it begin once more, *{REASSIGN}* as well, with somebody else. *{TAKE_OVER}* stops agents on the "
            f"issue until `dispatchd agent start {at.issue.id}`. *{CANCEL}* cancels it."
        ),
    ]
    return Notice(
        cause=asked.cause,
        title=f"{at.issue.title}: “{at.flow.phase}” goes round and round",
        text="\n".join(lines),
        kind=ThreadKind.ESCALATION,
        subject=at.issue.id,
        options=(MORE, REASSIGN, TAKE_OVER, CANCEL),
    )


def _as_told(at: Standing, answer: Thread) -> list[Command]:
    issue = at.issue.id
    match answer.chosen:
        case "Approve" | "Reject":
            how = Way.NEXT if answer.chosen == APPROVE else Way.REFUSED
            end = EndPhase(
                issue=issue, workflow=at.workflow, phase=at.flow.phase, round=at.flow.round, how=how
            )
            return [end]
        case "One more round":
            return [AllowRound(issue=issue, workflow=at.workflow, phase=at.flow.phase)]
        case "Reassign":
            last = at.flow.agents_of(at.flow.phase)
            avoid = last[-1] if last else ""
            return [AllowRound(issue=issue, workflow=at.workflow, phase=at.flow.phase, avoid=avoid)]
        case "Take over":
            return [HoldWork(issue=issue, held=True)]
        case _:
            return [MoveIssue(issue=issue, to=IssueStatus.CANCELLED)]
