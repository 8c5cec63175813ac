"""What an agent asks people by a verb of its own: a question, or that it cannot go on without an answer.

The question, what a rule says to it at once, and that the issue is blocked come about in one transaction, as one text of
the issue and one of the thread.
"""

from collections.abc import Mapping
from typing import Any, Final

from dispatchd.application.agents.asking import PENDING
from dispatchd.application.agents.consulting import put_to_rules
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.submitting import by_agent
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.carrying_out import planned
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.command import Circumstance, DeliverAnswer, MoveIssue
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from dispatchd.domain.flow_rules import flow_of
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from dispatchd.domain.turn_of_phase import require_turn

Said = Mapping[str, Any]
BY_RULE: Final = "A rule of this workspace answers that. Go on with it."
MOST_QUESTIONS: Final = 5
"""Open ones of one agent about one issue."""


async def ask_people(desk: Desk, run: AgentRun, asked: Said) -> Mapping[str, Any]:
    """Put a question to people. The same one again is the one that stands; too many are refused."""
    heard: list[Thread] = []
    done = await desk.session.act(
        lambda door, by: Plan(commands=[], subject=_put(desk, door, run, asked, by, heard)),
        by_agent(desk, run),
    )
    return _told(EntityId(done.subject), heard)


async def report_blocked(desk: Desk, run: AgentRun, asked: Said) -> Mapping[str, Any]:
    """Ask for what is missing; the issue is blocked until it is answered, unless a rule has answered it."""
    heard: list[Thread] = []
    refused: list[Rejected] = []

    def put(door: Door, by: Circumstance) -> Plan:
        _require_at_work(door.work, run)
        thread = _put(desk, door, run, asked, by, heard)
        if not heard:
            try:
                door.handle(MoveIssue(issue=run.issue, to=IssueStatus.BLOCKED), by)
            except Rejected as why:  # what it asks is asked all the same
                refused.append(why)
        return Plan(commands=[], subject=thread)

    done = await desk.session.act(put, by_agent(desk, run))
    if refused:
        raise refused[0]
    return _told(EntityId(done.subject), heard)


def _told(thread: EntityId, heard: list[Thread]) -> Mapping[str, Any]:
    """What the agent is told: what a rule says to it, or that the answer comes in a later turn."""
    if not heard:
        return {"thread": thread, "status": "pending", "say": PENDING}
    return {"thread": thread, "status": "answered", "answer": heard[0].turns[-1].text, "say": BY_RULE}


def _put(
    desk: Desk, door: Door, run: AgentRun, asked: Said, by: Circumstance, heard: list[Thread]
) -> EntityId:
    """The thread that asks it; one that a rule answers at once is *heard*. Raises Rejected where too much is asked."""
    standing = _open_questions(door.work, run)
    title = str(asked.get("question") or "").strip()
    same = next((each for each in standing if each.title == title), None)
    if same is not None:
        return same.id
    if len(standing) >= MOST_QUESTIONS:
        raise Rejected(f"end your turn; {len(standing)} questions of yours wait for an answer already")
    request = Request(verb=Verb.ASK, arguments={**asked, "issue": run.issue}, speaker=run.agent)
    made = planned(door, request, by)
    for command in made.commands:
        door.handle(command, by)
    thread = put_to_rules(desk, door, EntityId(made.subject), by.at)
    if thread is not None and thread.status is ThreadStatus.ANSWERED:
        heard.append(thread)
        door.handle(DeliverAnswer(thread=thread.id), by_daemon(by.at))
    return EntityId(made.subject)


def _open_questions(work: UnitOfWork, run: AgentRun) -> list[Thread]:
    return [
        each
        for each in work.threads_of(run.issue)
        if each.sender == run.agent and each.status is ThreadStatus.OPEN and each.kind is ThreadKind.QUESTION
    ]


def _require_at_work(work: UnitOfWork, run: AgentRun) -> None:
    """Raise Rejected where what the turn was for has been handed in: nothing of it waits for the agent any more."""
    issue, made = work.issue(run.issue), work.work(run.issue)
    flow = flow_of(issue, made) if issue is not None else None
    if issue is None or flow is None:
        return
    require_turn(issue, flow, run, agent_actor(run.agent))
    if flow.state is not FlowState.WORKING:
        raise Rejected(f'end your turn; "{flow.phase}" has been handed in already.', subject=issue.id)
