"""Rules in force: whose word puts them there, and what a rule may answer.

An agent must not be able to allow itself anything, so nothing but a person's word lets rules count. A rule answers
questions and requests for leave of agents, and nothing else that waits for people.
"""

from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent_run import AgentRun, Occasion
from dispatchd.domain.authority import require_daemon, require_person
from dispatchd.domain.board import Board
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId
from dispatchd.domain.lookups import standing_agent, standing_thread
from dispatchd.domain.permissions import ALLOW_ALWAYS, ALLOW_ONCE, DENY
from dispatchd.domain.policy_command import AnswerByRule, NoteRuling, PassQuestionOn, PutRulesInForce
from dispatchd.domain.policy_event import LeaveRuled, QuestionPassed, RuleAnswered, RulesTaken
from dispatchd.domain.run_command import AskForAnswer
from dispatchd.domain.run_event import RunStarted
from dispatchd.domain.thread import Thread, ThreadKind, ThreadPurpose, ThreadStatus

PUT_IN_FORCE: Final = "Put it in force"
KEEP_OLD: Final = "Leave the old settings in force"
LEAVE_OUT: Final = "Leave it out"
"""The same where nothing of the file has ever counted."""
_RULES: Final = "policies.toml"
CAUSE: Final = "policies:"
"""What the cause of a thread begins with that asks whether a text of the rules counts; its digest follows."""
TEXT_CAUSE: Final = "text:"
"""The same for another text that is in force by a person's word; its path and its digest follow."""
_OF_AGENTS: Final = frozenset({ThreadKind.QUESTION, ThreadKind.PERMISSION})


def decide_put_in_force(
    board: Board, command: PutRulesInForce, circumstance: Circumstance
) -> tuple[Event, ...]:
    """Let a text of the rules count, by the word of whoever wrote it or of whoever was asked."""
    if command.word is None:
        require_person(board.rules, circumstance.actor, f"what {command.path} allows")
    elif not _is_word_for(board.thread(command.word), command):
        raise Rejected(f"nothing is to be done; nobody said in {command.word} that these rules count.")
    else:
        require_daemon(circumstance.actor, "putting rules in force by an answer")
    return (RulesTaken(path=command.path, blob=command.blob, word=command.word),)


def _is_word_for(thread: Thread | None, command: PutRulesInForce) -> bool:
    """Whether a person has said in *thread* that the text counts, or that one thing is always allowed."""
    if thread is None or thread.status is not ThreadStatus.ANSWERED or not thread.turns:
        return False
    if thread.turns[-1].by.kind is not ActorKind.HUMAN:
        return False
    asked = cause_of_text(command.path, command.blob)
    if thread.kind is ThreadKind.PERMISSION:
        return thread.chosen == ALLOW_ALWAYS and asked.startswith(CAUSE)
    return thread.cause == asked and thread.chosen == PUT_IN_FORCE


def cause_of_text(path: DocumentPath, blob: DocumentDigest) -> str:
    """What makes the thread unique that asks whether the text *blob* of *path* counts."""
    return f"{CAUSE}{blob}" if path == _RULES else f"{TEXT_CAUSE}{path}:{blob}"


def is_for_rules(thread: Thread, sender_is_agent: bool) -> bool:
    """Whether rules may answer *thread*: an agent asks, and no act of a person's hangs on the answer."""
    plain = thread.purpose is ThreadPurpose.TALK and thread.act is None and thread.to is None
    return sender_is_agent and plain and thread.kind in _OF_AGENTS and not thread.removed


def decide_by_rule(board: Board, command: AnswerByRule, circumstance: Circumstance) -> tuple[Event, ...]:
    """Answer a question as a rule says; once, and not where somebody was faster."""
    require_daemon(circumstance.actor, "answering by a rule", subject=command.thread)
    thread = _asking(board, command.thread)
    if thread.status is not ThreadStatus.OPEN or len(thread.passed) != command.number:
        return ()
    if thread.kind is ThreadKind.PERMISSION and command.option not in {ALLOW_ONCE, DENY}:
        raise Rejected("a rule allows something once, or denies it.", subject=thread.id)
    option = next((each for each in thread.options if each == command.option), None)
    text = command.text if option is not None else command.text or command.option or ""
    return (RuleAnswered(thread=thread.id, rule=command.rule, option=option, text=text),)


def decide_pass_on(board: Board, command: PassQuestionOn, circumstance: Circumstance) -> tuple[Event, ...]:
    """Put a question to an agent or to people; the same step taken twice is one."""
    require_daemon(circumstance.actor, "passing a question on", subject=command.thread)
    thread = _asking(board, command.thread)
    if thread.status is not ThreadStatus.OPEN or len(thread.passed) != command.number:
        return ()
    if command.to is not None:
        agent = standing_agent(board, command.to)
        if agent.name == thread.sender:
            raise Rejected(f"ask somebody else; {agent.name} is who asks.", subject=thread.id)
    passed = QuestionPassed(thread=thread.id, rule=command.rule, to=command.to, until=command.until)
    return (passed,)


def decide_ask_for_answer(
    board: Board, command: AskForAnswer, circumstance: Circumstance
) -> tuple[Event, ...]:
    """Begin the turn in which an agent answers what a rule puts to it. Once for each run's id."""
    require_daemon(circumstance.actor, "starting an agent", subject=command.thread)
    if board.run(command.run) is not None:
        return ()
    thread, agent = _asking(board, command.thread), standing_agent(board, command.agent)
    if thread.asked_agent != agent.name:
        raise Rejected(f"nothing is to be done; {agent.name} is not asked.", subject=thread.id)
    why = why_nothing_starts(board)
    if why or agent.paused:
        raise Rejected(f"wait; {why or f'{agent.name} is paused'}.", subject=thread.id)
    run = AgentRun(
        id=command.run,
        issue=thread.id,
        agent=agent.name,
        engine=agent.engine,
        occasion=Occasion.QUESTION,
        attempt=command.attempt,
        started=circumstance.at,
        contained=command.contained,
    )
    return (RunStarted(run=run),)


def decide_ruling(_board: Board, command: NoteRuling, circumstance: Circumstance) -> tuple[Event, ...]:
    """Keep who answered a request for leave that nobody was asked about."""
    require_daemon(circumstance.actor, "answering by a rule", subject=command.issue)
    ruled = LeaveRuled(
        issue=command.issue,
        run=command.run,
        agent=command.agent,
        leave=command.leave,
        allowed=command.allowed,
        rule=command.rule,
    )
    return (ruled,)


def _asking(board: Board, thread_id: EntityId) -> Thread:
    thread = standing_thread(board, thread_id)
    if not is_for_rules(thread, board.agent(thread.sender) is not None):
        raise Rejected("ask a person; no rule answers this.", subject=thread.id)
    return thread
