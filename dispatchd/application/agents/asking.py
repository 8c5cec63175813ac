"""What an agent's process asks while it stands still: leave to use a tool, or a question by its engine's own means.

A rule may answer, or what a person said of the same request before. Otherwise a thread asks people, and the process is
kept waiting for a short while only: then it is told to end its turn, and goes on in the next one with the answer.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from dispatchd.application.agents.consulting import put_to_rules
from dispatchd.application.agents.desk import Desk
from dispatchd.application.agents.engine_choice import engine_named
from dispatchd.application.agents.leave_threads import cause_of, thread_for_leave, title_of
from dispatchd.application.agents.policy_writing import was_written
from dispatchd.application.command_handler import Door
from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.people import agent_actor
from dispatchd.application.policies import Weighing, policies_of
from dispatchd.application.ports.agent_engine import AnswerPermission, AnswerQuestion, Control
from dispatchd.application.ports.agent_events import PermissionAsked, QuestionAsked
from dispatchd.application.ports.run_store import OwedLine, Pending, RunProgress
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.unclosed_blocks import closed
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.asked_paths import normal_path
from dispatchd.domain.command import DeliverAnswer, OpenThread
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.permissions import ALLOW_ALWAYS, ALLOW_ONCE, DENY, Leave, LeaveUse
from dispatchd.domain.policy import Answerer, rule_for
from dispatchd.domain.policy_command import NoteRuling
from dispatchd.domain.standing_leave import rules_of
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What is answered to a request for leave; `why` is told to the agent."""

    allowed: bool
    why: str = ""


PENDING: Final = (
    "A person was asked and will answer later. Commit what you have, do not try this again, and end your turn now; you "
    "will go on with the answer."
)
"""What an agent is told that may not wait any longer."""
NOT_FOR_AN_ANSWER: Final = (
    "Nobody is asked in this turn: it is for your answer to another agent's question. Answer by what you can read, or end "
    "your turn without an answer, and somebody else is asked."
)
NOT_FOR_A_VOTE: Final = "This turn is for your vote: read what you need, change nothing, and vote."


def ask_leave(
    desk: Desk, door: Door, run: AgentRun, progress: RunProgress, asked: PermissionAsked
) -> RunProgress:
    """Answer a request for leave by rule or by what was answered before, or ask people about it."""
    at = desk.session.ports.clock.now()
    progress = replace(progress, requests=progress.requests + 1)
    # What the agent calls its requests are its own words, and it may use one twice; counted they are apart, and read
    # again they are the same.
    use = LeaveUse(run=run.id, request=f"{progress.requests}:{asked.request}")
    leave = Leave(tool=asked.tool, command=asked.command, paths=_paths(desk, run, asked), about=asked.about)
    progress, ruling = _ruled(desk, door, run, progress, leave)
    if ruling is None and not run.works:
        ruling = Ruling(allowed=False, why=NOT_FOR_A_VOTE if run.is_for_vote else NOT_FOR_AN_ANSWER)
    if ruling is None:
        ruling = _answered_before(door, leave, run, use, at)
    if ruling is not None:
        control = AnswerPermission(request=asked.request, allowed=ruling.allowed, why=ruling.why)
        return _tell(desk, door.work, run, progress, control)
    thread = _open(desk, door, run, thread_for_leave(door, run, leave, at))
    put_to_rules(desk, door, thread, at)
    waits = Pending(request=asked.request, thread=thread, since=at, use=use.request)
    return replace(progress, asked=(*progress.asked, waits))


def _paths(desk: Desk, run: AgentRun, asked: PermissionAsked) -> tuple[str, ...]:
    """The paths as rules and people see them: relative to the worktree, where they lie in it."""
    worktree = str(desk.ports.clones.place_of(run.issue)) if asked.paths and run.works else ""
    return tuple(normal_path(each, worktree) for each in asked.paths)


def _ruled(
    desk: Desk, door: Door, run: AgentRun, progress: RunProgress, leave: Leave
) -> tuple[RunProgress, Ruling | None]:
    """What a rule says to it at once. It is told in the log once in a turn, however often the same is asked."""
    at, force = desk.session.ports.clock.now(), policies_of(door.work)
    asked = Weighing(work=door.work, budget=desk.ports.settings().budget, at=at).asked_for(run, leave)
    rule = rule_for(force.rules, asked)
    if rule is None or rule.answer not in {Answerer.ALLOW, Answerer.DENY}:
        return progress, None
    allowed = rule.answer is Answerer.ALLOW
    cause = f"{rule.key}:{cause_of(run.issue, leave)}"
    if cause not in progress.ruled:
        note = NoteRuling(
            issue=run.issue,
            run=run.id,
            agent=run.agent,
            leave=leave,
            allowed=allowed,
            rule=force.name_of(rule),
        )
        door.handle(note, by_daemon(at))
        progress = replace(progress, ruled=(*progress.ruled, cause))
    why = rule.why or ("" if allowed else f"The rule at {rule.where} denies it.")
    return progress, Ruling(allowed=allowed, why=why)


def ask_question(
    desk: Desk, door: Door, run: AgentRun, progress: RunProgress, asked: QuestionAsked
) -> RunProgress:
    """Put the question to people; the turn ends meanwhile."""
    if run.is_for_answer:
        control = AnswerQuestion(request=asked.request, text=NOT_FOR_AN_ANSWER)
        return _tell(desk, door.work, run, progress, control)
    at = desk.session.ports.clock.now()
    agent = door.work.agent(run.agent)
    thread = Thread(
        id=door.draw(EntityKind.THREAD),
        title=title_of(asked.text),
        created=at,
        kind=ThreadKind.QUESTION,
        sender=run.agent,
        issue=None if run.is_for_vote else run.issue,
        subject=run.issue if run.is_for_vote else None,
        options=asked.options,
        cause=f"question:{run.id}:{asked.request}",
        turns=(Turn(by=agent_actor(agent.name if agent else run.agent), at=at, text=closed(asked.text)),),
    )
    put_to_rules(desk, door, _open(desk, door, run, thread), at)
    return _tell(desk, door.work, run, progress, AnswerQuestion(request=asked.request))


async def answer_waiting(desk: Desk, run: AgentRun) -> bool:
    """Tell the agent what was answered to what its process waits for, or that it may not wait longer; whether it was."""
    wait = desk.ports.settings().agents.permission_wait
    at = desk.session.ports.clock.now()

    def answer(door: Door) -> Plan:
        progress = door.work.runs.progress(run.id)
        left: list[Pending] = []
        for pending in progress.asked:
            control, still = _answer(desk, door, run, pending, wait)
            if control is not None:
                progress = _tell(desk, door.work, run, progress, control)
            left += [still] if still is not None else []
        door.work.runs.save_progress(replace(progress, asked=tuple(left)))
        return Plan(commands=[])

    def is_due(work: UnitOfWork) -> bool:
        asked = work.runs.progress(run.id).asked
        return any(at >= each.since + wait or not _is_open(work, each.thread) for each in asked)

    # A turn that waits for somebody is looked at five times a second: where nothing was said, nothing happens.
    if not await desk.session.ports.store.transact(is_due):
        return False
    await desk.plan(answer)
    return True


def _answer(
    desk: Desk, door: Door, run: AgentRun, pending: Pending, wait: timedelta
) -> tuple[AnswerPermission | None, Pending | None]:
    """What is told to a request that waits, if anything by now, and how it waits on. Leave for once is for one of them."""
    at = desk.session.ports.clock.now()
    thread = door.work.thread(pending.thread)
    if thread is not None and thread.status is ThreadStatus.ANSWERED:
        ruling, use = _ruling(thread), LeaveUse(run=run.id, request=pending.use)
        if thread.chosen == ALLOW_ONCE and thread.leave is not None and _was_used(door.work, thread, use):
            again = _open(desk, door, run, thread_for_leave(door, run, thread.leave, at))
            put_to_rules(desk, door, again, at)
            return None, replace(pending, thread=again, since=at)
        if not thread.removed:
            heard = DeliverAnswer(thread=thread.id, use=use if ruling.allowed else None)
            door.handle(heard, by_daemon(at))
        return AnswerPermission(request=pending.request, allowed=ruling.allowed, why=ruling.why), None
    if thread is None or at >= pending.since + wait:
        return AnswerPermission(request=pending.request, allowed=False, why=PENDING, later=True), None
    return None, pending


def _is_open(work: UnitOfWork, thread_id: EntityId) -> bool:
    thread = work.thread(thread_id)
    return thread is not None and thread.status is not ThreadStatus.ANSWERED


def _answered_before(door: Door, leave: Leave, run: AgentRun, use: LeaveUse, at: datetime) -> Ruling | None:
    """What a person has said of this very request on this issue and the agent has not made use of."""
    cause = cause_of(run.issue, leave)
    for thread in reversed(tuple(door.work.threads_of(run.issue))):
        if thread.cause == cause and thread.status is ThreadStatus.ANSWERED:
            ruling = _ruling(thread)
            if ruling.allowed and (_was_used(door.work, thread, use) or _is_over(door.work, thread, leave)):
                return None
            if ruling.allowed:
                door.handle(DeliverAnswer(thread=thread.id, use=use), by_daemon(at))
            return ruling
    return None


def _was_used(work: UnitOfWork, thread: Thread, use: LeaveUse) -> bool:
    """Whether anything but *use* itself has used the leave; before events said so, a note did."""
    if thread.use is None:
        return work.note(f"leave.{thread.id}") is not None
    return thread.use != use


def _is_over(work: UnitOfWork, thread: Thread, leave: Leave) -> bool:
    """Whether it was allowed always, and people have taken the rule out that it became."""
    if thread.chosen != ALLOW_ALWAYS or not was_written(work, thread):
        return False
    keys = {rule.key for rule in policies_of(work).rules}
    return not keys.issuperset(rule.key for rule in rules_of(leave))


def _ruling(thread: Thread) -> Ruling:
    said = thread.turns[-1].text if thread.turns else ""
    if thread.chosen in {ALLOW_ONCE, ALLOW_ALWAYS}:
        return Ruling(allowed=True)
    reason = said.removeprefix(DENY).strip() if thread.chosen == DENY else said
    who = _who_answered(thread)
    return Ruling(allowed=False, why=f"{who} has denied it: {reason}" if reason else f"{who} has denied it.")


def _who_answered(thread: Thread) -> str:
    by = thread.turns[-1].by if thread.turns else None
    if by is None or by.kind is ActorKind.HUMAN:
        return "A person"
    return "A rule" if by.kind is ActorKind.DAEMON else by.name


def _open(desk: Desk, door: Door, run: AgentRun, thread: Thread) -> EntityId:
    standing = door.work.open_thread_about(thread.cause)
    if standing is not None:
        return standing.id
    by = by_daemon(desk.session.ports.clock.now())
    door.handle(OpenThread(thread=thread), replace(by, provenance=replace(by.provenance, run=run.id)))
    return thread.id


def _tell(
    desk: Desk, work: UnitOfWork, run: AgentRun, progress: RunProgress, control: Control
) -> RunProgress:
    """Put down the lines that tell the agent so."""
    engine = engine_named(desk.ports.engines, run.engine)
    for line in (engine.encode(control, progress.decoder) if engine is not None else None) or ():
        progress = replace(progress, queued=progress.queued + 1)
        work.runs.owe(OwedLine(run=run.id, number=progress.queued, line=line))
    return progress
