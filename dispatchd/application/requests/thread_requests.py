"""`answer`, `confirm`, and what an agent says: `ask`, `tell` and `receive`.

An agent that nobody has met is introduced first, as a coder that is paused until a person lets it work. What an answer sets in motion is left to the rules.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.gate_requests import chosen_option
from dispatchd.application.requests.lookup import handle_of, issue_named, thread_named
from dispatchd.application.requests.new_requests import titled
from dispatchd.application.requests.request import Request
from dispatchd.documents.offered import SEEN, thread_labels
from dispatchd.documents.shown_text import legible
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import (
    AnswerThread,
    Circumstance,
    Command,
    DeliverAnswer,
    DismissThread,
    IntroduceAgent,
    OpenThread,
)
from dispatchd.domain.errors import Rejected
from dispatchd.domain.fact_keys import nearest
from dispatchd.domain.identifiers import EntityId, EntityKind, parse_id
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose, ThreadStatus, Turn

Draw = Callable[[EntityKind], EntityId]
_NAME: Final = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_NUMBER: Final = re.compile(r"[_-]?\d+\Z")
_LONGEST_NAME: Final = 40
_LONGEST_TITLE: Final = 100


def plan_answer(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """Choose an option, say something, or both; what only wants to be read is answered by having read it."""
    thread = thread_named(work, request.text("thread"))
    if thread.status is not ThreadStatus.OPEN:
        raise Rejected(f'{thread.id} ("{thread.title}") is {thread.status} already', subject=thread.id)
    typed, text = request.text("option"), request.text("text").strip()
    if typed and _is_seen(thread, typed):
        return (DismissThread(thread=thread.id),)
    if not typed and not text:
        raise Rejected(_what_would_answer(thread), subject=thread.id)
    if not typed:
        return (AnswerThread(thread=thread.id, text=text),)
    if not thread.options and not text:
        return (AnswerThread(thread=thread.id, text=typed),)
    option = chosen_option(thread.options, typed, thread.id)
    return (AnswerThread(thread=thread.id, option=option, text=text),)


def plan_confirm(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """Answer *yes* to what waits for a person's word: one thread, the one about an entity, or all of them."""
    waiting = waits_in_threads(work)
    if request.flag("all"):
        if not waiting:
            raise Rejected("nothing waits to be confirmed")
        return tuple(_confirmation(thread) for thread in waiting)
    typed = request.text("id")
    about = [thread for thread in waiting if parse_id(typed) in {thread.id, thread.subject, thread.issue}]
    if about:
        return tuple(_confirmation(thread) for thread in about)
    return (_confirmation(thread_named(work, typed)),)


def waits_in_threads(work: UnitOfWork) -> list[Thread]:
    """The open threads that ask whether an act counts."""
    return [
        thread
        for thread in work.entities(EntityKind.THREAD)
        if isinstance(thread, Thread)
        and thread.status is ThreadStatus.OPEN
        and thread.purpose is ThreadPurpose.CONFIRM_ACT
    ]


def plan_ask(
    work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw
) -> tuple[Command, ...]:
    """An agent's question to people."""
    question, text = request.text("question"), legible(request.text("text")).strip()
    options = tuple(titled(option, "an option") for option in request.texts("options"))
    if len(set(map(str.casefold, options))) < len(options):
        raise Rejected("two of the options are the same")
    thread = Thread(
        id=draw(EntityKind.THREAD),
        title=_title(question, "a question"),
        created=circumstance.at,
        kind=ThreadKind.QUESTION,
        sender=circumstance.actor.handle,
        issue=_issue(work, request),
        options=options,
        turns=(Turn(by=circumstance.actor, at=circumstance.at, text=text or legible(question).strip()),),
    )
    return (OpenThread(thread=thread),)


def plan_tell(
    work: UnitOfWork, request: Request, circumstance: Circumstance, draw: Draw
) -> tuple[Command, ...]:
    """An agent's message: to another agent, or to whoever reads the inbox."""
    text = legible(request.text("text")).strip()
    to = request.text("to")
    thread = Thread(
        id=draw(EntityKind.THREAD),
        title=_title(text, "a message"),
        created=circumstance.at,
        kind=ThreadKind.MESSAGE if to else ThreadKind.NOTICE,
        sender=circumstance.actor.handle,
        to=_recipient(work, to) if to else None,
        issue=_issue(work, request),
        turns=(Turn(by=circumstance.actor, at=circumstance.at, text=text),),
    )
    return (OpenThread(thread=thread),)


def plan_receive(work: UnitOfWork, request: Request, circumstance: Circumstance) -> tuple[Command, ...]:
    """The answer has been printed to whoever asked; anybody else who looks at it has not received it."""
    thread = thread_named(work, request.text("thread"))
    asked_by_speaker = thread.sender == circumstance.actor.handle
    if thread.status is not ThreadStatus.ANSWERED or thread.delivered or not asked_by_speaker:
        return ()
    return (DeliverAnswer(thread=thread.id),)


def introduction(work: UnitOfWork, speaker: str) -> tuple[Command, ...]:
    """The command that makes *speaker* known, if nobody has met it. Raises Rejected for what cannot be a name."""
    name = handle_of(speaker)
    if name in work.rules.people:
        raise Rejected(
            f'"{name}" is a person; "dispatchd as NAME" speaks for agents. Leave "as {speaker}" out'
        )
    known = work.agent(name)
    if known is not None and not known.removed:
        return ()
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or name == "dispatchd":
        raise Rejected(
            f'"{speaker}" cannot be an agent\'s name; take lower-case letters, digits and single dashes, like ash-2'
        )
    near = _meant(name, [agent.name for agent in work.agents()])
    if near is not None:
        raise Rejected(
            f'did you mean {near}? Nobody is called "{name}" yet; to make that an agent, write agents/{name}/agent.md'
        )
    # That somebody speaks under a name is no person's word that work may be given to it.
    return (IntroduceAgent(agent=Agent(name=name, paused=True)),)


def _meant(name: str, known: Sequence[str]) -> str | None:
    """The agent whose name *name* is a slip away from; a number behind it (ash-2) or half of a long name is none."""
    others = (each for each in known if _NUMBER.sub("", each) != _NUMBER.sub("", name))
    return nearest(name, [each for each in others if abs(len(each) - len(name)) <= 1])


def _is_seen(thread: Thread, typed: str) -> bool:
    offered = thread_labels(thread.kind, thread.options, accepts_text=thread.accepts_text)
    return SEEN in offered and typed.strip().casefold() == SEEN.casefold()


def _what_would_answer(thread: Thread) -> str:
    if thread.kind is ThreadKind.NOTICE:
        return f"{thread.id} only wants to be read: dispatchd answer {thread.id} seen"
    offered = ", ".join(f'"{option}"' for option in thread.options)
    options = f"choose one of {offered}" if thread.options else ""
    words = f'say something with  dispatchd answer {thread.id} --text "…"' if thread.accepts_text else ""
    return f'{thread.id} ("{thread.title}") has no answer yet: {", or ".join(filter(None, (options, words)))}'


def _confirmation(thread: Thread) -> Command:
    for option in thread.options:
        if option.casefold().startswith(("yes", "confirm")):
            return AnswerThread(thread=thread.id, option=option)
    if thread.purpose is ThreadPurpose.CONFIRM_ACT and thread.options:
        return AnswerThread(thread=thread.id, option=thread.options[0])  # the last leaves all as it is
    raise Rejected(
        f'{thread.id} ("{thread.title}") is no yes-or-no question: dispatchd answer {thread.id} OPTION',
        subject=thread.id,
    )


def _title(said: str, what: str) -> str:
    """The first line of *said*, cut at a word where it is too long for a heading."""
    first = titled(said.strip().partition("\n")[0], what)
    if len(first) <= _LONGEST_TITLE:
        return first
    return f"{first[:_LONGEST_TITLE].rpartition(' ')[0] or first[:_LONGEST_TITLE]} …"


def _issue(work: UnitOfWork, request: Request) -> EntityId | None:
    typed = request.text("issue")
    return issue_named(work, typed).id if typed else None


def _recipient(work: UnitOfWork, typed: str) -> str | None:
    handle = handle_of(typed)
    if handle in work.rules.people or work.agent(handle) is not None:
        return handle
    agents = ", ".join(agent.name for agent in work.agents()) or "none yet"
    raise Rejected(f'nobody is called "{typed}"; leave --to out to tell people, or name an agent: {agents}')
