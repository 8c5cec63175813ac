"""What a proposal that passed decided is done: one action after the other, each in the transaction that notes it.

So none is done twice, whenever the daemon is killed, and a veto in between stops the rest. What cannot be done is noted
with the reason, and not tried again. Which actions need a person is the rules' to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Final, assert_never

from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.config_requests import plan_config
from dispatchd.application.requests.request import Request, Verb
from dispatchd.application.session import Session
from dispatchd.domain import proposal as planned
from dispatchd.domain.action_rules import action_in_words
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.carrying_out import answers_for, is_for_people
from dispatchd.domain.command import (
    Circumstance,
    Command,
    DeliverAnswer,
    NoteDeed,
    OpenIssue,
    ReviseFile,
    SetFact,
)
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.fact_rules import check_fact
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue
from dispatchd.domain.lookups import standing_issue
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.results_told import leave_cause
from dispatchd.domain.run_command import HoldWork
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus

DO_IT: Final = "Do it"
LEAVE_IT: Final = "Leave it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doing:
    """What an action comes to: the commands, and what will have been done, as a clause."""

    did: str
    commands: Sequence[Command] = ()
    bodies: Mapping[str, str] = field(default_factory=dict)


async def carry_out_decisions(session: Session) -> bool:
    """Do what is to be done of every proposal that passed. Whether there was something."""
    due = await session.ports.store.transact(_due)
    happened = False
    for proposal in due:
        while await _next(session, proposal):
            happened = True
    return happened


def _due(work: UnitOfWork) -> list[EntityId]:
    return [
        each.id
        for each in work.entities(EntityKind.PROPOSAL)
        if isinstance(each, Proposal) and each.next_action is not None
    ]


async def _next(session: Session, proposal: EntityId) -> bool:
    """Do the next action of *proposal*; whether there may be one after it."""
    at = session.ports.clock.now()
    try:
        done = await session.act(lambda door, by: _carry_out(door, proposal, by), lambda _work: by_daemon(at))
    except Rejected as refused:
        why = str(refused)
        done = await session.act(lambda door, _by: _give_up(door, proposal, why), lambda _work: by_daemon(at))
    return bool(done.events)


def _carry_out(door: Door, proposal_id: EntityId, by: Circumstance) -> Plan:
    work = door.work
    proposal = work.proposal(proposal_id)
    action = proposal.next_action if proposal is not None else None
    if proposal is None or action is None:
        return Plan(commands=[])
    number = len(proposal.deeds) + 1
    heard: list[Command] = []
    if is_for_people(action) and answers_for(work.rules, proposal) is None:
        answer = _answer(work, leave_cause(proposal_id, number))
        if answer is None:
            open_once(door, _question(proposal, action, number), by.at)
            return Plan(commands=[])
        if answer.status is ThreadStatus.ANSWERED and not answer.delivered:
            heard.append(DeliverAnswer(thread=answer.id))
        if answer.chosen != DO_IT:
            left = NoteDeed(proposal=proposal_id, number=number, did=_left(answer, action), failed=True)
            return Plan(commands=[*heard, left], subject=proposal_id)
    doing = _doing(door, proposal, action, by)
    note = NoteDeed(proposal=proposal_id, number=number, did=doing.did)
    return Plan(commands=[*heard, *doing.commands, note], subject=proposal_id, bodies=doing.bodies)


def _give_up(door: Door, proposal_id: EntityId, why: str) -> Plan:
    proposal = door.work.proposal(proposal_id)
    if proposal is None or proposal.next_action is None:
        return Plan(commands=[])
    did = f"{action_in_words(proposal.next_action)} ({why.rstrip('.')})"
    number = len(proposal.deeds) + 1
    failed = NoteDeed(proposal=proposal_id, number=number, did=did, failed=True)
    return Plan(commands=[failed], subject=proposal_id)


def _answer(work: UnitOfWork, cause: str) -> Thread | None:
    """The thread in which a person said whether it is to be done; one that was closed without a word says no."""
    if work.open_thread_about(cause) is not None:
        return None
    threads = (each for each in work.entities(EntityKind.THREAD) if isinstance(each, Thread))
    return next((each for each in threads if each.cause == cause), None)


def _left(answer: Thread, action: planned.Action) -> str:
    by = answer.turns[-1].by.name if answer.status is ThreadStatus.ANSWERED else "somebody"
    return f"{action_in_words(action)} ({by} left it)"


def _question(proposal: Proposal, action: planned.Action, number: int) -> Notice:
    text = (
        f"{proposal.id} ({proposal.title}) passed, and nobody of `[people]` voted for it. It decided to "
        f"{action_in_words(action)}, which is not for agents alone to decide.\n\n"
        f"*{DO_IT}* does it, *{LEAVE_IT}* does not. What else it decided waits for that."
    )
    return Notice(
        cause=leave_cause(proposal.id, number),
        title=f"{proposal.title}: agents decided to {action_in_words(action)}",
        text=text,
        kind=ThreadKind.QUESTION,
        subject=proposal.id,
        options=(DO_IT, LEAVE_IT),
    )


def _doing(door: Door, proposal: Proposal, action: planned.Action, by: Circumstance) -> _Doing:
    """What *action* comes to now. Raises Rejected where it cannot be done."""
    work = door.work
    match action:
        case planned.CreateIssue(title=title):
            return _new_issue(door, proposal, title, by)
        case planned.SetFact(target=target, key=key, value=value):
            spelled = check_fact(work, EntityId(target), key, value)
            fact = SetFact(subject=EntityId(target), key=key, value=spelled)
            return _Doing(did=f"{key} of {target} is {spelled or 'empty'}", commands=[fact])
        case planned.UnreadAction(text=text):
            raise Rejected(f'"{text}" is no action', subject=proposal.id)
        case planned.SetSetting(key=key, value=value):
            asked = Request(verb=Verb.CONFIG_SET, arguments={"key": key, "value": value})
            return _Doing(did=f"{key} is {value} in config.toml", commands=plan_config(work, asked))
        case planned.StartEpicAction(target=target):
            start = SetFact(subject=EntityId(target), key="status", value=EpicStatus.READY)
            return _Doing(did=f"{target} is started", commands=[start])
        case planned.MergeAction(target=target):
            return _merge(work, EntityId(target))
        case planned.WriteContext(path=path, text=text):
            whole = text if text.endswith("\n") else f"{text}\n"
            write = ReviseFile(path=path, blob=work.blobs.put(whole.encode()))
            return _Doing(did=f"{path} is written", commands=[write])
        case _:
            assert_never(action)


def _new_issue(door: Door, proposal: Proposal, title: str, by: Circumstance) -> _Doing:
    issue = Issue(id=door.draw(EntityKind.ISSUE), title=title, created=by.at)
    body = f"Decided by {proposal.id}: {proposal.title}."
    did = f"{issue.id} is opened: {title}"
    return _Doing(did=did, commands=[OpenIssue(issue=issue)], bodies={issue.id: body})


def _merge(work: UnitOfWork, issue_id: EntityId) -> _Doing:
    """Work that was submitted is let into the merge queue; what stands in it already needs nothing."""
    issue = standing_issue(work, issue_id)
    made = work.work(issue.id)
    if made is None or made.phase in {WorkPhase.WORKING, WorkPhase.BOUNCED}:
        raise Rejected(f"{issue.id} has nothing submitted that could be merged", subject=issue.id)
    if made.phase is WorkPhase.MERGED:
        return _Doing(did=f"{issue.id} is merged")
    go_on = HoldWork(issue=issue.id, held=False)
    return _Doing(did=f"{issue.id} is in the merge queue", commands=[go_on])
