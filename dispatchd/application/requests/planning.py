"""From a request to the commands it asks for: the one place that knows what every verb means.

It resolves what was typed against the workspace and invents nothing; whether the commands are allowed, the rules
decide afterwards. An empty plan means that there is nothing to do.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.agent_requests import plan_agent
from dispatchd.application.requests.config_requests import plan_config
from dispatchd.application.requests.epic_requests import outlined, plan_epics
from dispatchd.application.requests.fact_requests import plan_set
from dispatchd.application.requests.gate_requests import plan_gate
from dispatchd.application.requests.new_requests import plan_issue, plan_proposal
from dispatchd.application.requests.recovery_requests import plan_restore
from dispatchd.application.requests.request import Request, Verb
from dispatchd.application.requests.steering_requests import plan_steering
from dispatchd.application.requests.thread_requests import (
    introduction,
    plan_answer,
    plan_ask,
    plan_confirm,
    plan_receive,
    plan_tell,
)
from dispatchd.application.requests.undo_requests import plan_undo
from dispatchd.application.requests.vote_requests import plan_override, plan_vote
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.identifiers import EntityId, EntityKind

Draw = Callable[[EntityKind], EntityId]
_STEERING: Final[Mapping[Verb, Callable[[UnitOfWork, Request], tuple[Command, ...]]]] = {
    Verb.COMMENT: plan_steering,
    Verb.PAUSE: plan_steering,
    Verb.RESUME: plan_steering,
    Verb.UNDO: plan_undo,
    Verb.AGENT_START: plan_agent,
    Verb.AGENT_STOP: plan_agent,
    Verb.AGENT_KILL: plan_agent,
    Verb.AGENT_PAUSE: plan_agent,
    Verb.AGENT_RESUME: plan_agent,
    Verb.AGENT_REASSIGN: plan_agent,
    Verb.AGENT_WAIVE: plan_agent,
    Verb.MERGE_HOLD: plan_agent,
    Verb.MERGE_NOW: plan_agent,
}


def plan(work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw) -> tuple[Command, ...]:
    """The commands that *request* means, in order. Raises Rejected, in words that say what would be understood."""
    introduced = introduction(work, request.speaker) if request.speaker is not None else ()
    return (*introduced, *_asked(work, request, circumstance, draw))


def body_of(request: Request) -> str:
    """The text to stand below the front matter of what *request* opens; empty where the document has its own."""
    if request.verb is Verb.EPIC_NEW:
        return outlined(request).body
    return request.text("body") if request.verb in {Verb.ISSUE_NEW, Verb.PROPOSAL_NEW} else ""


def subject_of(commands: Sequence[Command], request: Request) -> str:
    """The id of what the answer to *request* shows: the entity that its last command is about."""
    return _subject(commands[-1]) if commands else request.text("id") or request.text("thread")


def _asked(work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw) -> tuple[Command, ...]:
    if request.verb in _STEERING:
        return _STEERING[request.verb](work, request)
    match request.verb:
        case Verb.ISSUE_NEW | Verb.PROPOSAL_NEW | Verb.EPIC_NEW | Verb.EPIC_MAKE:
            return _made(work, request, circumstance, draw)
        case Verb.SET:
            return plan_set(work, request)
        case Verb.VOTE:
            return plan_vote(work, request, circumstance)
        case Verb.OVERRIDE:
            return plan_override(work, request)
        case Verb.RESTORE:
            return plan_restore(work, request)
        case Verb.CONFIG_SET:
            return plan_config(work, request)
        case Verb.ANSWER | Verb.CONFIRM | Verb.ASK | Verb.TELL | Verb.RECEIVE:
            return _said(work, request, circumstance, draw)
        case _:
            return plan_gate(work, request)


def _made(work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw) -> tuple[Command, ...]:
    match request.verb:
        case Verb.ISSUE_NEW:
            return plan_issue(work, request, circumstance, draw)
        case Verb.PROPOSAL_NEW:
            return plan_proposal(work, request, circumstance, draw)
        case _:
            return plan_epics(work, request, circumstance, draw)


def _said(work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw) -> tuple[Command, ...]:
    match request.verb:
        case Verb.ANSWER:
            return plan_answer(work, request)
        case Verb.CONFIRM:
            return plan_confirm(work, request)
        case Verb.ASK:
            return plan_ask(work, request, circumstance, draw)
        case Verb.TELL:
            return plan_tell(work, request, circumstance, draw)
        case _:
            return plan_receive(work, request, circumstance)


def _subject(command: Command) -> str:
    for name in ("issue", "epic", "proposal", "thread", "agent", "subject", "path"):
        value = getattr(command, name, None)
        if value is not None:
            return str(getattr(value, "id", getattr(value, "name", value)))
    return ""
