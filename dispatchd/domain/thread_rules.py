"""Threads: who may begin one, say more, answer, close it and take the answer away.

What confirming sets in motion stands in `confirmation_rules`.
"""

from dataclasses import replace
from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent_run import RunId
from dispatchd.domain.authority import require_daemon, require_human, require_person
from dispatchd.domain.board import Board
from dispatchd.domain.command import AnswerThread, Circumstance, DeliverAnswer, DismissThread, OpenThread
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import (
    AnswerDelivered,
    Event,
    ThreadAnswered,
    ThreadDismissed,
    ThreadOpened,
    TurnAdded,
)
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.lookups import standing_issue, standing_thread
from dispatchd.domain.permissions import ALLOW_ALWAYS
from dispatchd.domain.references import who_is_here
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose, ThreadStatus
from dispatchd.domain.wording import quoted

OWN_BOXES: Final = frozenset({"send", "seen"})
"""What threads offer by themselves; an option of the same name could not be told from it."""


def decide_open_thread(board: Board, command: OpenThread, circumstance: Circumstance) -> tuple[Event, ...]:
    """Begin a thread; the daemon's own are one per cause."""
    thread, actor = command.thread, circumstance.actor
    if board.thread(thread.id) is not None:
        return ()
    if thread.cause and board.open_thread_about(thread.cause) is not None:
        return ()
    if not thread.title.strip() and not any(turn.text.strip() for turn in thread.turns):
        raise Rejected(
            "write a question or a first line; nothing says what this is about.", subject=thread.id
        )
    if actor.kind is not ActorKind.DAEMON:
        thread = _own(board, thread, actor)
    options = tuple(dict.fromkeys(option.strip() for option in thread.options if option.strip()))
    taken = next((option for option in options if option.rstrip(" :").casefold() in OWN_BOXES), None)
    if taken is not None:
        raise Rejected(
            f'call the option "{taken}" something else; a box of that name stands in every thread already.',
            subject=thread.id,
        )
    return (ThreadOpened(thread=replace(thread, options=options)),)


def _own(board: Board, thread: Thread, actor: Actor) -> Thread:
    """What a person or an agent begins: in their own name, open, and with nothing to confirm."""
    if thread.sender != actor.handle or any(turn.by.handle != actor.handle for turn in thread.turns):
        raise Rejected(
            f"write as {actor.handle}, your own name; this is written as {thread.sender}.",
            subject=thread.id,
        )
    if thread.purpose is not ThreadPurpose.TALK or thread.act is not None:
        raise Rejected(
            "ask a question instead; what asks to confirm an act is the daemon's.", subject=thread.id
        )
    if thread.issue is not None:
        issue = standing_issue(board, thread.issue)
        asks = actor.kind is ActorKind.AGENT and thread.kind is ThreadKind.QUESTION
        if asks and issue.status is IssueStatus.CANCELLED:
            raise Rejected(
                f"end your turn; {issue.id} is cancelled, and nobody waits for it.", subject=issue.id
            )
    if thread.to is not None:
        _check_addressee(board, thread, thread.to)
    return replace(
        thread,
        status=ThreadStatus.OPEN,
        chosen=None,
        answered_at=None,
        delivered=False,
        use=None,
        cause="",
        removed=False,
        before_removal=None,
    )


def _check_addressee(board: Board, thread: Thread, handle: str) -> None:
    agent = board.agent(handle)
    if handle not in board.rules.people and (agent is None or agent.removed) and board.rules.people:
        raise Rejected(f'{who_is_here(board)}; there is no "{handle}".', subject=thread.id, key="to")


def check_answer(thread: Thread, command: AnswerThread) -> tuple[str | None, str]:
    """The option as it is offered and the text, or a refusal that says what would be an answer."""
    text = command.text.strip()
    offered = quoted(thread.options)
    if command.option is None and not text:
        ways = [f"tick {offered}"] if thread.options else []
        ways += ["write an answer and tick Send"] if thread.accepts_text else []
        raise Rejected(f"{', or '.join(ways)}; there is no answer yet.", subject=thread.id, key="answer")
    if text and not thread.accepts_text:
        raise Rejected(f"tick {offered}; this one takes no text.", subject=thread.id, key="answer")
    if command.option is None:
        if thread.needs_choice:
            raise Rejected(
                f"tick {offered} too, then Send; what you wrote is no answer without.",
                subject=thread.id,
                key="answer",
            )
        return None, text
    wanted = command.option.strip().casefold()
    option = next((each for each in thread.options if each.casefold() == wanted), None)
    if option is None:
        instead = f"tick {offered}" if thread.options else "write an answer"
        raise Rejected(f'{instead}; "{command.option}" is not offered.', subject=thread.id, key="answer")
    if option in thread.needs_words and not text:
        raise Rejected(lacks_words(option), subject=thread.id, key="answer")
    return option, text


def lacks_words(option: str) -> str:
    """What is said where *option* alone is no answer."""
    return f'write what has to be different, then Send; "{option}" needs words.'


def decide_talk(
    board: Board, thread: Thread, command: AnswerThread, circumstance: Circumstance
) -> tuple[Event, ...]:
    """An answer by whoever is asked, or one more turn by whoever began it."""
    actor = circumstance.actor
    if _is_further_turn(board, thread, actor):
        if thread.status is not ThreadStatus.OPEN:
            raise _closed(thread)
        text = command.text.strip()
        if not text:
            raise Rejected("write something, then Send; there is no text.", subject=thread.id, key="answer")
        return (TurnAdded(thread=thread.id, text=text),)
    _check_may_answer(board, thread, circumstance)
    option, text = check_answer(thread, command)
    if actor.kind is ActorKind.AGENT and option == ALLOW_ALWAYS:
        require_human(actor, "what is always allowed", subject=thread.id, key="answer")
    if thread.status is not ThreadStatus.OPEN:
        last = thread.turns[-1] if thread.turns else None
        said = "\n\n".join(part for part in (option, text) if part)
        if (
            thread.status is ThreadStatus.ANSWERED
            and last
            and last.text == said
            and last.by.handle == actor.handle
        ):
            return ()
        raise _closed(thread)
    return (ThreadAnswered(thread=thread.id, option=option, text=text),)


def _is_further_turn(board: Board, thread: Thread, actor: Actor) -> bool:
    if actor.handle == thread.sender:
        return thread.sender != thread.to
    to_agent = thread.to is not None and board.agent(thread.to) is not None
    return to_agent and actor.kind is ActorKind.HUMAN


def _check_may_answer(board: Board, thread: Thread, circumstance: Circumstance) -> None:
    actor = circumstance.actor
    if actor.kind is ActorKind.AGENT and (
        thread.to == actor.handle or _is_put_to(board, thread, circumstance)
    ):
        return
    require_person(board.rules, actor, "answering for a person", subject=thread.id, key="answer")
    if thread.to is not None and thread.to != actor.handle:
        raise Rejected(f"@{thread.to} can answer; the question is theirs.", subject=thread.id, key="answer")


def _is_put_to(board: Board, thread: Thread, circumstance: Circumstance) -> bool:
    """Whether a rule has put *thread* to this agent, and this is said in the turn that is for it."""
    run = RunId(circumstance.provenance.run or "")
    turn = board.run(run) if thread.asked_agent == circumstance.actor.handle else None
    return (
        turn is not None
        and turn.is_for_answer
        and (turn.issue, turn.agent) == (thread.id, thread.asked_agent)
    )


def _closed(thread: Thread) -> Rejected:
    how = f'it was answered "{thread.chosen}"' if thread.chosen else f"it is {thread.status}"
    return Rejected(
        f"say more in a comment, or in a new file in agents/NAME/inbox/; {how}.",
        subject=thread.id,
        key="answer",
    )


def decide_dismiss(board: Board, command: DismissThread, circumstance: Circumstance) -> tuple[Event, ...]:
    """Close a thread without an answer: a person has seen it, its sender takes it back, or the trouble is over."""
    thread = standing_thread(board, command.thread)
    if thread.status is not ThreadStatus.OPEN:
        return ()
    actor = circumstance.actor
    if actor.kind is ActorKind.AGENT and actor.handle not in {thread.sender, thread.to}:
        require_human(actor, "closing what waits for a person", subject=thread.id)
    if actor.kind is ActorKind.HUMAN:
        require_person(board.rules, actor, "closing a thread", subject=thread.id)
    return (ThreadDismissed(thread=thread.id),)


def decide_deliver(board: Board, command: DeliverAnswer, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note that whoever asked has the answer; the asker or the daemon may. That leave was used, the daemon knows."""
    thread = standing_thread(board, command.thread)
    actor = circumstance.actor
    if thread.status is ThreadStatus.OPEN:
        raise Rejected(
            f'wait with "dispatchd as {thread.sender} wait {thread.id}"; there is no answer yet.',
            subject=thread.id,
        )
    if actor.kind is not ActorKind.DAEMON and actor.handle != thread.sender:
        raise Rejected(f"{thread.sender} asked, and can take the answer; you did not.", subject=thread.id)
    if command.use is not None and thread.use is None:
        require_daemon(actor, "noting the use of leave", subject=thread.id)
        return (AnswerDelivered(thread=thread.id, use=command.use),)
    return () if thread.delivered else (AnswerDelivered(thread=thread.id),)
